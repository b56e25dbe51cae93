// What tape does to treble: +2.5 dB above some 4 kHz before the curve, and exactly that back behind it.
#pragma once
#include "../../native/quantum.h"
#include "../oversampling/half-band.h"

namespace deskd::DESKD_ISA {

// y = b0·x + b1·x₁ − a1·y₁, both channels side by side.
struct Shelf {
  double b0, b1, a1;
  V2d x1, y1;

  void set(double now, double past, double back) noexcept { b0 = now, b1 = past, a1 = back, clear(); }
  void clear() noexcept { x1 = y1 = V2d{}; }
  // [audio thread] A quantum in place. What is not a number is forgotten.
  void run(double* left, double* right) noexcept {
    V2d x0 = x1, y0 = y1;
    for (int n = 0; n < kQuantum; n++) {
      const V2d x = {left[n], right[n]};
      y0 = fma2(splat2(b0), x, fma2(splat2(b1), x0, -a1 * y0));
      x0 = x;
      left[n] = y0[0], right[n] = y0[1];
    }
    x1 = x0, y1 = y0;
    const V2d nought = (x0 + y0) * 0.0;
    if (!(nought[0] + nought[1] == 0)) clear();
  }
};

struct Emphasis {
  static constexpr double kFromHz = 3000, kToHz = 4000;
  Shelf before, behind;

  void init(double sampleRateHz) noexcept {
    const double from = __builtin_tan(kPi * kFromHz / sampleRateHz), to = __builtin_tan(kPi * kToHz / sampleRateHz);
    const double gain = to / from;
    before.set(gain * (from + 1) / (to + 1), gain * (from - 1) / (to + 1), (to - 1) / (to + 1));
    behind.set(1 / before.b0, before.a1 / before.b0, before.b1 / before.b0);
  }
  void clear() noexcept { before.clear(), behind.clear(); }
};

}  // namespace deskd::DESKD_ISA
