// The addon: the engine, its hosts, its files and the shared memory for JavaScript. Slow work runs on worker threads.
#include <fcntl.h>
#include <malloc.h>
#include <napi.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <thread>

#include "addon-measure.h"
#include "addon-mending.h"
#include "addon-recordings.h"
#include "addon-work.h"
#include "disk/audio-file.h"
#include "disk/conform.h"
#include "engine.h"
#include "hosts/counter.h"
#include "hosts/devices.h"
#include "hosts/host-switch.h"
#include "hosts/portaudio-library.h"
#include "live-take.h"
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
  return bits == "16" ? WavFormat::int16 : bits == "20" ? WavFormat::int20 : bits == "24" ? WavFormat::int24 : WavFormat::float32;
}

Dither dither(const Napi::Object& from) {
  const std::string kind = text(from, "dither");
  return kind == "none"    ? Dither::none
         : kind == "tpdf"  ? Dither::tpdf
         : kind == "light" ? Dither::light
         : kind == "strong" ? Dither::strong
                            : Dither::standard;
}

std::vector<TrackOnStrip> tracksOf(const Napi::Value& value) {
  std::vector<TrackOnStrip> tracks;
  if (!value.IsArray()) return tracks;
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) {
    const auto entry = list.Get(i).As<Napi::Object>();
    tracks.push_back({text(entry, "path"), static_cast<int>(number(entry, "strip")), static_cast<int>(number(entry, "song"))});
  }
  return tracks;
}

std::vector<int> numbersOf(const Napi::Value& value) {
  std::vector<int> numbers;
  if (!value.IsArray()) return numbers;
  const auto list = value.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); i++) numbers.push_back(list.Get(i).As<Napi::Number>().Int32Value());
  return numbers;
}

LiveTakeSpec takeSpecOf(const Napi::Object& from) {
  LiveTakeSpec spec;
  spec.masterPath = text(from, "masterPath");
  spec.format = wavFormat(from);
  const auto add = [](const Napi::Value& list, const char* key, std::vector<std::pair<int, std::string>>& to) {
    if (!list.IsArray()) return;
    const auto entries = list.As<Napi::Array>();
    for (uint32_t i = 0; i < entries.Length(); i++) {
      const auto entry = entries.Get(i).As<Napi::Object>();
      to.emplace_back(static_cast<int>(number(entry, key)), text(entry, "path"));
    }
  };
  add(from.Get("inputs"), "strip", spec.inputs);
  add(from.Get("buses"), "bus", spec.buses);
  spec.eventLogPath = text(from, "eventLogPath");
  spec.leadPath = text(from, "leadPath");
  spec.statePath = text(from, "arenaPath");
  if (from.Get("punch").IsObject()) {
    const auto punch = from.Get("punch").As<Napi::Object>();
    spec.punch = {true, static_cast<int64_t>(number(punch, "inFrame")), static_cast<int64_t>(number(punch, "outFrame"))};
  }
  return spec;
}

