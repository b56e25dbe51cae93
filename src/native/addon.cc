// The addon: the engine, its hosts, its files and the shared memory for JavaScript. Slow work runs on worker threads.
#include <fcntl.h>
#include <napi.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>

#include "addon-recordings.h"
#include "addon-work.h"
#include "disk/audio-file.h"
#include "disk/conform.h"
#include "engine.h"
#include "hosts/counter.h"
#include "hosts/devices.h"
#include "hosts/host-switch.h"
#include "hosts/portaudio-library.h"
#include "param-ids.h"
#include "render.h"

namespace deskd {
namespace {

std::string text(const Napi::Object& from, const char* key) {
  const Napi::Value value = from.Get(key);
  return value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
}
double number(const Napi::Object& from, const char* key, double fallback = 0) {
  const Napi::Value value = from.Get(key);
  return value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : fallback;
}
bool flag(const Napi::Object& from, const char* key) {
  const Napi::Value value = from.Get(key);
  return value.IsBoolean() && value.As<Napi::Boolean>().Value();
}

WavFormat wavFormat(const Napi::Object& from) {
  const std::string bits = text(from, "bits");
  return bits == "16" ? WavFormat::int16 : bits == "24" ? WavFormat::int24 : WavFormat::float32;
}

std::vector<TrackOnStrip> tracksOf(const Napi::Value& value) {
  std::vector<TrackOnStrip> tracks;
  if (!value.IsArray()) return tracks;
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto entry = list.Get(i).As<Napi::Object>();
    tracks.push_back({text(entry, "path"), static_cast<int>(number(entry, "strip"))});
  }
  return tracks;
}

const InstructionSet& instructionSet(const std::string& name) {
  std::string known;
  for (const InstructionSet* set = kInstructionSets; set->name; set++) {
    if (!set->supported()) continue;
    if (name.empty() || name == set->name) return *set;
    known += (known.empty() ? "" : ", ") + std::string(set->name);
  }
  throw std::runtime_error("instruction set \"" + name + "\": expected one that this machine has: " + known);
}

class NativeEngine final : public Napi::ObjectWrap<NativeEngine> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "NativeEngine",
                       {
                           InstanceAccessor<&NativeEngine::isa>("isa"),
                           InstanceMethod<&NativeEngine::loadTracks>("loadTracks"),
                           InstanceMethod<&NativeEngine::startHost>("startHost"),
                           InstanceMethod<&NativeEngine::stopHost>("stopHost"),
                           InstanceMethod<&NativeEngine::hostProblem>("hostProblem"),
                           InstanceMethod<&NativeEngine::needsReplacement>("needsReplacement"),
                           InstanceMethod<&NativeEngine::startTake>("startTake"),
                           InstanceMethod<&NativeEngine::stopTake>("stopTake"),
                           InstanceMethod<&NativeEngine::takeError>("takeError"),
                           InstanceMethod<&NativeEngine::render>("render"),
                           InstanceMethod<&NativeEngine::close>("close"),
                       });
  }

  explicit NativeEngine(const Napi::CallbackInfo& info) : Napi::ObjectWrap<NativeEngine>(info) {
    try {
      auto buffer = info[0].As<Napi::ArrayBuffer>();
      Region region;
      const std::string problem = region.attach(static_cast<char*>(buffer.Data()), buffer.ByteLength());
      if (!problem.empty()) throw std::runtime_error(problem);
      engine_ = std::make_unique<Engine>(region, instructionSet(info[1].As<Napi::String>().Utf8Value()));
      host_ = std::make_unique<HostSwitch>(*engine_, region.counters());
      region_ = Napi::Persistent(buffer);
    } catch (const std::exception& error) {
      throw Napi::Error::New(info.Env(), error.what());
    }
  }
  ~NativeEngine() override { shutDown(); }

 private:
  Engine& engine(Napi::Env env) {
    if (!engine_) throw Napi::Error::New(env, "the engine is closed");
    return *engine_;
  }

  Napi::Value isa(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), engine(info.Env()).instructionSet().name);
  }

  Napi::Value loadTracks(const Napi::CallbackInfo& info) {
    engine(info.Env());
    auto tracks = tracksOf(info[0]);
    return Work::run(info.Env(), [this, tracks] {
      if (engine_->hasTake()) throw std::runtime_error("tracks cannot change while a take is recorded: stop it first");
      checkTracks(tracks, *engine_);
      tracks_ = tracks;
      if (host_->running()) engine_->setTracks(streamTracks(tracks_, *engine_), true);
      return Work::Result(undefined);
    });
  }

  Napi::Value startHost(const Napi::CallbackInfo& info) {
    engine(info.Env());
    const auto spec = info[0].As<Napi::Object>();
    HostSettings settings;
    settings.kind = text(spec, "kind") == "portaudio" ? HostKind::kPortAudio : HostKind::kVirtual;
    settings.sampleRateHz = static_cast<int>(engine_->sampleRateHz());
    settings.bufferFrames = static_cast<int>(number(spec, "bufferFrames", 256));
    settings.inputs = engine_->region().word(layout::kInputCount);
    settings.outputs = engine_->region().word(layout::kOutputCount);
    settings.device = text(spec, "device");
    settings.loopback = flag(spec, "loopback");
    settings.waitForDevice = flag(spec, "waitForDevice");
    settings.roundTripFrames = number(spec, "roundTripFrames", -1);
    return Work::run(info.Env(), [this, settings] {
      if (!host_->running()) engine_->setTracks(streamTracks(tracks_, *engine_), false);
      engine_->deviceChanged();
      host_->start(settings);
      return Work::Result(undefined);
    });
  }

  Napi::Value stopHost(const Napi::CallbackInfo& info) {
    engine(info.Env());
    return Work::run(info.Env(), [this] {
      host_->stop();
      return Work::Result(undefined);
    });
  }

  Napi::Value hostProblem(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), host_ ? host_->problem() : std::string());
  }
  Napi::Value needsReplacement(const Napi::CallbackInfo& info) {
    return Napi::Boolean::New(info.Env(), host_ && host_->needsReplacement());
  }

  Napi::Value startTake(const Napi::CallbackInfo& info) {
    engine(info.Env());
    const auto spec = info[0].As<Napi::Object>();
    RecorderOptions options;
    options.sampleRateHz = static_cast<int>(engine_->sampleRateHz());
    options.files.push_back({text(spec, "masterPath"), 2, wavFormat(spec)});
    const auto inputs = tracksOf(spec.Get("inputs"));
    for (const TrackOnStrip& input : inputs)
      options.files.push_back({input.path, engine_->stripIsStereo(input.strip) ? 2 : 1, WavFormat::float32});
    options.eventLogPath = text(spec, "eventLogPath");
    const Region& region = engine_->region();
    const auto count = [&](layout::Header field) { return static_cast<uint32_t>(region.word(field)); };
    const ParamMap map{count(layout::kStripCount), count(layout::kBusCount), count(layout::kOutputCount),
                       count(layout::kDcaCount)};
    options.eventName = [map](int32_t target) { return targetId(map, target); };
    const std::string leadPath = text(spec, "leadPath"), statePath = text(spec, "arenaPath");
    const int lead = leadPath.empty() ? 0 : static_cast<int>(readCounter(region.counters(), layout::kRoundTripFrames));
    return Work::run(info.Env(), [this, options, inputs, leadPath, statePath, lead]() mutable {
      if (take_ || engine_->hasTake()) throw std::runtime_error("a take is being recorded already: stop it first");
      if (!host_->running()) throw std::runtime_error("no clock runs: start a host before a take");
      auto take = std::make_unique<Take>();
      for (const TrackOnStrip& input : inputs) take->strips.push_back(input.strip);
      if (lead > 0 && !inputs.empty()) {
        int sides = 0;
        for (const TrackOnStrip& input : inputs) sides += engine_->stripIsStereo(input.strip) ? 2 : 1;
        take->leadFile = static_cast<int>(options.files.size());
        take->leadFrames = lead;
        options.files.push_back({leadPath, sides, WavFormat::float32});
      }
      take->logs = !options.eventLogPath.empty();
      if (take->logs) {
        take->core.resize(engine_->graph().coreBytes());
        take->values.resize(static_cast<size_t>(engine_->region().word(layout::kParamCount)));
        take->inputs.resize(static_cast<size_t>(engine_->stripCount()));
      }
      take->recorder = std::make_unique<TakeRecorder>(options);
      take_ = std::move(take);
      engine_->beginTake(take_.get());
      for (int i = 0; take_->startFrame.load(std::memory_order_acquire) < 0; i++) {
        if (i == 3000) {
          engine_->dropTake();
          take_.reset();
          throw std::runtime_error("the engine's clock stands still: the take did not start");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      if (!statePath.empty()) engine_->saveState(*take_, statePath);
      return Work::Result([start = take_->startFrame.load(), transport = take_->transport,
                           values = take_->values](Napi::Env env) -> Napi::Value {
        auto result = Napi::Object::New(env);
        auto table = Napi::Float32Array::New(env, values.size());
        std::copy(values.begin(), values.end(), table.Data());
        result.Set("values", table);
        result.Set("startFrame", static_cast<double>(start));
        result.Set("playing", transport.playWanted != 0);
        result.Set("positionFrames", static_cast<double>(transport.clock.position()));
        return result;
      });
    });
  }

  Napi::Value stopTake(const Napi::CallbackInfo& info) {
    engine(info.Env());
    return Work::run(info.Env(), [this] {
      if (!take_) throw std::runtime_error("no take is being recorded");
      const TakeEnd end = endTake();
      return Work::Result([end](Napi::Env env) -> Napi::Value {
        auto result = Napi::Object::New(env);
        result.Set("startFrame", static_cast<double>(end.startFrame));
        result.Set("frames", static_cast<double>(end.frames));
        result.Set("error", end.error);
        return result;
      });
    });
  }

  struct TakeEnd {
    int64_t startFrame, frames;
    std::string error;
  };

  TakeEnd endTake() {
    take_->stopAsked.store(true);
    if (host_->running())
      for (int i = 0; i < 3000 && !take_->ended.load(std::memory_order_acquire); i++)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (!take_->ended.load()) engine_->dropTake();
    take_->recorder->finish();
    TakeEnd end{take_->startFrame.load(), take_->masterFrames, take_->recorder->error()};
    if (take_->recorder->failed()) end.frames = take_->recorder->framesWritten();
    else if (take_->recorder->overruns() > 0)
      end.error = "the disk was late: " + std::to_string(take_->recorder->overruns()) +
                  " blocks are silent, the first at frame " + std::to_string(take_->recorder->brokenAtFrame());
    take_.reset();
    return end;
  }

  Napi::Value takeError(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), take_ && take_->recorder ? take_->recorder->error() : std::string());
  }

  Napi::Value render(const Napi::CallbackInfo& info) {
    engine(info.Env());
    const auto from = info[0].As<Napi::Object>();
    RenderSpec spec;
    spec.outPath = text(from, "outPath");
    spec.format = wavFormat(from);
    spec.bufferFrames = static_cast<int>(number(from, "bufferFrames", 256));
    spec.frames = static_cast<int64_t>(number(from, "frames"));
    spec.trimLatency = flag(from, "trimLatency");
    spec.leadPath = text(from, "leadPath");
    spec.statePath = text(from, "arenaPath");
    spec.inputs = tracksOf(from.Get("inputs"));
    spec.isTake = from.Get("inputs").IsArray();
    if (from.Get("events").IsArray()) {
      const auto events = from.Get("events").As<Napi::Array>();
      spec.events.reserve(events.Length());
      for (uint32_t i = 0; i < events.Length(); i++) {
        const auto event = events.Get(i).As<Napi::Object>();
        const auto target = static_cast<int32_t>(number(event, "target"));
        spec.events.push_back({target, 0, number(event, "value"), number(event, "frame")});
      }
    }
    std::shared_ptr<Napi::ThreadSafeFunction> tell;
    if (info[1].IsFunction())
      tell = std::make_shared<Napi::ThreadSafeFunction>(
          Napi::ThreadSafeFunction::New(info.Env(), info[1].As<Napi::Function>(), "render", 4, 1));
    return Work::run(info.Env(), [this, spec, tell] {
      const auto progress = [&tell](int64_t frames) {
        if (tell)
          tell->NonBlockingCall([frames](Napi::Env env, Napi::Function call) {
            call.Call({Napi::Number::New(env, static_cast<double>(frames))});
          });
      };
      std::optional<RenderReport> report;
      try {
        if (host_->running()) throw std::runtime_error("the engine plays live: render in another");
        report = deskd::render(*engine_, tracks_, spec, progress);
      } catch (...) {
        if (tell) tell->Release();
        throw;
      }
      if (tell) tell->Release();
      return Work::Result([r = *report](Napi::Env env) -> Napi::Value {
        auto result = Napi::Object::New(env);
        result.Set("frames", static_cast<double>(r.frames));
        result.Set("integratedLufs", r.loudness.integratedLufs);
        result.Set("loudnessRangeLu", r.loudness.loudnessRangeLu);
        result.Set("truePeakDbtp", 20 * std::log10(r.loudness.truePeak));
        result.Set("samplePeakDbfs", 20 * std::log10(r.loudness.samplePeak));
        result.Set("renderSeconds", r.renderSeconds);
        return result;
      });
    });
  }

  void close(const Napi::CallbackInfo&) { shutDown(); }

  void shutDown() {
    if (take_) endTake();
    host_.reset();
    engine_.reset();
    region_.Reset();
  }

  Napi::Reference<Napi::ArrayBuffer> region_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<HostSwitch> host_;
  std::vector<TrackOnStrip> tracks_;
  std::unique_ptr<Take> take_;
};

