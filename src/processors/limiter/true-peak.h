// True peak: four points a frame by a polyphase FIR (BS.1770-5 Annex 2), for the meter as they are, for the limiter
// refined by a parabola through the highest one.
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

constexpr int kPeakReach = 16;             // samples on each side of an interpolated point
constexpr int kPeakDelay = kPeakReach;     // frames: figures of input frame n are about the interval n−16 … n−15
constexpr int kQuantumVectors = kQuantum / kLanes;

// A Kaiser-windowed sinc, 32 taps a phase. With β 4 no sine up to 20 kHz is off by more than .05 dB at 48 kHz and .1 dB
// at 44.1 kHz; a higher β is flatter below and blind to more above. The points at ¼ and ¾ mirror each other, so their
// half-sum and half-difference are kept: three products for a pair of samples instead of six.
struct PeakTaps {
  float half[kPeakReach];        // ½ between the samples
  float sum[kPeakReach];         // (¼ + ¾)/2, on the sum of the pair
  float difference[kPeakReach];  // (¾ − ¼)/2, on its difference
};
constexpr PeakTaps designPeakTaps() {
  constexpr double beta = 4, pi = 3.14159265358979323846, rootHalf = 0.70710678118654752440;
  // Modified Bessel function I₀(2√z) by its series.
  const auto bessel = [](double z) {
    double term = 1, total = 1;
    for (int k = 1; k < 40; k++) total += term *= z / (k * k);
    return total;
  };
  // |sin πt| is given, as it is 1 or √½ at all points needed.
  const auto tap = [&](double t, double sine) {
    const double edge = t / kPeakReach;
    return sine / (pi * t) * bessel(beta * beta / 4 * (1 - edge * edge)) / bessel(beta * beta / 4);
  };
  PeakTaps taps{};
  for (int k = 0; k < kPeakReach; k++) {
    const double sign = k % 2 ? -1 : 1;
    const double quarter = tap(k + .25, sign * rootHalf), threeQuarters = tap(k + .75, sign * rootHalf);
    taps.half[k] = (float)tap(k + .5, sign);
    taps.sum[k] = (float)((quarter + threeQuarters) / 2);
    taps.difference[k] = (float)((quarter - threeQuarters) / 2);
  }
  return taps;
}
constexpr PeakTaps kPeakTaps = designPeakTaps();

// No interpolated point is higher than this many times the samples it is made of.
constexpr float mostOvershoot() {
  const auto magnitude = [](double x) { return x < 0 ? -x : x; };
  double half = 0, quarter = 0;
  for (int k = 0; k < kPeakReach; k++) {
    half += 2 * magnitude(kPeakTaps.half[k]);
    quarter += magnitude(kPeakTaps.sum[k] + kPeakTaps.difference[k]) + magnitude(kPeakTaps.sum[k] - kPeakTaps.difference[k]);
  }
  return (float)((half > quarter ? half : quarter) * 1.0001);
}
constexpr float kMostOvershoot = mostOvershoot();

typedef float VfUnaligned __attribute__((vector_size(kLanes * 4), aligned(4)));
DESKD_INLINE Vf loadAnywhere(const float* p) { return (Vf)(*(const VfUnaligned*)p); }
// For a value used twice: GCC would fold the load into both uses, and unaligned loads are what the filter waits for.
DESKD_INLINE Vf loadOnce(const float* p) {
  Vf x = loadAnywhere(p);
#if defined(__x86_64__)
  asm("" : "+v"(x));
#endif
  return x;
}

// Lane j is lane j − shift of `vector`, filled up from the end of the one before it.
template <int shift>
DESKD_INLINE Vf delayLanes(Vf before, Vf vector) {
  Vi from;
  for (int j = 0; j < kLanes; j++) from[j] = kLanes + j - shift;
  return __builtin_shuffle(before, vector, from);
}

DESKD_INLINE float highestLane(Vf v) {
  float highest = v[0];
  for (int j = 1; j < kLanes; j++) highest = v[j] > highest ? v[j] : highest;
  return highest;
}

// The signal at 0, ¼, ½ and ¾ after each of kLanes frames, and at the next frame.
struct PeakPoints {
  Vf at[5];
};
// Vectors that are worked on at once: as many as their sums find registers.
constexpr int kPeakVectors = kLanes == 16 ? 2 : 1;

// What the taps give of kLanes frames.
struct PeakSums {
  Vf half, sum, difference;

  [[gnu::always_inline]] void add(int k, Vf before, Vf after) noexcept {
    const Vf pairSum = before + after, pairDifference = after - before;
    half = fma(splat(kPeakTaps.half[k]), pairSum, half);
    sum = fma(splat(kPeakTaps.sum[k]), pairSum, sum);
    difference = fma(splat(kPeakTaps.difference[k]), pairDifference, difference);
  }
};

