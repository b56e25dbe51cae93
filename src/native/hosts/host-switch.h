// Owns the clock that drives the processor: a PortAudio device, or the virtual clock while the device is lost.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "block-runner.h"
#include "host-settings.h"
#include "portaudio-stream.h"
#include "virtual-host.h"

namespace deskd {

class HostSwitch {
 public:
  // Both must live until this is destroyed. `counters`: layout::kCounterCount doubles, shared with other processes.
  HostSwitch(AudioProcessor& processor, double* counters);
  // Stops.
  ~HostSwitch();
  HostSwitch(const HostSwitch&) = delete;
  HostSwitch& operator=(const HostSwitch&) = delete;

  // start and stop block: call them from a worker thread, one at a time.

  // [control thread] Starts a host; a running one is stopped first. Takes up to a second. Throws a HostError in words,
  // and then no host runs.
  void start(const HostSettings& settings);

  // [control thread] Fades out, then stops. After it returns the processor is not called any more.
  void stop();

  // Any thread. True from a start that worked to the end of a stop.
  bool running() const { return running_.load(); }

  // What is wrong with the device now, in words; '' while all is well.
  std::string problem() const;

  // PortAudio can't be brought back in this process: only a new one gets the device again. The virtual clock goes on.
  bool needsReplacement() const { return needsReplacement_.load(); }

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<BlockRunner> runnerFor(uint32_t clock);
  std::unique_ptr<PortAudioStream> openDevice(uint32_t clock);
  bool callsArrive(const PortAudioStream& stream) const;
  void useDevice(std::unique_ptr<PortAudioStream> stream, uint32_t clock);
  void useVirtualClock(const HostSettings& settings);
  void setRoundTrip(double knownFrames);
  void tearDown(std::unique_ptr<PortAudioStream> stream, std::chrono::milliseconds limit);
  void leavePortAudio();
  void fadeOut();

  void watch();
  void watchDevice();
  void reopenDevice();
  void setProblem(const std::string& problem);

  AudioProcessor& processor_;
  double* const counters_;
  HostSettings settings_;
  std::shared_ptr<ClockGate> gate_;
  uint32_t lastClock_ = ClockGate::kNobody;
  std::atomic<bool> running_{false};
  std::unique_ptr<PortAudioStream> device_;
  std::unique_ptr<VirtualHost> virtual_;

  // The watchdog's.
  uint64_t callsSeen_ = 0;
  Clock::time_point lastLook_;
  Clock::time_point lastCall_;
  Clock::time_point nextAttempt_;
  std::atomic<bool> needsReplacement_{false};
  mutable std::mutex mutex_;
  std::condition_variable stopAsked_;
  bool stopping_ = false;
  std::string problem_;
  std::thread watchdog_;
};

}  // namespace deskd
