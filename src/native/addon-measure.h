// What JavaScript asks of files and signals to be measured.
#pragma once
#include <napi.h>

namespace deskd {

void addMeasureFunctions(Napi::Env env, Napi::Object exports);

}  // namespace deskd