Napi::Value mapRegion(const Napi::CallbackInfo& info) {
  const std::string path = info[0].As<Napi::String>().Utf8Value();
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct stat status {};
  if (fd < 0 || fstat(fd, &status) != 0) {
    const std::string reason = std::strerror(errno);
    if (fd >= 0) ::close(fd);
    throw Napi::Error::New(info.Env(), path + ": cannot be mapped: " + reason);
  }
  const auto size = static_cast<size_t>(status.st_size);
  void* bytes = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
  ::close(fd);
  if (bytes == MAP_FAILED) throw Napi::Error::New(info.Env(), path + ": cannot be mapped: " + std::strerror(errno));
  return Napi::ArrayBuffer::New(info.Env(), bytes, size, [size](Napi::Env, void* data) { munmap(data, size); });
}

Napi::Value usePortAudioLibrary(const Napi::CallbackInfo& info) {
  usePortAudio(info[0].As<Napi::String>().Utf8Value());
  return info.Env().Undefined();
}

Napi::Value listDevicesNow(const Napi::CallbackInfo& info) {
  auto list = Napi::Array::New(info.Env());
  try {
    for (const DeviceInfo& device : listDevices()) {
      auto entry = Napi::Object::New(info.Env());
      entry.Set("name", device.name);
      entry.Set("hostApi", device.hostApi);
      entry.Set("inputs", device.inputs);
      entry.Set("outputs", device.outputs);
      entry.Set("defaultSampleRateHz", device.defaultSampleRateHz);
      entry.Set("isDefault", device.isDefault);
      list.Set(list.Length(), entry);
    }
  } catch (const std::exception& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
  return list;
}

Napi::Value audioFileInfo(const Napi::CallbackInfo& info) {
  try {
    const AudioFile file(info[0].As<Napi::String>().Utf8Value());
    auto result = Napi::Object::New(info.Env());
    result.Set("frames", static_cast<double>(file.info().frames));
    result.Set("sampleRateHz", file.info().sampleRateHz);
    result.Set("channels", file.info().channels);
    result.Set("format", file.info().format);
    return result;
  } catch (const std::exception& error) {
    throw Napi::Error::New(info.Env(), error.what());
  }
}

Napi::Value conformTrack(const Napi::CallbackInfo& info) {
  const std::string from = info[0].As<Napi::String>().Utf8Value(), to = info[1].As<Napi::String>().Utf8Value();
  const int rate = info[2].As<Napi::Number>().Int32Value();
  return Work::run(info.Env(), [from, to, rate] {
    conformFile(from, to, rate);
    return Work::Result(undefined);
  });
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto names = Napi::Array::New(env);
  for (const InstructionSet* set = kInstructionSets; set->name; set++)
    if (set->supported()) names.Set(names.Length(), set->name);
  exports.Set("isaNames", names);
  exports.Set("mapRegion", Napi::Function::New<mapRegion>(env));
  auto* make = new Napi::FunctionReference(Napi::Persistent(NativeEngine::define(env)));
  env.AddCleanupHook([make] { delete make; });
  exports.Set("createEngine", Napi::Function::New(env, [make](const Napi::CallbackInfo& info) -> Napi::Value {
                return make->New({info[0], info[1]});
              }));
  exports.Set("usePortAudio", Napi::Function::New<usePortAudioLibrary>(env));
  exports.Set("listDevices", Napi::Function::New<listDevicesNow>(env));
  exports.Set("audioFileInfo", Napi::Function::New<audioFileInfo>(env));
  exports.Set("conformTrack", Napi::Function::New<conformTrack>(env));
  addRecordingFunctions(env, exports);
  return exports;
}

NODE_API_MODULE(deskd, init)

}  // namespace
}  // namespace deskd
