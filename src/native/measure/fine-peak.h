// True peak of one channel: eight points a frame by a long polyphase FIR, the highest refined by a parabola (BS.1770-5 Annex 2
// asks for four).
#pragma once
#include "../lanes.h"
#include "../quantum.h"

namespace deskd::DESKD_ISA {

constexpr int kFineReach = 32;  // samples on each side of a point, and frames that figures come late
constexpr int kFinePhases = 8;

// A Kaiser-windowed sinc of 64 taps a phase, β 5: no sine up to .47 of the sample rate is off by more than .04 dB. Points at p/8
// and 1 − p/8 mirror each other: half-sum and half-difference are kept, three products for a pair of samples instead of six.
struct FineTaps {
  float half[kFineReach];
  float sum[3][kFineReach], difference[3][kFineReach];
};
constexpr FineTaps designFineTaps() {
  constexpr double beta = 5, pi = 3.14159265358979323846;
  constexpr double sines[4] = {0.38268343236508977173, 0.70710678118654752440, 0.92387953251128675613, 1};
  // Modified Bessel function I₀(2√z) by its series.
  const auto bessel = [](double z) {
    double term = 1, total = 1;
    for (int k = 1; k < 40; k++) total += term *= z / (k * k);
    return total;
  };
  const auto tap = [&](double t, double sine) {
    const double edge = t / kFineReach;
    return sine / (pi * t) * bessel(beta * beta / 4 * (1 - edge * edge)) / bessel(beta * beta / 4);
  };
  FineTaps taps{};
  for (int k = 0; k < kFineReach; k++) {
    const double sign = k % 2 ? -1 : 1;
    taps.half[k] = (float)tap(k + .5, sign);
    for (int p = 0; p < 3; p++) {
      const double near = tap(k + (p + 1) / 8.0, sign * sines[p]), far = tap(k + 1 - (p + 1) / 8.0, sign * sines[p]);
      taps.sum[p][k] = (float)((near + far) / 2);
      taps.difference[p][k] = (float)((near - far) / 2);
    }
  }
  return taps;
}
constexpr FineTaps kFineTaps = designFineTaps();

struct FinePeak {
  typedef float VfUnaligned __attribute__((vector_size(kLanes * 4), aligned(4)));

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
  [[gnu::always_inline]] Vf interpolate(int first) noexcept {
    const float* const frame = history_ + kFineReach + first;
    Vf half{}, sum[3]{}, difference[3]{};
#pragma GCC unroll 2
    for (int k = 0; k < kFineReach; k++) {
      const Vf before = (Vf)(*(const VfUnaligned*)(frame - k)), after = (Vf)(*(const VfUnaligned*)(frame + 1 + k));
      const Vf both = before + after, apart = after - before;
      half = fma(splat(kFineTaps.half[k]), both, half);
#pragma GCC unroll 3
      for (int p = 0; p < 3; p++) {
        sum[p] = fma(splat(kFineTaps.sum[p][k]), both, sum[p]);
        difference[p] = fma(splat(kFineTaps.difference[p][k]), apart, difference[p]);
      }
    }
    const Vf own = (Vf)(*(const VfUnaligned*)frame);
    Vf peak = max(abs(own), abs(half));
    store(points_[0] + first, own);
    store(points_[4] + first, half);
#pragma GCC unroll 3
    for (int p = 0; p < 3; p++) {
      const Vf near = sum[p] - difference[p], far = sum[p] + difference[p];
      store(points_[p + 1] + first, near);
      store(points_[7 - p] + first, far);
      peak = max(abs(near), max(abs(far), peak));
    }
    return peak;
  }
};

}  // namespace deskd::DESKD_ISA
