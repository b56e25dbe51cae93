// The virtual sound card: a native clock that never drops frames. Late blocks run back to back and are counted.
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "block-runner.h"
#include "host-settings.h"

namespace deskd {

class VirtualHost {
 public:
  // Runs until it is destroyed.
  VirtualHost(const HostSettings& settings, double* counters, std::unique_ptr<BlockRunner> runner);
  ~VirtualHost();
  VirtualHost(const VirtualHost&) = delete;
  VirtualHost& operator=(const VirtualHost&) = delete;

  // From an output back to an input; 0 without loopback, since there is no such way.
  static double roundTripFrames(const HostSettings& settings) {
    return settings.loopback ? settings.bufferFrames : 0;
  }

 private:
  using Planes = std::vector<float*>;

  void run() noexcept;
  bool countLateness(int64_t lateNs) noexcept;
  Planes outputPlanes(int side);
  Planes inputPlanes(Planes& outputsBefore);

  const HostSettings settings_;
  const int64_t bufferNs_;
  double* const counters_;
  const std::unique_ptr<BlockRunner> runner_;
  std::vector<float> samples_;
  // Two sides in turn: while one is written, the other is what was written before.
  Planes outputs_[2];
  Planes inputs_[2];
  std::atomic<bool> running_{true};
  std::thread thread_;
};

}  // namespace deskd
