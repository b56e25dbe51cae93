// Elementary functions on vectors of doubles, as filter design needs them: relative errors below 1e-11.
#pragma once
#include "lanes.h"

namespace deskd::DESKD_ISA {

// eˣ − 1 with full relative precision near 0, −700 < x < 700.
DESKD_INLINE Vd expm1(Vd x) {
  const Vd magic = splatd(6755399441055744.0);  // 1.5·2⁵²
  const Vd t = x * 1.4426950408889634 + magic;
  const Vl n = (Vl)t - (Vl)magic;
  const Vd k = t - magic;
  const Vd f = fma(k, splatd(-1.9082149292705877e-10), fma(k, splatd(-0.693147180369123816490), x));  // x − k·ln 2
  // Taylor to f¹² on |f| ≤ .347: remainder below 2e-16 of f.
  Vd p = splatd(1.0 / 479001600);
  p = fma(p, f, splatd(1.0 / 39916800));
  p = fma(p, f, splatd(1.0 / 3628800));
  p = fma(p, f, splatd(1.0 / 362880));
  p = fma(p, f, splatd(1.0 / 40320));
  p = fma(p, f, splatd(1.0 / 5040));
  p = fma(p, f, splatd(1.0 / 720));
  p = fma(p, f, splatd(1.0 / 120));
  p = fma(p, f, splatd(1.0 / 24));
  p = fma(p, f, splatd(1.0 / 6));
  p = fma(p, f, splatd(0.5));
  p = fma(p * f, f, f);
  const Vd scale = (Vd)((n + 1023) << 52);
  return fma(scale, p, scale - 1.0);
}

DESKD_INLINE Vd exp2(Vd x) { return expm1(x * 0.6931471805599453) + 1.0; }

struct SinCos {
  Vd sin, cos;
};

// For 0 ≤ x ≤ π/2, each with full relative precision but for the cosine's last ulp at π/2.
DESKD_INLINE SinCos sincos(Vd x) {
  // Halved argument, then the double-angle formulas: short series, no range reduction.
  const Vd h = x * 0.5, z = h * h;
  Vd s = splatd(-1.0 / 1307674368000.0);
  s = fma(s, z, splatd(1.0 / 6227020800.0));
  s = fma(s, z, splatd(-1.0 / 39916800));
  s = fma(s, z, splatd(1.0 / 362880));
  s = fma(s, z, splatd(-1.0 / 5040));
  s = fma(s, z, splatd(1.0 / 120));
  s = fma(s, z, splatd(-1.0 / 6));
  s = fma(s * z, h, h);
  Vd c = splatd(1.0 / 20922789888000.0);
  c = fma(c, z, splatd(-1.0 / 87178291200.0));
  c = fma(c, z, splatd(1.0 / 479001600));
  c = fma(c, z, splatd(-1.0 / 3628800));
  c = fma(c, z, splatd(1.0 / 40320));
  c = fma(c, z, splatd(-1.0 / 720));
  c = fma(c, z, splatd(1.0 / 24));
  c = fma(c, z, splatd(-0.5));
  c = fma(c, z, splatd(1.0));
  return {2.0 * s * c, (c - s) * (c + s)};
}

}  // namespace deskd::DESKD_ISA
