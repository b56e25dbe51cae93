// The pointers of classic meters, left and right in one register: PPM of types I and II, VU, and the RMS of the K-system.
#pragma once
#include "../../native/lanes.h"

namespace deskd::DESKD_ISA {

// Two detectors side by side that charge at their own rate while the rectified signal is above them and fall together:
// fitted to the tone bursts of IEC 60268-10 (5 kHz; type I: 10 ms −1 dB, 5 ms −2, 3 ms −4, .4 ms −15; type II: 10 ms −2.0,
// 5 ms −4, 1.5 ms −9, .5 ms −17).
struct PpmDetector {
  double attack[2], decay, scale;
  V2d charge[2];

  void init(double sampleRateHz, double fast, double slow, double fallDbPerS, double steady) noexcept {
    attack[0] = -__builtin_expm1(-fast / sampleRateHz);
    attack[1] = -__builtin_expm1(-slow / sampleRateHz);
    decay = __builtin_exp(-0.11512925464970228420 * fallDbPerS / sampleRateHz);
    scale = 1 / (2 * steady);
    charge[0] = charge[1] = V2d{};
  }
  [[gnu::always_inline]] void next(V2d rectified) noexcept {
    for (int i = 0; i < 2; i++) {
      const V2d fallen = charge[i] * decay, above = rectified - fallen;
      charge[i] = fma2(splat2(attack[i]), above > 0 ? above : V2d{}, fallen);
    }
  }
  // Linear, in the peak of a steady tone.
  V2d reading() const noexcept { return (charge[0] + charge[1]) * scale; }
};

struct BallisticPointers {
  V2d ppm1, ppm2, vu, k;
};

struct Ballistics {
  PpmDetector ppm1_, ppm2_;
  V2d vu_, vuSpeed_, meanSquare_;
  double step_, stiffness_, damping_, meanStep_;

  void init(double sampleRateHz) noexcept {
    // The share of a steady tone's peak that the detectors reach was found with the same fit. Fall: 20 dB in 1.7 s, 24 dB in 2.8 s.
    ppm1_.init(sampleRateHz, 1218, 420.8, 20 / 1.7, .9776);
    ppm2_.init(sampleRateHz, 862.4, 205.8, 24 / 2.8, .9732);
    // IEC 60268-17: 99 % in 300 ms, over by 1.25 %: damping .8127.
    constexpr double omega = 13.511;
    step_ = 1 / sampleRateHz;
    stiffness_ = omega * omega * step_;
    damping_ = 2 * 0.8127 * omega * step_;
    meanStep_ = -__builtin_expm1(-1 / (.3 * sampleRateHz));  // as heavy as a window of 600 ms
    clear();
  }
  void clear() noexcept {
    ppm1_.charge[0] = ppm1_.charge[1] = ppm2_.charge[0] = ppm2_.charge[1] = V2d{};
    vu_ = vuSpeed_ = meanSquare_ = V2d{};
  }

  // [audio thread]
  void process(const float* l, const float* r, int frames) noexcept {
    Ballistics s = *this;
    for (int n = 0; n < frames; n++) {
      const V2d x{l[n], r[n]};
      const V2d rectified = x > 0 ? x : -x;
      s.ppm1_.next(rectified);
      s.ppm2_.next(rectified);
      // The mean of a rectified sine is 2/π of its peak.
      s.vuSpeed_ += s.stiffness_ * (rectified * 1.57079632679489661923 - s.vu_) - s.damping_ * s.vuSpeed_;
      s.vu_ += s.step_ * s.vuSpeed_;
      s.meanSquare_ += s.meanStep_ * (x * x - s.meanSquare_);
    }
    *this = s;
    const V2d check = (vu_ - vu_) + (meanSquare_ - meanSquare_);
    if (!(check[0] == 0 && check[1] == 0)) clear();  // what is not a number must not stay for ever
  }

  // Linear; a steady sine reads its peak on all of them.
  BallisticPointers pointers() const noexcept {
    const V2d twice = 2 * meanSquare_;
    return {ppm1_.reading(), ppm2_.reading(), vu_, V2d{__builtin_sqrt(twice[0]), __builtin_sqrt(twice[1])}};
  }
};

}  // namespace deskd::DESKD_ISA
