#include "realtime-thread.h"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <ctime>

namespace deskd {

namespace {

bool setFifo(int priority) noexcept {
  sched_param parameters{};
  parameters.sched_priority = priority;
  // RESET_ON_FORK: a child process of the desk must not inherit real-time priority.
  return priority > 0 && sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) == 0;
}

int allowedPriority() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_RTPRIO, &limit) != 0) return 0;
  return static_cast<int>(std::min<rlim_t>(limit.rlim_cur, kAudioPriority));
}

}  // namespace

Scheduling raiseThisThread(const char* name) noexcept {
  if (name != nullptr) pthread_setname_np(pthread_self(), name);
  if (sched_getscheduler(0) == SCHED_OTHER && !setFifo(kAudioPriority)) setFifo(allowedPriority());
  sched_param parameters{};
  sched_getparam(0, &parameters);
  return {sched_getscheduler(0) & ~SCHED_RESET_ON_FORK, parameters.sched_priority};
}

int64_t monotonicNs() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace deskd
