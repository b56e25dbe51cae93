#include "addon-recordings.h"

#include <string>
#include <vector>

#include "addon-work.h"
#include "disk/wav-cues.h"
#include "disk/wav-repair.h"

namespace deskd {
namespace {

Napi::Value repair(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  return Work::run(info.Env(), [path] {
    return Work::Result([repair = repairWav(path)](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      result.Set("framesBefore", static_cast<double>(repair.framesBefore));
      result.Set("frames", static_cast<double>(repair.frames));
      result.Set("isMended", repair.isMended);
      return result;
    });
  });
}

Napi::Value writeCues(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const auto list = info[1].As<Napi::Array>();
  std::vector<CuePoint> cues;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto cue = list.Get(i).As<Napi::Object>();
    cues.push_back({cue.Get("frame").As<Napi::Number>().Int64Value(), cue.Get("name").As<Napi::String>().Utf8Value()});
  }
  return Work::run(info.Env(), [path, cues] {
    return Work::Result([count = writeCuePoints(path, cues)](Napi::Env env) -> Napi::Value {
      return Napi::Number::New(env, count);
    });
  });
}

}  // namespace

void addRecordingFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("repairWav", Napi::Function::New<repair>(env));
  exports.Set("writeCuePoints", Napi::Function::New<writeCues>(env));
}

}  // namespace deskd
