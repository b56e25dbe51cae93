#include "addon-recordings.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "addon-work.h"
#include "disk/flac.h"
#include "disk/sound-ends.h"
#include "disk/tags.h"
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

// (path, threshold)
Napi::Value findSound(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const float threshold = info[1].As<Napi::Number>().FloatValue();
  return Work::run(info.Env(), [path, threshold] {
    return Work::Result([span = soundSpan(path, threshold)](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      result.Set("first", static_cast<double>(span.first));
      result.Set("end", static_cast<double>(span.end));
      return result;
    });
  });
}

// (from, to, {first, frames, fadeInFrames, fadeOutFrames})
Napi::Value cut(const Napi::CallbackInfo& info) {
  const std::string from = info[0].As<Napi::String>().Utf8Value(), to = info[1].As<Napi::String>().Utf8Value();
  const auto what = info[2].As<Napi::Object>();
  const auto frames = [&](const char* key) { return what.Get(key).As<Napi::Number>().Int64Value(); };
  const Cut part{frames("first"), frames("frames"), frames("fadeInFrames"), frames("fadeOutFrames")};
  return Work::run(info.Env(), [from, to, part] {
    cutFile(from, to, part);
    return Work::Result(undefined);
  });
}

Napi::Value tagsOf(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  return Work::run(info.Env(), [path] {
    return Work::Result([tags = readTags(path)](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      for (const auto& [name, value] : tags) result.Set(name, value);
      return result;
    });
  });
}

// (wavPath, tags)
Napi::Value writeTags(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const auto from = info[1].As<Napi::Object>();
  Tags tags;
  for (const TagName& tag : kTagNames)
    if (const Napi::Value value = from.Get(tag.name); value.IsString()) tags[tag.name] = value.As<Napi::String>().Utf8Value();
  return Work::run(info.Env(), [path, tags] {
    writeWavTags(path, tags);
    return Work::Result(undefined);
  });
}

}  // namespace

void addRecordingFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("repairWav", Napi::Function::New<repair>(env));
  exports.Set("convertToFlac", Napi::Function::New<toFlac>(env));
  exports.Set("writeCuePoints", Napi::Function::New<writeCues>(env));
  exports.Set("soundSpan", Napi::Function::New<findSound>(env));
  exports.Set("cutFile", Napi::Function::New<cut>(env));
  exports.Set("readTags", Napi::Function::New<tagsOf>(env));
  exports.Set("writeWavTags", Napi::Function::New<writeTags>(env));
}

}  // namespace deskd
