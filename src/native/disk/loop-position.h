// Where a transport stands, frame by frame, with or without a loop: one rule for players and for the engine's clock.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "../quantum.h"
#include "track-source.h"

namespace deskd {

class LoopPosition {
 public:
  // Positions below 0 count as 0. Behind the loop's end playback runs straight on.
  void cue(int64_t positionFrames, Loop loop) noexcept {
    position_ = std::max<int64_t>(0, positionFrames);
    loop_ = loop;
    loop_.on = loop.on && loop.startFrame >= 0 && loop.endFrame >= loop.startFrame + kQuantum &&
               position_ < loop.endFrame;
  }
  int64_t position() const noexcept { return position_; }
  // Frames that follow without a jump.
  int64_t contiguous() const noexcept {
    return loop_.on ? loop_.endFrame - position_ : std::numeric_limits<int64_t>::max();
  }
  void advance(int64_t frames) noexcept {
    position_ += frames;
    if (loop_.on && position_ >= loop_.endFrame)
      position_ = loop_.startFrame + (position_ - loop_.endFrame) % (loop_.endFrame - loop_.startFrame);
  }

 private:
  int64_t position_ = 0;
  Loop loop_;
};

}  // namespace deskd
