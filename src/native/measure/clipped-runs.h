// Finds where the wave of a channel was cut off: at full scale, or at whatever level the file ends at.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "measurement.h"

namespace deskd {

// Three or more samples in a row at one level (within .0001 of it, at full scale three steps of 16 bits), entered or left by a
// corner: a step four times as large, which no smooth wave makes at its top. Counted when the level is the channel's highest
// (within .1 %) or at least −.13 dBFS; below −50 dBFS, where steps of 16 bits are coarse, nothing is.
class ClippedRuns {
 public:
  explicit ClippedRuns(int channel) : channel_(channel) {}

  void add(const float* samples, int frames) {
    for (int n = 0; n < frames; n++) {
      const float x = samples[n];
      const float magnitude = std::fabs(x);
      highest_ = std::max(highest_, magnitude);
      if (std::fabs(x - level_) <= tolerance_) {
        length_++;
      } else {
        if (length_ >= kFewest) close(frame_ + n, std::fabs(x - before_));
        stepIn_ = frame_ + n > 0 ? std::fabs(x - before_) : 0;
        level_ = x;
        length_ = 1;
        tolerance_ = kTolerance * magnitude;
      }
      before_ = x;
    }
    frame_ += frames;
  }

  // Behind the last sample: adds the runs to what is there.
  void finish(std::vector<ClippedRun>& to) {
    if (length_ >= kFewest) close(frame_, 0);
    for (const ClippedRun& run : runs_)
      if (isAtTop(run.level)) to.push_back(run);
  }

 private:
  static constexpr int kFewest = 3;
  static constexpr float kTolerance = 1e-4f, kQuietest = .003f;

  bool isAtTop(float level) const { return level >= .985f || level >= .999f * highest_; }

  // `end`: the frame behind the run.
  void close(int64_t end, float stepOut) {
    const float level = std::fabs(level_);
    if (level < kQuietest || std::max(stepIn_, stepOut) < 4 * tolerance_ || !isAtTop(level)) return;
    if (runs_.size() >= 65536) std::erase_if(runs_, [&](const ClippedRun& run) { return !isAtTop(run.level); });
    runs_.push_back({channel_, end - length_, length_, level});
  }

  const int channel_;
  float level_ = 0, before_ = 0, stepIn_ = 0, tolerance_ = 0, highest_ = 0;
  int64_t length_ = 0, frame_ = 0;
  std::vector<ClippedRun> runs_;
};

}  // namespace deskd
