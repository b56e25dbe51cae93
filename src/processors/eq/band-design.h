// From an equaliser band's frequency, gain and Q to the filter: poles by impulse invariance, numerator fitted to the
// analogue magnitude (M. Vicanek, "Matched Second Order Digital Filters", 2016), so that bells and shelves keep their
// analogue shape up to Nyquist. Analogue prototypes as in the Audio EQ Cookbook. All lanes at once, in double.
#pragma once
#include "../../native/generated/params.h"
#include "../../native/wide-math.h"
#include "../svf/svf.h"

namespace deskd::DESKD_ISA {

// A second-order section by what is well conditioned: values at z = 1 and z = −1 instead of the raw coefficients.
struct Section {
  Vd atDc;         // 1 + a1 + a2
  Vd atNyquist;    // 1 − a1 + a2
  Vd spread;       // 1 − a2
  Vd gainDc;       // H(z = 1)
  Vd gainNyquist;  // H(z = −1)
  Vd tilt;         // b0 − b2
};

// Into the state-variable form: g² = atDc/atNyquist, 1/(1 + g(g + k)) = atNyquist/4.
DESKD_INLINE SvfDesign svfOf(const Section& s) {
  const Vd d = s.atNyquist * 0.25;
  const Vd gSquared = s.atDc / s.atNyquist;
  const Vd gd = sqrt(gSquared) * d;
  const Vd kgd = s.spread * 0.5;  // k·g·d
  SvfDesign r;
  r.c1 = 2.0 * gSquared * d;
  r.c2 = gSquared * d + kgd;
  r.direct = s.gainDc;
  r.n2 = s.gainNyquist - s.gainDc;
  // m1·g·d + m2·g²·d with m1 = β − h·k, β·g·d = tilt/2, m2 = λ − h
  r.n1 = s.tilt * 0.5 - s.gainNyquist * kgd - r.n2 * gSquared * d;
  r.gd = gd;
  return r;
}

// Poles of a damped resonance at ω (rad/frame), q = 1/(2Q).
DESKD_INLINE void placePoles(Section& s, Vd w, Vd q) {
  const Vl real = q > 1.0;
  const Vd root = sqrt(real ? q * q - 1.0 : 1.0 - q * q);
  // Complex: |1 ∓ z|² from the half angle. Real: a product of two first-order terms; (q − √(q²−1)) = 1/(q + √(q²−1)).
  const Vd e = expm1(-q * w);
  const Vd half = root * w * 0.5;
  const SinCos t = sincos(real ? Vd{} : half);
  s.atDc = e * e + 4.0 * (e + 1.0) * t.sin * t.sin;
  s.atNyquist = e * e + 4.0 * (e + 1.0) * t.cos * t.cos;
  if (any((Vi)real)) {
    const Vd slow = expm1(-w / (q + root)), fast = expm1(-w * (q + root));
    s.atDc = real ? slow * fast : s.atDc;
    s.atNyquist = real ? (slow + 2.0) * (fast + 2.0) : s.atNyquist;
  }
  s.spread = -e * (e + 2.0);
}

// |H|²·|denominator|² weights of Vicanek's φ basis.
struct Weights {
  Vd a0, a1, a2, phi0, phi1, phi2;
};
DESKD_INLINE Weights weightsOf(const Section& s, Vd w) {
  const SinCos t = sincos(w * 0.5);
  Weights r;
  r.phi1 = t.sin * t.sin;
  r.phi0 = t.cos * t.cos;
  r.phi2 = 4.0 * r.phi0 * r.phi1;
  r.a0 = s.atDc * s.atDc;
  r.a1 = s.atNyquist * s.atNyquist;
  r.a2 = -4.0 * (1.0 - s.spread);
  return r;
}

// Numerator of least phase from its squared magnitude at DC (b0), at Nyquist (b1) and in between (b2). Gives b[0].
DESKD_INLINE Vd numerator(Section& s, Vd b0, Vd b1, Vd b2) {
  const Vd dc = sqrt(max(b0, Vd{})), nyquist = sqrt(max(b1, Vd{}));
  const Vd w = (dc + nyquist) * 0.5;
  const Vd first = 0.5 * (w + sqrt(max(w * w + b2, Vd{})));
  s.gainDc = dc / s.atDc;
  s.gainNyquist = nyquist / s.atNyquist;
  s.tilt = first + b2 / (4.0 * first);
  return first;
}

// Swaps poles and zeros where asked: a cut is the exact inverse of the boost.
DESKD_INLINE void invertWhere(Section& s, Vl where, Vd first) {
  if (!any((Vi)where)) return;
  const Section n = s;
  const Vd scale = 1.0 / first;
  s.atDc = where ? n.gainDc * n.atDc * scale : n.atDc;
  s.atNyquist = where ? n.gainNyquist * n.atNyquist * scale : n.atNyquist;
  s.spread = where ? n.tilt * scale : n.spread;
  s.tilt = where ? n.spread * scale : n.tilt;
  s.gainDc = where ? 1.0 / n.gainDc : n.gainDc;
  s.gainNyquist = where ? 1.0 / n.gainNyquist : n.gainNyquist;
}

DESKD_INLINE Section designBell(Vd w, Vd boost, Vl cut, Vd Q) {
  Section s;
  placePoles(s, w, 0.5 / (boost * Q));
  const Weights k = weightsOf(s, w);
  const Vd peak = boost * boost * boost * boost;
  const Vd r1 = (k.a0 * k.phi0 + k.a1 * k.phi1 + k.a2 * k.phi2) * peak;
  const Vd r2 = (k.a1 - k.a0 + 4.0 * (k.phi0 - k.phi1) * k.a2) * peak;
  const Vd b2 = (r1 - r2 * k.phi1 - k.a0) / (4.0 * k.phi1 * k.phi1);
  const Vd b1 = r2 + k.a0 + 4.0 * (k.phi1 - k.phi0) * b2;
  const Vd first = numerator(s, k.a0, b1, b2);
  invertWhere(s, cut, first);
  return s;
}

// Shelves are designed with their poles on the low side of the corner, where matching holds, and inverted for the rest.
// `a` = 10^(|gain|/40) of the prototype; a high shelf is designed as the cut, a low shelf as the boost.
DESKD_INLINE Section designShelf(Vd w, Vd a, Vl inverse, Vd Q, bool high) {
  Section s;
  placePoles(s, w / sqrt(a), 0.5 / Q);
  const Vd fit = min(w, splatd(0.8 * 3.141592653589793));
  const Weights k = weightsOf(s, fit);
  // Squared analogue magnitude at x = (f/f0)²; high: cut by a⁴, low: boost by a⁴ towards DC.
  const auto power = [&](Vd x) {
    const Vd damp = a / (Q * Q) * x;
    const Vd pole = 1.0 - a * x, zero = a - x;
    const Vd low = a * a * (zero * zero + damp) / (pole * pole + damp);
    return high ? low / (a * a * a * a) : low;
  };
  const Vd nyquistRatio = 3.141592653589793 / w, fitRatio = fit / w;
  const Vd b0 = k.a0 * power(Vd{});
  const Vd b1 = k.a1 * power(nyquistRatio * nyquistRatio);
  const Vd at = power(fitRatio * fitRatio) * (k.a0 * k.phi0 + k.a1 * k.phi1 + k.a2 * k.phi2);
  const Vd first = numerator(s, b0, b1, (at - b0 * k.phi0 - b1 * k.phi1) / k.phi2);
  invertWhere(s, inverse, first);
  return s;
}

DESKD_INLINE Section designHighCut(Vd w, Vd Q) {
  Section s;
  placePoles(s, w, 0.5 / Q);
  const Weights k = weightsOf(s, w);
  const Vd r1 = (k.a0 * k.phi0 + k.a1 * k.phi1 + k.a2 * k.phi2) * Q * Q;
  numerator(s, k.a0, (r1 - k.a0 * k.phi0) / k.phi1, Vd{});
  return s;
}

DESKD_INLINE Section designLowCut(Vd w, Vd Q) {
  Section s;
  placePoles(s, w, 0.5 / Q);
  const Weights k = weightsOf(s, w);
  const Vd first = sqrt(k.a0 * k.phi0 + k.a1 * k.phi1 + k.a2 * k.phi2) * Q / (4.0 * k.phi1);
  s.gainDc = Vd{};
  s.gainNyquist = 4.0 * first / s.atNyquist;
  s.tilt = Vd{};
  return s;
}

// Unity at both ends, a true null at the centre, and the analogue width ω/Q between the −3 dB points (a plain bilinear
// notch of Q 10 at 16 kHz is 2.4 times too narrow at 48 kHz).
DESKD_INLINE Section designNotch(Vd w, Vd Q) {
  const SinCos t = sincos(w * 0.5), half = sincos(min(w * 0.5 / Q, splatd(1.5)));
  const Vd alpha = half.sin / half.cos, d = 1.0 / (1.0 + alpha);
  Section s;
  s.atDc = 4.0 * t.sin * t.sin * d;
  s.atNyquist = 4.0 * t.cos * t.cos * d;
  s.spread = 2.0 * alpha * d;
  s.gainDc = s.gainNyquist = splatd(1.0);
  s.tilt = Vd{};
  return s;
}

// `magnitude`: of the gain, in dB.
DESKD_INLINE Section designSection(BandType type, Vd w, Vd gainDb, Vd magnitude, Vd Q) {
  const Vd a = exp2(magnitude * (3.321928094887362 / 40.0));
  switch (type) {
    case BandType::Bell: return designBell(w, a, gainDb < 0.0, Q);
    case BandType::LowShelf: return designShelf(w, a, gainDb < 0.0, Q, false);
    case BandType::HighShelf: return designShelf(w, a, gainDb > 0.0, Q, true);
    case BandType::LowCut: return designLowCut(w, Q);
    case BandType::HighCut: return designHighCut(w, Q);
    default: return designNotch(w, Q);
  }
}

// One band of every lane. `wet` 0…1 fades between the dry signal (exactly) and the filter.
DESKD_INLINE SvfDesign designBand(BandType type, Vd w, Vd gainDb, Vd Q, Vd wet) {
  Vd magnitude = gainDb < 0.0 ? -gainDb : gainDb;
  Vl flat = Vl{};
  if (type == BandType::Bell || type == BandType::LowShelf || type == BandType::HighShelf) {
    // A band that is off fades by its gain, so no path runs in parallel with itself.
    magnitude *= wet;
    flat = magnitude < 1e-4;
    wet = splatd(1.0);
  }
  SvfDesign r = svfOf(designSection(type, w, gainDb, magnitude, Q));
  r.direct = flat ? splatd(1.0) : 1.0 + wet * (r.direct - 1.0);
  r.n1 = flat ? Vd{} : wet * r.n1;
  r.n2 = flat ? Vd{} : wet * r.n2;
  return r;
}

}  // namespace deskd::DESKD_ISA
