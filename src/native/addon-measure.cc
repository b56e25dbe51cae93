#include "addon-measure.h"

#include <memory>
#include <string>
#include <vector>

#include "addon-work.h"
#include "measure/measuring.h"

namespace deskd {
namespace {

template <class Array, class T>
Napi::Value arrayOf(Napi::Env env, const std::vector<T>& values) {
  auto array = Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

template <class Entry>
Napi::Array listOf(Napi::Env env, const std::vector<Entry>& entries, float Entry::* level) {
  auto list = Napi::Array::New(env, entries.size());
  for (uint32_t i = 0; i < entries.size(); i++) {
    auto entry = Napi::Object::New(env);
    entry.Set("channel", entries[i].channel);
    entry.Set("frame", static_cast<double>(entries[i].frame));
    entry.Set("frames", static_cast<double>(entries[i].frames));
    entry.Set("level", entries[i].*level);
    list.Set(i, entry);
  }
  return list;
}

Napi::Object objectOf(Napi::Env env, const Measurement& m) {
  auto to = Napi::Object::New(env);
  const std::pair<const char*, double> numbers[] = {
      {"frames", static_cast<double>(m.frames)},
      {"channels", m.channels},
      {"sampleRateHz", m.sampleRateHz},
      {"integratedLufs", m.integratedLufs},
      {"loudnessRangeLu", m.loudnessRangeLu},
      {"maxMomentaryLufs", m.maxMomentaryLufs},
      {"maxMomentaryS", m.maxMomentaryS},
      {"maxShortTermLufs", m.maxShortTermLufs},
      {"maxShortTermS", m.maxShortTermS},
      {"lowestPsrLu", m.lowestPsrLu},
      {"highestPsrLu", m.highestPsrLu},
      {"correlation", m.correlation},
      {"ppm1", m.ppm1},
      {"ppm2", m.ppm2},
      {"vu", m.vu},
      {"k", m.k},
      {"clippedRunCount", static_cast<double>(m.clippedRunCount)},
      {"overCount", static_cast<double>(m.overCount)},
      {"columns", m.columns},
  };
  for (const auto& [name, value] : numbers) to.Set(name, value);
  to.Set("momentaryLufs", arrayOf<Napi::Float32Array>(env, m.momentaryLufs));
  to.Set("shortTermLufs", arrayOf<Napi::Float32Array>(env, m.shortTermLufs));
  to.Set("truePeak", arrayOf<Napi::Float64Array>(env, m.truePeak));
  to.Set("samplePeak", arrayOf<Napi::Float64Array>(env, m.samplePeak));
  to.Set("meanSquare", arrayOf<Napi::Float64Array>(env, m.meanSquare));
  to.Set("mean", arrayOf<Napi::Float64Array>(env, m.mean));
  to.Set("dynamicRangeDb", arrayOf<Napi::Float64Array>(env, m.dynamicRangeDb));
  to.Set("thirdOctaves", arrayOf<Napi::Float64Array>(env, m.thirdOctaves));
  to.Set("spectrum", arrayOf<Napi::Float64Array>(env, m.spectrum));
  to.Set("lowest", arrayOf<Napi::Float32Array>(env, m.lowest));
  to.Set("highest", arrayOf<Napi::Float32Array>(env, m.highest));
  to.Set("clippedRuns", listOf(env, m.clippedRuns, &ClippedRun::level));
  to.Set("overs", listOf(env, m.overs, &PeakOver::peak));
  return to;
}

bool isBrief(const Napi::Value& options) {
  return options.IsObject() && options.As<Napi::Object>().Get("brief").ToBoolean().Value();
}

// (path, {brief}, onProgress)
Napi::Value measure(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const bool brief = isBrief(info[1]);
  auto tell = std::make_shared<Napi::ThreadSafeFunction>(
      Napi::ThreadSafeFunction::New(info.Env(), info[2].As<Napi::Function>(), "measure", 4, 1));
  return Work::run(info.Env(), [path, brief, tell] {
    struct Release {
      Napi::ThreadSafeFunction& tell;
      ~Release() { tell.Release(); }
    } release{*tell};
    FileMeasurement found = measureFile(path, brief, [&](double share) {
      tell->NonBlockingCall([share](Napi::Env env, Napi::Function call) { call.Call({Napi::Number::New(env, share)}); });
    });
    return Work::Result([found = std::move(found)](Napi::Env env) -> Napi::Value {
      Napi::Object result = objectOf(env, found.measurement);
      result.Set("format", found.format);
      return result;
    });
  });
}

// (interleaved, channels, sampleRateHz, {brief}); the samples must not change meanwhile.
Napi::Value measureBlock(const Napi::CallbackInfo& info) {
  const auto samples = info[0].As<Napi::Float32Array>();
  const int channels = info[1].As<Napi::Number>().Int32Value();
  const double sampleRateHz = info[2].As<Napi::Number>().DoubleValue();
  const bool brief = isBrief(info[3]);
  auto kept = std::make_shared<Napi::Reference<Napi::Float32Array>>(Napi::Persistent(samples));
  const float* from = samples.Data();
  const auto count = static_cast<int64_t>(samples.ElementLength());
  return Work::run(info.Env(), [=] {
    const int64_t frames = channels > 0 ? count / channels : 0;
    Measuring measuring({sampleRateHz, channels, frames, kOverDbtp, brief});
    measuring.add(from, frames);
    // The reference is let go of in JavaScript's thread.
    return Work::Result([found = measuring.finish(), kept](Napi::Env env) -> Napi::Value {
      kept->Reset();
      return objectOf(env, found);
    });
  });
}

}  // namespace

void addMeasureFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("measureFile", Napi::Function::New<measure>(env));
  exports.Set("measureSamples", Napi::Function::New<measureBlock>(env));
}

}  // namespace deskd
