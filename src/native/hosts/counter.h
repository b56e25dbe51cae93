// Counters in the shared memory: one writer each, any number of readers in other processes.
#pragma once

#include <atomic>

#include "../generated/layout.h"

namespace deskd {

static_assert(std::atomic_ref<double>::is_always_lock_free);

// [audio thread]
inline void setCounter(double* counters, layout::Counter counter, double value) noexcept {
  std::atomic_ref<double>(counters[counter]).store(value, std::memory_order_relaxed);
}

inline double readCounter(double* counters, layout::Counter counter) noexcept {
  return std::atomic_ref<double>(counters[counter]).load(std::memory_order_relaxed);
}

// [audio thread]
inline void addToCounter(double* counters, layout::Counter counter, double value) noexcept {
  setCounter(counters, counter, readCounter(counters, counter) + value);
}

// [audio thread]
inline void raiseCounter(double* counters, layout::Counter counter, double value) noexcept {
  if (value > readCounter(counters, counter)) setCounter(counters, counter, value);
}

}  // namespace deskd