Napi::Value takeStartFor(Napi::Env env, const std::optional<TakeStart>& start) {
  if (!start) return env.Null();
  auto result = Napi::Object::New(env);
  auto table = Napi::Float32Array::New(env, start->values.size());
  std::copy(start->values.begin(), start->values.end(), table.Data());
  result.Set("values", table);
  result.Set("startFrame", static_cast<double>(start->startFrame));
  result.Set("skipFrames", static_cast<double>(start->skipFrames));
  result.Set("preRollFrames", static_cast<double>(start->preRollFrames));
  result.Set("playing", start->playing);
  result.Set("positionFrames", static_cast<double>(start->positionFrames));
  return result;
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
                           InstanceMethod<&NativeEngine::holdTake>("holdTake"),
                           InstanceMethod<&NativeEngine::startTake>("startTake"),
                           InstanceMethod<&NativeEngine::takeStart>("takeStart"),
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
      if (take_ && take_->isRecorded()) throw std::runtime_error("tracks cannot change while a take is recorded: stop it first");
      take_.reset();  // a pre-roll of other tracks
      checkTracks(tracks, *engine_);
      tracks_ = tracks;
      if (host_->running()) engine_->setTracks(streamTracks(tracks_, *engine_), true);
      return Work::Result([starts = songStarts(tracks_)](Napi::Env env) -> Napi::Value {
        auto list = Napi::Array::New(env);
        for (const int64_t frame : starts) list.Set(list.Length(), static_cast<double>(frame));
        return list;
      });
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

  // Keeps the last seconds of what a take of this shape would record; 0 seconds, or no host: nothing.
  Napi::Value holdTake(const Napi::CallbackInfo& info) {
    engine(info.Env());
    const auto spec = info[0].As<Napi::Object>();
    const TakeShape shape{numbersOf(spec.Get("strips")), numbersOf(spec.Get("buses"))};
    const double seconds = number(spec, "seconds");
    return Work::run(info.Env(), [this, shape, seconds] {
      if (take_ && take_->isRecorded()) throw std::runtime_error("a take is being recorded: stop it first");
      take_.reset();
      if (seconds > 0 && host_->running()) take_ = std::make_unique<LiveTake>(*engine_, shape, seconds);
      return Work::Result(undefined);
    });
  }

  Napi::Value startTake(const Napi::CallbackInfo& info) {
    engine(info.Env());
    const LiveTakeSpec spec = takeSpecOf(info[0].As<Napi::Object>());
    return Work::run(info.Env(), [this, spec] {
      if (take_ && take_->isRecorded()) throw std::runtime_error("a take is being recorded already: stop it first");
      if (!host_->running()) throw std::runtime_error("no clock runs: start a host before a take");
      if (!take_ || spec.punch.on || !take_->fits(spec)) {
        take_.reset();
        take_ = std::make_unique<LiveTake>(*engine_, spec.shape(), 0);
      }
      try {
        take_->record(spec);
      } catch (...) {
        take_->end(host_->running());
        take_.reset();
        throw;
      }
      return Work::Result([start = take_->start()](Napi::Env env) { return takeStartFor(env, start); });
    });
  }

  // What the take began with, null while it waits for a punch in.
  Napi::Value takeStart(const Napi::CallbackInfo& info) {
    return takeStartFor(info.Env(), take_ ? take_->start() : std::nullopt);
  }

  Napi::Value stopTake(const Napi::CallbackInfo& info) {
    engine(info.Env());
    return Work::run(info.Env(), [this] {
      if (!take_ || !take_->isRecorded()) throw std::runtime_error("no take is being recorded");
      const TakeEnd end = take_->end(host_->running());
      take_.reset();
      return Work::Result([end](Napi::Env env) -> Napi::Value {
        auto result = Napi::Object::New(env);
        result.Set("startFrame", static_cast<double>(end.startFrame));
        result.Set("frames", static_cast<double>(end.frames));
        result.Set("error", end.error);
        return result;
      });
    });
  }

  Napi::Value takeError(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), take_ ? take_->error() : std::string());
  }

  Napi::Value render(const Napi::CallbackInfo& info) {
    engine(info.Env());
    const auto from = info[0].As<Napi::Object>();
    RenderSpec spec;
    spec.outPath = text(from, "outPath");
    spec.format = wavFormat(from);
    spec.dither = dither(from);
    spec.bufferFrames = static_cast<int>(number(from, "bufferFrames", 256));
    spec.frames = static_cast<int64_t>(number(from, "frames"));
    spec.trimLatency = flag(from, "trimLatency");
    spec.skipFrames = static_cast<int64_t>(number(from, "skipFrames"));
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
    if (take_) take_->end(host_ && host_->running());
    take_.reset();
    host_.reset();
    engine_.reset();
    region_.Reset();
  }

  Napi::Reference<Napi::ArrayBuffer> region_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<HostSwitch> host_;
  std::vector<TrackOnStrip> tracks_;
  std::unique_ptr<LiveTake> take_;
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
#ifdef __GLIBC__
  // What is large goes back to the system when it is freed: a pre-roll may have held two gigabytes.
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
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
  addMeasureFunctions(env, exports);
  addMendingFunctions(env, exports);
  addRecordingFunctions(env, exports);
  return exports;
}

NODE_API_MODULE(deskd, init)

}  // namespace
}  // namespace deskd
