// Tracks to drive a desk with: decaying notes with noise on their attacks, the same in every run.
#pragma once
#include <memory>

#include "jobs.h"

namespace bench {

constexpr int kTrackCount = 32;
constexpr int kLoopFrames = 96000;  // 2 s; a multiple of the block

// Tracks that loop, about −20 dBFS RMS, peaks below 0 dBFS. More strips than tracks read them from other places.
class Music {
 public:
  Music();
  // 64 frames from `frame` on, 64-byte aligned. `frame` is a multiple of 64.
  const float* at(int strip, long frame) const;

 private:
  // Rows of a power of two would fall into the same lines of the first-level cache.
  static constexpr int kStride = kLoopFrames + 112;
  struct Free {
    void operator()(float* p) const;
  };
  std::unique_ptr<float[], Free> rows_;
};

}  // namespace bench
