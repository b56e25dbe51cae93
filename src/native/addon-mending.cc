#include "addon-mending.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "addon-work.h"
#include "mending/mend.h"

namespace deskd {
namespace {

using Tell = std::shared_ptr<Napi::ThreadSafeFunction>;

Tell tellOf(Napi::Env env, const Napi::Value& onProgress) {
  return std::make_shared<Napi::ThreadSafeFunction>(
      Napi::ThreadSafeFunction::New(env, onProgress.As<Napi::Function>(), "mending", 4, 1));
}

// A part of the way; what JavaScript has no time for is left out.
ShareDone shareOf(const Tell& tell, double from, double to) {
  return [tell, from, to](double share) {
    tell->NonBlockingCall([value = from + (to - from) * share](Napi::Env env, Napi::Function call) { call.Call({Napi::Number::New(env, value)}); });
  };
}

// Lets go of the callback however the work ends.
struct Release {
  const Tell& tell;
  ~Release() { tell->Release(); }
};

Napi::Object faultObject(Napi::Env env, const FaultFound& fault) {
  auto to = Napi::Object::New(env);
  to.Set("kind", kFaultNames[static_cast<size_t>(fault.kind)]);
  to.Set("channel", fault.channel);
  to.Set("isCertain", fault.isCertain);
  to.Set("count", static_cast<double>(fault.count));
  to.Set("amount", fault.amount);
  to.Set("hz", fault.hz);
  auto lines = Napi::Array::New(env), places = Napi::Array::New(env, fault.places.size());
  for (const double hz : fault.linesHz) lines.Set(lines.Length(), hz);
  for (uint32_t i = 0; i < fault.places.size(); i++) {
    auto place = Napi::Object::New(env);
    place.Set("frame", static_cast<double>(fault.places[i].frame));
    place.Set("frames", static_cast<double>(fault.places[i].frames));
    places.Set(i, place);
  }
  to.Set("linesHz", lines);
  to.Set("places", places);
  return to;
}

Napi::Array faultList(Napi::Env env, const std::vector<FaultFound>& faults) {
  auto list = Napi::Array::New(env, faults.size());
  for (uint32_t i = 0; i < faults.size(); i++) list.Set(i, faultObject(env, faults[i]));
  return list;
}

Napi::Value findFaultsOf(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const Tell tell = tellOf(info.Env(), info[1]);
  return Work::run(info.Env(), [path, tell] {
    const Release release{tell};
    const Sound sound = readSound(path, shareOf(tell, 0, 0.2));
    return Work::Result([faults = findFaults(sound, shareOf(tell, 0.2, 1)), rate = sound.sampleRateHz](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      result.Set("sampleRateHz", rate);
      result.Set("faults", faultList(env, faults));
      return result;
    });
  });
}

FaultKind kindOf(const std::string& name) {
  for (size_t i = 0; i < std::size(kFaultNames); i++)
    if (name == kFaultNames[i]) return static_cast<FaultKind>(i);
  throw std::runtime_error("no fault is called " + name);
}

struct MendedFile {
  int sampleRateHz = 0;
  Mending mending;
  SoundFormat format;
  std::vector<FaultFound> left;
};

// Writes only where something was mended or `isConverted` asks for another container.
MendedFile mendFile(const std::string& path, const std::string& outPath, const std::vector<FaultKind>& only, bool isFlac, bool isConverted,
                    const Tell& tell) {
  Sound sound = readSound(path, shareOf(tell, 0, 0.1));
  MendedFile file;
  file.sampleRateHz = sound.sampleRateHz;
  file.format = formatLike(sound.format, isFlac);
  file.mending = mendSound(sound, only, file.format.bits != 32, shareOf(tell, 0.1, 0.6));
  if (file.mending.mended.empty() && !isConverted) {
    file.left = findFaults(sound, shareOf(tell, 0.6, 1));
    return file;
  }
  file.format.dither = file.mending.isEverySampleNew && file.format.bits <= 16;
  writeSound(sound, outPath, file.format, path);
  sound = {};  // not both in memory
  file.left = findFaults(readSound(outPath, shareOf(tell, 0.6, 0.65)), shareOf(tell, 0.65, 1));
  return file;
}

Napi::Value mend(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value(), outPath = info[1].As<Napi::String>().Utf8Value();
  const auto spec = info[2].As<Napi::Object>();
  std::vector<FaultKind> only;
  const auto names = spec.Get("only").As<Napi::Array>();
  try {
    for (uint32_t i = 0; i < names.Length(); i++) only.push_back(kindOf(names.Get(i).As<Napi::String>().Utf8Value()));
  } catch (const std::exception& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
  const bool isFlac = spec.Get("isFlac").ToBoolean(), isConverted = spec.Get("isConverted").ToBoolean();
  const Tell tell = tellOf(info.Env(), info[3]);
  return Work::run(info.Env(), [=] {
    const Release release{tell};
    return Work::Result([file = mendFile(path, outPath, only, isFlac, isConverted, tell)](Napi::Env env) -> Napi::Value {
      auto result = Napi::Object::New(env);
      auto mended = Napi::Array::New(env);
      for (const Mended& one : file.mending.mended) {
        auto entry = Napi::Object::New(env);
        entry.Set("fault", faultObject(env, one.fault));
        entry.Set("amountAfter", one.amountAfter);
        entry.Set("countAfter", static_cast<double>(one.countAfter));
        entry.Set("isFiltered", one.isFiltered);
        mended.Set(mended.Length(), entry);
      }
      result.Set("sampleRateHz", file.sampleRateHz);
      result.Set("mended", mended);
      result.Set("gainDb", file.mending.gainDb);
      result.Set("bits", file.format.bits == 32 ? "32f" : std::to_string(file.format.bits));
      result.Set("isDithered", file.format.dither);
      result.Set("left", faultList(env, file.left));
      return result;
    });
  });
}

}  // namespace

void addMendingFunctions(Napi::Env env, Napi::Object exports) {
  exports.Set("findFaults", Napi::Function::New<findFaultsOf>(env));
  exports.Set("mendFile", Napi::Function::New<mend>(env));
}

}  // namespace deskd
