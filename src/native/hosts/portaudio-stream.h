// A running PortAudio stream whose callback is the processor itself: no JavaScript, queue or lock in the way.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "block-runner.h"
#include "host-settings.h"
#include "portaudio-library.h"

namespace deskd {

class PortAudioStream {
 public:
  // Opens and starts. Can take long or hang if a sound server does: call it through `within`. Throws a HostError.
  PortAudioStream(std::shared_ptr<PortAudioLibrary> library, const HostSettings& settings,
                  std::unique_ptr<BlockRunner> runner);
  // Ends the stream and PortAudio with it, so that the next one finds a fresh list of devices. Can hang for ever.
  ~PortAudioStream();
  PortAudioStream(const PortAudioStream&) = delete;
  PortAudioStream& operator=(const PortAudioStream&) = delete;

  // False when PortAudio noticed an end by itself; often it doesn't, and only a count that stands still tells.
  bool active() const { return library_->isStreamActive(stream_) == 1; }
  // The JACK server is gone. Closing would wait ten minutes for a callback, and then take ports from a client that is
  // freed by then. So this stream and its library are left as they are: not destroyed, not used again.
  bool mustBeLeft() const { return jack_ && !active(); }
  uint64_t callbackCount() const noexcept { return callbackCount_.load(std::memory_order_relaxed); }

  int inputs() const { return inputs_; }
  int outputs() const { return outputs_; }
  // Known after the first callback: what was asked for, or with JACK the server's period.
  int bufferFrames() const noexcept { return bufferFrames_.load(std::memory_order_relaxed); }
  // Input and output latency together, as PortAudio reports it.
  double latencyFrames() const { return latencyFrames_; }

 private:
  static int callback(const void* input, void* output, unsigned long frames, const PaStreamCallbackTimeInfo* time,
                      PaStreamCallbackFlags flags, void* self) noexcept;
  void open(const HostSettings& settings);
  void close() noexcept;
  double reportedLatencyFrames(int sampleRateHz) const;
  std::string openingFailure(PaError error, const HostSettings& settings, const PaDeviceInfo& device) const;

  const std::shared_ptr<PortAudioLibrary> library_;
  const std::unique_ptr<BlockRunner> runner_;
  std::optional<PortAudioSession> session_;
  PaStream* stream_ = nullptr;
  int inputs_ = 0;
  int outputs_ = 0;
  double latencyFrames_ = 0;
  bool jack_ = false;
  bool threadKnown_ = false;
  std::atomic<int> bufferFrames_{0};
  std::atomic<uint64_t> callbackCount_{0};
};

}  // namespace deskd
