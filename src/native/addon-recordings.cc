#include "addon-recordings.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "addon-work.h"
#include "disk/flac.h"
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

// On a thread of its own, whose priority it lowers.
Napi::Value toFlac(const Napi::CallbackInfo& info) {
  const std::string from = info[0].As<Napi::String>().Utf8Value(), to = info[1].As<Napi::String>().Utf8Value();
  auto tell = std::make_shared<Napi::ThreadSafeFunction>(
      Napi::ThreadSafeFunction::New(info.Env(), info[2].As<Napi::Function>(), "flac", 4, 1));
  return Work::run(info.Env(), [from, to, tell] {
    bool isExact = false;
    std::string problem;
    std::thread([&] {
      try {
        isExact = convertToFlac(from, to, [&](double share) {
          tell->NonBlockingCall([share](Napi::Env env, Napi::Function call) { call.Call({Napi::Number::New(env, share)}); });
        });
      } catch (const std::exception& error) {
        problem = error.what();
      }
    }).join();
    tell->Release();
    if (!problem.empty()) throw std::runtime_error(problem);
    return Work::Result([isExact](Napi::Env env) -> Napi::Value { return Napi::Boolean::New(env, isExact); });
  });
}

}  // namespace

void addRecordingFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("repairWav", Napi::Function::New<repair>(env));
  exports.Set("convertToFlac", Napi::Function::New<toFlac>(env));
  exports.Set("writeCuePoints", Napi::Function::New<writeCues>(env));
}

}  // namespace deskd
