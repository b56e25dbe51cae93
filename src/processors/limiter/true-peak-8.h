// True peak for the limiter at eight points a frame: a longer filter sees up to the edge of the band.
#pragma once
#include "eight-points.h"

namespace deskd::DESKD_ISA {

constexpr int kPeakDelay8 = kEightReach;  // frames: figures of input frame n are about the interval n−32 … n−31
constexpr EightTaps kPeakTaps8 = designEightTaps(4);

struct TruePeak8 {
  static constexpr int kPast = kEightReach + kPeakDelay8;  // what the earliest point reaches back to
  static_assert(kPast % kQuantum == 0);
  alignas(64) float history_[2][kPast + kQuantum];
  float lastPoint_[2];  // at ⅞ after the frame before the first one

  void reset() noexcept { *this = TruePeak8{}; }

  // [audio thread] For each frame the peak of a channel between frames n − 32 and n − 31, linear, into peak[channel][32]
  // (64-byte aligned).
  void perFrame(const float* l, const float* r, float (&peak)[2][kQuantum]) noexcept {
    for (int c = 0; c < 2; c++) {
      float* history = history_[c];
      const float* in = c ? r : l;
      for (int n = 0; n < kPast; n += kLanes) store(history + n, load(history + n + kQuantum));
      for (int n = 0; n < kQuantum; n += kLanes) store(history + kPast + n, load(in + n));
      Vf last = splat(lastPoint_[c]);
      for (int n = 0; n < kQuantum; n += kLanes) {
        const float* frame = history + kPast - kPeakDelay8 + n;
        Vf point[9];
        interpolateEight(kPeakTaps8, frame, point);
        store(peak[c] + n, refine(point, delayLanes<1>(last, point[7])));
        last = point[7];
      }
      lastPoint_[c] = last[kLanes - 1];
    }
  }

 private:
  // The vertex of the parabola through the highest of eight points and its neighbours.
  static Vf refine(const Vf (&point)[9], Vf left) noexcept {
    Vf middle = point[0], right = point[1], highest = abs(middle);
#pragma GCC unroll 7
    for (int k = 1; k < 8; k++) {
      const Vf candidate = abs(point[k]);
      const Vi higher = candidate > highest;
      left = select(higher, point[k - 1], left);
      middle = select(higher, point[k], middle);
      right = select(higher, point[k + 1], right);
      highest = max(candidate, highest);
    }
    return parabola(left, middle, right, highest);
  }
};

}  // namespace deskd::DESKD_ISA