// Both channels together, so that a tap is fetched once for both. The loops stay loops: unrolled, the compiler keeps
// all taps in registers, has none left, and fetches every frame twice.
DESKD_INLINE void interpolate(const float* l, const float* r, PeakPoints (&points)[2][kPeakVectors]) {
  PeakSums sums[2][kPeakVectors]{};
  if constexpr (kPeakVectors == 2 && kLanes == kPeakReach) {
    // From both ends of the taps at once: what lies k + 1 after the first vector lies 15 − k before the second.
#pragma GCC unroll 1
    for (int k = 0; k < kPeakReach / 2; k++)
#pragma GCC unroll 2
      for (int c = 0; c < 2; c++) {
        const float* frame = c ? r : l;
        const int far = kPeakReach - 1 - k;
        const Vf nearBetween = loadOnce(frame + 1 + k), farBetween = loadOnce(frame + 1 + far);
        sums[c][0].add(k, loadOnce(frame - k), nearBetween);
        sums[c][0].add(far, loadOnce(frame - far), farBetween);
        sums[c][1].add(k, farBetween, loadOnce(frame + kLanes + 1 + k));
        sums[c][1].add(far, nearBetween, loadOnce(frame + kLanes + 1 + far));
      }
  } else {
#pragma GCC unroll 1
    for (int k = 0; k < kPeakReach; k++)
#pragma GCC unroll 2
      for (int c = 0; c < 2; c++)
#pragma GCC unroll 2
        for (int v = 0; v < kPeakVectors; v++) {
          const float* frame = (c ? r : l) + v * kLanes;
          sums[c][v].add(k, loadOnce(frame - k), loadOnce(frame + 1 + k));
        }
  }
#pragma GCC unroll 2
  for (int c = 0; c < 2; c++)
#pragma GCC unroll 2
    for (int v = 0; v < kPeakVectors; v++) {
      const float* frame = (c ? r : l) + v * kLanes;
      const PeakSums& s = sums[c][v];
      points[c][v] = {{loadAnywhere(frame), s.sum - s.difference, s.half, s.sum + s.difference, loadAnywhere(frame + 1)}};
    }
}

// How high the parabola through three points goes, `highest` at least.
DESKD_INLINE Vf parabola(Vf left, Vf middle, Vf right, Vf highest) {
  const Vf slope = right - left, curve = 2.0f * middle - left - right;
  // Elsewhere the vertex lies beyond the neighbours, and means nothing.
  const Vf rise = select(abs(slope) < 2.0f * abs(curve), slope * slope / (8.0f * curve), Vf{});
  return max(abs(middle + rise), highest);
}

struct TruePeak {
  alignas(64) float history_[2][2 * kQuantum];  // a channel: the quantum before, this quantum
  float lastPoint_[2];                          // at ¾ after the frame before the first one

  void reset() noexcept { *this = TruePeak{}; }

  // [audio thread] Takes a quantum without measuring it.
  void pass(const float* l, const float* r) noexcept { push(l, r); }

  // [audio thread] The highest of the four points of all 32 frames of both channels, linear.
  float highest(const float* l, const float* r) noexcept {
    push(l, r);
    Vf peak{};
    for (int first = 0; first < kQuantumVectors; first += kPeakVectors) {
      PeakPoints points[2][kPeakVectors];
      interpolate(frames(0, first), frames(1, first), points);
      // A NaN loses: max gives its second operand then.
      for (int v = 0; v < kPeakVectors; v++)
        for (int k = 0; k < 4; k++) peak = max(abs(points[0][v].at[k]), max(abs(points[1][v].at[k]), peak));
    }
    return highestLane(peak);
  }

  // [audio thread] For each frame the peak of both channels between frames n − 16 and n − 15, linear, into peak[32]
  // (64-byte aligned). The parabola brings the worst under-reading of 20 kHz at 48 kHz from .47 to .04 dB.
  void perFrame(const float* l, const float* r, float* peak) noexcept {
    run(l, r, [&](int n, Vf left, Vf right) { store(peak + n, max(right, max(left, Vf{}))); });
  }

  // [audio thread] The same of each channel, into peak[channel][32].
  void perFrame(const float* l, const float* r, float (&peak)[2][kQuantum]) noexcept {
    run(l, r, [&](int n, Vf left, Vf right) {
      store(peak[0] + n, max(left, Vf{}));
      store(peak[1] + n, max(right, Vf{}));
    });
  }

 private:
  template <class Take>
  [[gnu::always_inline]] void run(const float* l, const float* r, Take take) noexcept {
    push(l, r);
    Vf before[2] = {splat(lastPoint_[0]), splat(lastPoint_[1])};
    for (int first = 0; first < kQuantumVectors; first += kPeakVectors) {
      PeakPoints points[2][kPeakVectors];
      interpolate(frames(0, first), frames(1, first), points);
      for (int v = 0; v < kPeakVectors; v++) {
        Vf highest[2];
        for (int c = 0; c < 2; c++) {
          highest[c] = refine(points[c][v], delayLanes<1>(before[c], points[c][v].at[3]));
          before[c] = points[c][v].at[3];
        }
        take((first + v) * kLanes, highest[0], highest[1]);
      }
    }
    for (int c = 0; c < 2; c++) lastPoint_[c] = before[c][kLanes - 1];
  }

  // The frames whose figures are given now.
  const float* frames(int channel, int vector) const noexcept {
    return history_[channel] + kQuantum - kPeakDelay + vector * kLanes;
  }

  void push(const float* l, const float* r) noexcept {
    const float* const inputs[2] = {l, r};
    for (int c = 0; c < 2; c++)
      for (int v = 0; v < kQuantumVectors; v++) {
        store(history_[c] + v * kLanes, load(history_[c] + kQuantum + v * kLanes));
        store(history_[c] + kQuantum + v * kLanes, load(inputs[c] + v * kLanes));
      }
  }

  // The vertex of the parabola through the highest of four points and its neighbours.
  static Vf refine(const PeakPoints& points, Vf left) noexcept {
    Vf middle = points.at[0], right = points.at[1], highest = abs(middle);
    for (int k = 1; k < 4; k++) {
      const Vf candidate = abs(points.at[k]);
      const Vi higher = candidate > highest;
      left = select(higher, points.at[k - 1], left);
      middle = select(higher, points.at[k], middle);
      right = select(higher, points.at[k + 1], right);
      highest = max(candidate, highest);
    }
    return parabola(left, middle, right, highest);
  }
};

}  // namespace deskd::DESKD_ISA
