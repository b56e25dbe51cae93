// The scheduling of an audio thread: asked for once, then read back, because the kernel may refuse in silence.
#pragma once

#include <cstdint>

namespace deskd {

// Under JACK's server (60) and its clients (55), above everything that is not audio.
constexpr int kAudioPriority = 50;

struct Scheduling {
  int policy;  // SCHED_OTHER 0, SCHED_FIFO 1, SCHED_RR 2
  int priority;
};

// Raises the calling thread to SCHED_FIFO if it has no real-time policy yet and the system allows it, and tells what it
// has now. A few system calls: from an audio thread only before its first block.
Scheduling raiseThisThread(const char* name) noexcept;

int64_t monotonicNs() noexcept;

}  // namespace deskd
