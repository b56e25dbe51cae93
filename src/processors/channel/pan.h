// Pan laws, resolved per strip when something about it changed.
#pragma once

namespace deskd {

struct PanGains {
  float left, right;
};

// sin(t·π/2) for 0 ≤ t ≤ 1 by its series: within 1e-9, and exact at both ends after rounding to float. A moved send pan
// costs two of these; the library's would be most of what a moving desk costs more than a still one.
static inline double quarterSine(double t) noexcept {
  const double x = t * 1.5707963267948966, z = x * x;
  double p = 1.0 / 6227020800.0;
  p = p * z - 1.0 / 39916800.0;
  p = p * z + 1.0 / 362880.0;
  p = p * z - 1.0 / 5040.0;
  p = p * z + 1.0 / 120.0;
  p = p * z - 1.0 / 6.0;
  return x + x * z * p;
}

// Pan of a mono signal, −100…100; law 0: −3 dB sin/cos, 1: −4.5 dB √(lin·cos), 2: −6 dB linear, 3: 0 dB balance.
static inline PanGains panGains(float pan, int law) noexcept {
  const double t = (pan + 100.0) / 200.0;
  if (law == 3) return {t > 0.5 ? (float)(2 - 2 * t) : 1.0f, t < 0.5 ? (float)(2 * t) : 1.0f};
  const double cosine = quarterSine(1 - t), sine = quarterSine(t);
  if (law == 2) return {(float)(1 - t), (float)t};
  if (law == 1) return {(float)__builtin_sqrt((1 - t) * cosine), (float)__builtin_sqrt(t * sine)};
  if (t == 0.5) return {(float)0.70710678118654752, (float)0.70710678118654752};
  return {(float)cosine, (float)sine};
}

// Balance of a stereo signal: unity in the centre, the far side falls by the law, the near side stays.
static inline PanGains balanceGains(float pan, int law) noexcept {
  const PanGains here = panGains(pan, law), centre = panGains(0, law);
  const float left = here.left / centre.left, right = here.right / centre.right;
  return {pan <= 0 ? 1.0f : left, pan >= 0 ? 1.0f : right};
}

// Left, centre and right of a mono signal at equal power: −100 is left alone, 0 the centre alone.
struct LcrGains {
  PanGains sides;
  float centre;
};
static inline LcrGains lcrGains(float pan) noexcept {
  const double away = __builtin_fabs((double)pan) / 100;
  const float side = (float)quarterSine(away);
  return {{pan < 0 ? side : 0, pan > 0 ? side : 0}, (float)quarterSine(1 - away)};
}

// dB to amplitude; −inf gives 0.
static inline float amplitudeOf(float db) noexcept { return db == 0 ? 1.0f : (float)__builtin_exp(db * 0.11512925464970229); }

}  // namespace deskd
