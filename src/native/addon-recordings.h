// What JavaScript asks of recordings that exist: mended, marked, named, cut.
#pragma once
#include <napi.h>

namespace deskd {

void addRecordingFunctions(Napi::Env env, Napi::Object exports);

}  // namespace deskd
