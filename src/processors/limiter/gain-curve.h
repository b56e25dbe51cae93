// From the gain that each frame needs to the gain that the limiter applies: least over the look-ahead → release → two boxcars.
#pragma once
#include "true-peak.h"

namespace deskd::DESKD_ISA {

constexpr int kLimiterRing = 2048;  // frames; a power of two ≥ the longest latency + a quantum

// The past of a signal. The first quantum is repeated behind the end, so that any 32 frames lie side by side.
struct FloatRing {
  alignas(64) float data[kLimiterRing + kQuantum];

  void fill(float x) noexcept {
    for (float& y : data) y = x;
  }
};

// Where in their rings all parts of a limiter stand.
struct RingPlace {
  int position, mask;

  void write(FloatRing& ring, const float* block) const noexcept {
    for (int v = 0; v < kQuantumVectors; v++) {
      const Vf x = load(block + v * kLanes);
      store(ring.data + position + v * kLanes, x);
      if (position == 0) store(ring.data + mask + 1 + v * kLanes, x);
    }
  }
  const float* past(const FloatRing& ring, int frames) const noexcept {
    return ring.data + ((position - frames) & mask);
  }
};

// What does not change while the limiter lives.
struct CurveShape {
  int lookahead, boxFrames[2];
  double perBoxes;
  static constexpr int64_t kUnity = 1 << 30;  // 1.0 in the fixed point of the boxcars: sums stay below 2⁵¹

  // Two boxcars in a row reach as far as the look-ahead. The least is taken over one frame more, because a peak
  // between two samples needs the gain of both.
  void init(int lookaheadFrames) noexcept {
    lookahead = lookaheadFrames;
    boxFrames[0] = (lookahead + 1) / 2;
    boxFrames[1] = lookahead + 1 - boxFrames[0];
    perBoxes = 1.0 / (kUnity * boxFrames[0] * boxFrames[1]);
  }
};

DESKD_INLINE double multiplyAdd(double a, double b, double c) {
#if defined(__FMA__)
  return __builtin_fma(a, b, c);
#else
  return a * b + c;
#endif
}

// Falls at once, rises by `keep` a frame.
DESKD_INLINE double released(double keep, double gain, double least) {
  const double risen = multiplyAdd(keep, gain, (1 - keep) * least);  // 1 − keep is exact, so that 1 stays 1
  return risen < least ? risen : least;
}

struct GainCurve {
  FloatRing least_;
  alignas(64) float needed_[kQuantum];  // of the quantum before
  alignas(64) int64_t gains_[kLimiterRing], firstBox_[kLimiterRing];
  int64_t sums_[2];
  double gain;  // behind the release

  void reset(const CurveShape& shape) noexcept {
    least_.fill(1);
    for (float& x : needed_) x = 1;
    for (int64_t& x : gains_) x = CurveShape::kUnity;
    for (int64_t& x : firstBox_) x = CurveShape::kUnity * shape.boxFrames[0];
    sums_[0] = CurveShape::kUnity * shape.boxFrames[0];
    sums_[1] = sums_[0] * shape.boxFrames[1];
    gain = 1;
  }

  // [audio thread] Sliding minimum over lookahead + 1 frames, in place: doubled in registers up to 32, then as many of
  // those as it takes. The work depends on the look-ahead alone.
  void leastOverLookahead(const CurveShape& shape, RingPlace at, float* block) noexcept {
    const int window = shape.lookahead + 1;
    Vf x[2 * kQuantumVectors];
    for (int v = 0; v < kQuantumVectors; v++) {
      x[v] = load(needed_ + v * kLanes);
      x[kQuantumVectors + v] = load(block + v * kLanes);
      store(needed_ + v * kLanes, x[kQuantumVectors + v]);
    }
    int span = 1;
    if (window >= 2) leastOfTwice<1>(x), span = 2;
    if (window >= 4) leastOfTwice<2>(x), span = 4;
    if (window >= 8) leastOfTwice<4>(x), span = 8;
    if (window >= 16) leastOfTwice<8>(x), span = 16;
    if (window >= 32) leastOfTwice<16>(x), span = 32;
    for (int v = 0; v < kQuantumVectors; v++) store(block + v * kLanes, x[kQuantumVectors + v]);
    at.write(least_, block);
    for (int v = 0; v < kQuantumVectors; v++) {
      Vf least = x[kQuantumVectors + v];
      for (int back = span; back < window - span; back += span)
        least = min(least, loadAnywhere(at.past(least_, back) + v * kLanes));
      store(block + v * kLanes, min(least, loadAnywhere(at.past(least_, window - span) + v * kLanes)));
    }
  }

  // [audio thread] The release, then the boxcars, all in one pass.
  void smooth(const CurveShape& shape, RingPlace at, double keep, float* block) noexcept {
    double g = gain;
    smoothed(shape, at, block, [&](int i) { return g = released(keep, g, block[i]); });
    gain = g;
  }

  // [audio thread] The boxcars alone, over gains that are released already: they turn every fall into a bend that is done
  // in time. Their sums are whole numbers, so they neither drift nor stray from 1 once all inputs are 1.
  template <class Gain>
  [[gnu::always_inline]] void smoothed(const CurveShape& shape, RingPlace at, float* block, Gain gainOf) noexcept {
    int64_t first = sums_[0], second = sums_[1];
    for (int i = 0; i < kQuantum; i++) {
      const int n = at.position + i;
      const int64_t fixed = (int64_t)(gainOf(i) * CurveShape::kUnity);
      gains_[n] = fixed;
      first += fixed - gains_[(n - shape.boxFrames[0]) & at.mask];
      firstBox_[n] = first;
      second += first - firstBox_[(n - shape.boxFrames[1]) & at.mask];
      block[i] = (float)((double)second * shape.perBoxes);
    }
    sums_[0] = first;
    sums_[1] = second;
  }

 private:
  // Each frame's minimum joined with that of `step` frames before; 1 stands for what lies before the first frame.
  template <int step>
  static void leastOfTwice(Vf (&x)[2 * kQuantumVectors]) noexcept {
    constexpr int vectors = step / kLanes;
    for (int v = 2 * kQuantumVectors - 1; v >= vectors; v--) {
      if constexpr (vectors > 0) {
        x[v] = min(x[v], x[v - vectors]);
      } else {
        x[v] = min(x[v], delayLanes<step>(v > 0 ? x[v - 1] : splat(1), x[v]));
      }
    }
  }
};

}  // namespace deskd::DESKD_ISA
