// True peak of one channel: eight points a frame by a long polyphase FIR, the highest refined by a parabola (BS.1770-5 Annex 2
// asks for four).
#pragma once
#include "../../processors/limiter/eight-points.h"

namespace deskd::DESKD_ISA {

constexpr int kFineReach = kEightReach;  // frames that figures come late
constexpr int kFinePhases = 8;
// No sine up to .47 of the sample rate is off by more than .04 dB.
constexpr EightTaps kFineTaps = designEightTaps(5);

struct FinePeak {
  alignas(64) float history_[3 * kQuantum];              // the two quanta before, this quantum
  alignas(64) float points_[kFinePhases][kQuantum];      // of the frames that end kFineReach before the newest
  float pointBefore_;                                    // at ⅞ behind the frame before the first

  // 32 frames, 64-byte aligned. Gives the highest point, linear.
  float process(const float* x) noexcept {
    pointBefore_ = points_[kFinePhases - 1][kQuantum - 1];
    for (int n = 0; n < 2 * kQuantum; n += kLanes) store(history_ + n, load(history_ + kQuantum + n));
    for (int n = 0; n < kQuantum; n += kLanes) store(history_ + 2 * kQuantum + n, load(x + n));
    Vf peak{};
    for (int n = 0; n < kQuantum; n += kLanes) peak = max(interpolate(n), peak);
    float highest = 0;
    for (int i = 0; i < kLanes; i++) highest = peak[i] > highest ? peak[i] : highest;
    return highest;
  }

  struct Refined {
    float peak;  // linear
    int frame;   // of the 32, which came kFineReach frames ago
  };
  // The vertex of the parabola through the highest point of the quantum and its neighbours.
  Refined refined() const noexcept {
    constexpr int count = kFinePhases * kQuantum;
    const auto at = [&](int i) {
      return i < 0 ? pointBefore_ : i == count ? history_[2 * kQuantum] : points_[i % kFinePhases][i / kFinePhases];
    };
    int top = 0;
    for (int n = 0; n < kQuantum; n++)
      for (int p = 0; p < kFinePhases; p++)
        if (__builtin_fabsf(points_[p][n]) > __builtin_fabsf(at(top))) top = n * kFinePhases + p;
    const float middle = at(top), left = at(top - 1), right = at(top + 1);
    const float slope = right - left, curve = 2 * middle - left - right;
    const float rise = __builtin_fabsf(slope) < 2 * __builtin_fabsf(curve) ? slope * slope / (8 * curve) : 0;
    const float vertex = __builtin_fabsf(middle + rise), point = __builtin_fabsf(middle);
    return {vertex > point ? vertex : point, top / kFinePhases};
  }

 private:
  Vf interpolate(int first) noexcept {
    Vf point[9], peak{};
    interpolateEight(kFineTaps, history_ + kFineReach + first, point);
#pragma GCC unroll 8
    for (int p = 0; p < kFinePhases; p++) {
      store(points_[p] + first, point[p]);
      peak = max(abs(point[p]), peak);
    }
    return peak;
  }
};

}  // namespace deskd::DESKD_ISA
