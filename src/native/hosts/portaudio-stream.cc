#include "portaudio-stream.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "devices.h"
#include "quiet-stderr.h"

namespace deskd {

namespace {

constexpr PaStreamCallbackFlags kBreakFlags =
    paInputUnderflow | paInputOverflow | paOutputUnderflow | paOutputOverflow;

// More than this is not a latency but an unsigned difference below zero in PortAudio's JACK code.
constexpr double kAbsurdSeconds = 10;

constexpr int64_t kHungNs = 1'000'000'000;

double sane(double seconds) { return seconds >= 0 && seconds < kAbsurdSeconds ? seconds : 0; }

}  // namespace

PortAudioStream::PortAudioStream(std::shared_ptr<PortAudioLibrary> library, const HostSettings& settings,
                                 std::unique_ptr<BlockRunner> runner)
    : library_(std::move(library)), runner_(std::move(runner)) {
  const std::lock_guard lock(library_->mutex);
  session_.emplace(*library_, "deskd");
  try {
    const QuietStderr quiet;
    open(settings);
  } catch (...) {
    close();
    throw;
  }
}

PortAudioStream::~PortAudioStream() {
  const std::lock_guard lock(library_->mutex);
  close();
}

void PortAudioStream::close() noexcept {
  if (stream_ != nullptr) {
    const int64_t startNs = monotonicNs();
    const PaError error = library_->abortStream(stream_);
    // See mustBeLeft(). A server that hung may be gone by now, and then PortAudio's assertions would end this process.
    if (jack_ && (error != paNoError || monotonicNs() - startNs > kHungNs)) return session_->leave();
    library_->closeStream(stream_);
  }
  session_.reset();
}

void PortAudioStream::open(const HostSettings& settings) {
  const DeviceChoice choice = chooseDevice(*library_, settings.device);
  const auto channels = [&](PaDeviceIndex device, int PaDeviceInfo::*maximum, int wanted) {
    return device == paNoDevice ? 0 : std::min(library_->deviceInfo(device)->*maximum, wanted);
  };
  inputs_ = channels(choice.input, &PaDeviceInfo::maxInputChannels, settings.inputs);
  outputs_ = channels(choice.output, &PaDeviceInfo::maxOutputChannels, settings.outputs);
  if (inputs_ + outputs_ == 0)
    throw HostError("the audio device \"" + settings.device + "\" has no channel that the desk uses: take another one");

  const double bufferSeconds = static_cast<double>(settings.bufferFrames) / settings.sampleRateHz;
  const auto parameters = [&](PaDeviceIndex device, int count) {
    return PaStreamParameters{device, count, paFloat32 | paNonInterleaved, bufferSeconds, nullptr};
  };
  const PaStreamParameters input = parameters(choice.input, inputs_);
  const PaStreamParameters output = parameters(choice.output, outputs_);
  const PaDeviceInfo& device = *library_->deviceInfo(outputs_ > 0 ? choice.output : choice.input);
  const PaHostApiTypeId api = library_->hostApiInfo(device.hostApi)->type;
  jack_ = api == paJACK;
  // JACK's period is the server's. Any count asked for, even the same, costs one more buffer of delay in PortAudio.
  const int frames = jack_ ? paFramesPerBufferUnspecified : settings.bufferFrames;
  PaError error =
      library_->openStream(&stream_, inputs_ > 0 ? &input : nullptr, outputs_ > 0 ? &output : nullptr,
                           settings.sampleRateHz, static_cast<unsigned long>(frames), paNoFlag, callback, this);
  if (error != paNoError) stream_ = nullptr;
  if (error == paNoError) {
    if (library_->enableAlsaRealtime != nullptr && api == paALSA) library_->enableAlsaRealtime(stream_, 1);
    error = library_->startStream(stream_);
  }
  if (error != paNoError) throw HostError(openingFailure(error, settings, device));
  latencyFrames_ = reportedLatencyFrames(settings.sampleRateHz);
}

double PortAudioStream::reportedLatencyFrames(int sampleRateHz) const {
  const PaStreamInfo* info = library_->streamInfo(stream_);
  return info == nullptr ? 0 : std::round((sane(info->inputLatency) + sane(info->outputLatency)) * sampleRateHz);
}

std::string PortAudioStream::openingFailure(PaError error, const HostSettings& settings,
                                            const PaDeviceInfo& device) const {
  const std::string name = std::string("the audio device \"") + device.name + "\"";
  if (error == paInvalidSampleRate)
    return name + " does not take " + std::to_string(settings.sampleRateHz) + " Hz; it runs at " +
           std::to_string(std::lround(device.defaultSampleRate)) + " Hz: use `--sample-rate`, or another device";
  std::string why = library_->errorText(error);
  const PaHostErrorInfo* host = library_->lastHostError();
  if (error == paUnanticipatedHostError && host != nullptr && host->errorText != nullptr) why = host->errorText;
  return name + " does not open with " + std::to_string(inputs_) + " inputs, " + std::to_string(outputs_) +
         " outputs and " + std::to_string(settings.bufferFrames) + " frames a buffer (" + why +
         "): end what else uses it, or try another `--buffer`";
}

// [audio thread]
int PortAudioStream::callback(const void* input, void* output, unsigned long frames, const PaStreamCallbackTimeInfo*,
                              PaStreamCallbackFlags flags, void* self) noexcept {
  auto& stream = *static_cast<PortAudioStream*>(self);
  if (!stream.threadKnown_) {
    stream.threadKnown_ = true;
    stream.runner_->threadIs(raiseThisThread(nullptr));
  }
  stream.bufferFrames_.store(static_cast<int>(frames), std::memory_order_relaxed);
  stream.callbackCount_.fetch_add(1, std::memory_order_relaxed);
  stream.runner_->run(static_cast<const float* const*>(input), stream.inputs_, static_cast<float* const*>(output),
                      stream.outputs_, static_cast<int>(frames), (flags & kBreakFlags) != 0 ? 1 : 0);
  return paContinue;
}

}  // namespace deskd
