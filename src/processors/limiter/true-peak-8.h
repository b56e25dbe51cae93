// True peak for the limiter at eight points a frame: a longer filter sees up to the edge of the band.
#pragma once
#include "true-peak.h"

namespace deskd::DESKD_ISA {

constexpr int kPeakReach8 = 32;            // samples on each side of an interpolated point
constexpr int kPeakDelay8 = kPeakReach8;   // frames: figures of input frame n are about the interval n−32 … n−31

// As PeakTaps: of the points at ⅛, ¼, ⅜ and those that mirror them half-sum and half-difference.
struct PeakTaps8 {
  float half[kPeakReach8], sum[3][kPeakReach8], difference[3][kPeakReach8];
};
constexpr PeakTaps8 designPeakTaps8() {
  constexpr double beta = 4, pi = 3.14159265358979323846;
  constexpr double sine[4] = {0, .38268343236508977173, .70710678118654752440, .92387953251128675613};  // sin πi/8
  const auto bessel = [](double z) {
    double term = 1, total = 1;
    for (int k = 1; k < 40; k++) total += term *= z / (k * k);
    return total;
  };
  const auto tap = [&](double t, double sine) {
    const double edge = t / kPeakReach8;
    return sine / (pi * t) * bessel(beta * beta / 4 * (1 - edge * edge)) / bessel(beta * beta / 4);
  };
  PeakTaps8 taps{};
  for (int k = 0; k < kPeakReach8; k++) {
    const double sign = k % 2 ? -1 : 1;
    taps.half[k] = (float)tap(k + .5, sign);
    for (int i = 1; i <= 3; i++) {
      const double early = tap(k + i / 8.0, sign * sine[i]), late = tap(k + 1 - i / 8.0, sign * sine[i]);
      taps.sum[i - 1][k] = (float)((early + late) / 2);
      taps.difference[i - 1][k] = (float)((early - late) / 2);
    }
  }
  return taps;
}
constexpr PeakTaps8 kPeakTaps8 = designPeakTaps8();

struct TruePeak8 {
  static constexpr int kPast = kPeakReach8 + kPeakDelay8;  // what the earliest point reaches back to
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
        interpolate(frame, point);
        store(peak[c] + n, refine(point, delayLanes<1>(last, point[7])));
        last = point[7];
      }
      lastPoint_[c] = last[kLanes - 1];
    }
  }

 private:
  // At every eighth after kLanes frames, and at the next frame.
  static void interpolate(const float* frame, Vf (&point)[9]) noexcept {
    Vf half{}, sum[3]{}, difference[3]{};
#pragma GCC unroll 1
    for (int k = 0; k < kPeakReach8; k++) {
      const Vf before = loadOnce(frame - k), after = loadOnce(frame + 1 + k);
      const Vf pairSum = before + after, pairDifference = after - before;
      half = fma(splat(kPeakTaps8.half[k]), pairSum, half);
#pragma GCC unroll 3
      for (int i = 0; i < 3; i++) {
        sum[i] = fma(splat(kPeakTaps8.sum[i][k]), pairSum, sum[i]);
        difference[i] = fma(splat(kPeakTaps8.difference[i][k]), pairDifference, difference[i]);
      }
    }
    point[0] = loadAnywhere(frame);
    point[4] = half;
    point[8] = loadAnywhere(frame + 1);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
      point[1 + i] = sum[i] - difference[i];
      point[7 - i] = sum[i] + difference[i];
    }
  }

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
