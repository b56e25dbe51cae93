// Waveshapers of slope 1 at 0 by their first antiderivatives. potential(x) is what mean() needs of each end, mean() the
// average of the curve between two neighbouring samples.
#pragma once
#include "../../native/wide-math.h"

namespace deskd::DESKD_ISA {

DESKD_INLINE Vd abs(Vd x) { return (Vd)((Vl)x & 0x7fffffffffffffff); }
DESKD_INLINE Vd withSignOf(Vd magnitude, Vd sign) { return (Vd)((Vl)magnitude | ((Vl)sign & (Vl)splatd(-0.0))); }

// A difference of antiderivatives over the step. Where the step is too small for it, the curve in the middle.
template <class Shape>
DESKD_INLINE Vd meanBetween(const Shape& shape, Vd a, Vd potentialA, Vd b, Vd potentialB, double least) {
  const Vd step = b - a;
  const Vl small = abs(step) < least;
  const Vd mean = (potentialB - potentialA) / select(small, splatd(1), step);
  return any((Vi)small) ? select(small, shape.curve(.5 * (a + b)), mean) : mean;
}

// tanh x
struct SoftShape {
  Vd potential(Vd x) const noexcept {  // ln cosh x + ln 2
    const Vd size = abs(x), e = expOf(size);
    // ln(1 + e) = 2 artanh(e / (2 + e)), and that is at most ⅓.
    const Vd s = e / (2.0 + e), z = s * s;
    Vd p = splatd(1.0 / 33);
#pragma GCC unroll 15
    for (int k = 31; k >= 1; k -= 2) p = fma(p, z, splatd(1.0 / k));
    return size + 2.0 * s * p;
  }
  Vd curve(Vd x) const noexcept {
    const Vd e = expOf(abs(x));
    return withSignOf((1.0 - e) / (1.0 + e), x);
  }
  Vd mean(Vd a, Vd pa, Vd b, Vd pb) const noexcept { return meanBetween(*this, a, pa, b, pb, 2e-5); }

 private:
  static Vd expOf(Vd size) noexcept { return expm1(-2.0 * min(size, splatd(300))) + 1.0; }
};

// (x + bias)/√(1 + (x + bias)²), moved back through 0 and to slope 1. Its average needs no difference of near numbers:
// (√(1 + b²) − √(1 + a²))/(b − a) = (a + b)/(√(1 + a²) + √(1 + b²)).
struct RootShape {
  double bias, offset, slope;

  static RootShape of(double bias) noexcept {
    const double root = __builtin_sqrt(1 + bias * bias);
    return {bias, bias / root, root * root * root};
  }
  Vd potential(Vd x) const noexcept {
    const Vd u = x + bias;
    return sqrt(fma(u, u, splatd(1)));
  }
  Vd curve(Vd x) const noexcept { return slope * ((x + bias) / potential(x) - offset); }
  Vd mean(Vd a, Vd pa, Vd b, Vd pb) const noexcept { return slope * ((a + b + 2 * bias) / (pa + pb) - offset); }
};

// Straight to the knee, from there by a parabola to 1 at 2·width beyond it; width 0 is a corner.
struct ClipShape {
  double width;  // 0 … 1

  Vd curve(Vd x) const noexcept {
    const Vd size = abs(x), above = bend(size);
    return withSignOf(min(size, splatd(1 - width)) + above - above * above * quarter(), x);
  }
  Vd potential(Vd x) const noexcept {
    const Vd size = abs(x), straight = min(size, splatd(1 - width)), above = bend(size);
    const Vd beyond = max(size - (1 + width), Vd{});
    const Vd bent = above * ((1 - width) + above * (.5 - above * (quarter() / 3)));
    return .5 * straight * straight + bent + beyond;
  }
  Vd mean(Vd a, Vd pa, Vd b, Vd pb) const noexcept { return meanBetween(*this, a, pa, b, pb, 1e-6); }

 private:
  Vd bend(Vd size) const noexcept { return min(max(size - (1 - width), Vd{}), splatd(2 * width)); }
  double quarter() const noexcept { return width > 0 ? .25 / width : 0; }
};

}  // namespace deskd::DESKD_ISA
