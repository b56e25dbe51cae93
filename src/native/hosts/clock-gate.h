// Which clock may run the processor. A hand-over lets the block that runs come to its end, so there are never two.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>

namespace deskd {

class ClockGate {
 public:
  static constexpr uint32_t kNobody = 0;

  // [control thread] Waits until no block runs, then lets `clock` in and nobody else.
  void pass(uint32_t clock) {
    state_.fetch_or(kClosing);
    while ((state_.load() & kBusy) != 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
    state_.store(clock * kStep);
  }

  // [audio thread]
  bool enter(uint32_t clock) noexcept {
    uint32_t open = clock * kStep;
    return state_.compare_exchange_strong(open, open | kBusy);
  }

  // [audio thread]
  void leave() noexcept { state_.fetch_and(~kBusy); }

  bool busy() const noexcept { return (state_.load() & kBusy) != 0; }

 private:
  static constexpr uint32_t kBusy = 1, kClosing = 2, kStep = 4;
  std::atomic<uint32_t> state_{kNobody};
};

}  // namespace deskd
