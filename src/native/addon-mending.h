// What JavaScript asks of faulty files: found, mended.
#pragma once
#include <napi.h>

namespace deskd {

void addMendingFunctions(Napi::Env env, Napi::Object exports);

}  // namespace deskd
