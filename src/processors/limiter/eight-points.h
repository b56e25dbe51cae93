// A signal at eight points a frame, for the limiter and for the meter of files: a Kaiser-windowed sinc of 64 taps a phase.
#pragma once
#include "true-peak.h"

namespace deskd::DESKD_ISA {

constexpr int kEightReach = 32;  // samples on each side of a point

// The points at p/8 and 1 − p/8 mirror each other, so half-sum and half-difference of their taps are kept: three products for a
// pair of samples instead of six.
struct EightTaps {
  float half[kEightReach], sum[3][kEightReach], difference[3][kEightReach];
};
constexpr EightTaps designEightTaps(double beta) {
  constexpr double pi = 3.14159265358979323846;
  constexpr double sine[4] = {0, .38268343236508977173, .70710678118654752440, .92387953251128675613};  // sin πi/8
  // Modified Bessel function I₀(2√z) by its series.
  const auto bessel = [](double z) {
    double term = 1, total = 1;
    for (int k = 1; k < 40; k++) total += term *= z / (k * k);
    return total;
  };
  const auto tap = [&](double t, double sine) {
    const double edge = t / kEightReach;
    return sine / (pi * t) * bessel(beta * beta / 4 * (1 - edge * edge)) / bessel(beta * beta / 4);
  };
  EightTaps taps{};
  for (int k = 0; k < kEightReach; k++) {
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

// At every eighth after kLanes frames, and at the next frame.
DESKD_INLINE void interpolateEight(const EightTaps& taps, const float* frame, Vf (&point)[9]) {
  Vf half{}, sum[3]{}, difference[3]{};
#pragma GCC unroll 1
  for (int k = 0; k < kEightReach; k++) {
    const Vf before = loadOnce(frame - k), after = loadOnce(frame + 1 + k);
    const Vf pairSum = before + after, pairDifference = after - before;
    half = fma(splat(taps.half[k]), pairSum, half);
#pragma GCC unroll 3
    for (int i = 0; i < 3; i++) {
      sum[i] = fma(splat(taps.sum[i][k]), pairSum, sum[i]);
      difference[i] = fma(splat(taps.difference[i][k]), pairDifference, difference[i]);
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

}  // namespace deskd::DESKD_ISA
