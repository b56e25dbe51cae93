// The strips' high-pass filter: Butterworth of 6 to 24 dB/oct as two sections, bilinear.
#pragma once
#include "../eq/band-design.h"
#include "../eq/eq.h"

namespace deskd::DESKD_ISA {

DESKD_INLINE Section designHighPass(Vd w, Vd Q, Vl firstOrder) {
  const SinCos t = sincos(w * 0.5);
  const Vd g = t.sin / t.cos;
  const Vd d = 1.0 / (firstOrder ? 1.0 + g : 1.0 + g * (g + 1.0 / Q));
  Section s;
  s.atDc = firstOrder ? 2.0 * g * d : 4.0 * g * g * d;
  s.atNyquist = firstOrder ? 2.0 * d : 4.0 * d;
  s.spread = firstOrder ? splatd(1.0) : 2.0 * g / Q * d;
  s.gainDc = Vd{};
  s.gainNyquist = splatd(1.0);
  s.tilt = firstOrder ? d : Vd{};
  return s;
}

// Fades a section in from the dry signal.
DESKD_INLINE SvfDesign fadedIn(SvfDesign r, Vd wet) {
  r.direct = 1.0 + wet * (r.direct - 1.0);
  r.n1 = wet * r.n1;
  r.n2 = wet * r.n2;
  return r;
}

struct HighPass {
  Svf filter[2];
  SmoothValues octave, wet;
  uint8_t slope[kLanes], wantedSlope[kLanes], on[kLanes];  // slope: 0…3 for 6…24 dB/oct
  int32_t moving, fresh, used, ramping, sections;

  void init() noexcept {
    for (int i = 0; i < kLanes; i++) {
      octave.jump(i, 6.3219281f);
      wet.jump(i, 0);
    }
    const SvfDesign flat = {Vd{}, Vd{}, splatd(1), Vd{}, Vd{}, splatd(1)};
    for (Svf& f : filter) f.set(flat, flat), f.reset();
    fresh = moving = 1;
  }

  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (ramping) settle();
    if (!moving) return;
    for (int i = 0; i < kLanes; i++) {
      if (slope[i] != wantedSlope[i] && wet.value[i] == 0) slope[i] = wantedSlope[i];
      wet.target[i] = on[i] && slope[i] == wantedSlope[i] ? 1 : 0;
      if (fresh) wet.jump(i, wet.target[i]), slope[i] = wantedSlope[i];
    }
    const Vi still = octave.advance(table, 1e-5f, kMostReach) | wet.advance(table, 1e-5f);
    const bool wasUsed = used;
    used = any(wet.value != Vf{});
    sections = 1;
    for (int i = 0; i < kLanes; i++)
      if (slope[i] >= 2 && wet.value[i] != 0) sections = 2;
    for (int s = 0; s < 2; s++) {
      pending[s][0] = design(s, sampleRateHz, 0);
      pending[s][1] = design(s, sampleRateHz, kWide);
      if (fresh || (used && !wasUsed)) filter[s].reset();
      if (fresh) filter[s].set(pending[s][0], pending[s][1]);
      else filter[s].rampTo(pending[s][0], pending[s][1]);
    }
    ramping = !fresh;
    if (!fresh && wasUsed) used = 1, sections = 2;
    fresh = 0;
    moving = any(still);
    for (int i = 0; i < kLanes; i++) moving |= slope[i] != wantedSlope[i];
  }

 private:
  SvfDesign pending[2][2];

  void settle() noexcept {
    for (int s = 0; s < 2; s++) filter[s].set(pending[s][0], pending[s][1]);
    ramping = 0;
    used = any(wet.value != Vf{});
    sections = 1;
    for (int i = 0; i < kLanes; i++)
      if (slope[i] >= 2 && wet.value[i] != 0) sections = 2;
    if (sections == 1) filter[1].reset();
  }

  SvfDesign design(int section, double sampleRateHz, int from) const noexcept {
    // Butterworth: 12 dB one section of Q .707; 18 a first-order one and Q 1; 24 Q .541 and 1.307.
    constexpr double q[2][4] = {{0.5, 0.70710678118654752, 0.5, 0.54119610014619698}, {1, 1, 1, 1.3065629648763766}};
    Vd Q, present;
    Vl first;
    for (int i = 0; i < kWide; i++) {
      const int s = slope[from + i];
      Q[i] = q[section][s];
      first[i] = section == 0 && (s == 0 || s == 2) ? -1 : 0;
      present[i] = section == 0 || s >= 2 ? 1 : 0;
    }
    const auto half = [from](const Vf& v) { return widen((const float*)&v + from); };
    const Vd w = exp2(half(octave.value)) * (6.283185307179586 / sampleRateHz);
    return fadedIn(svfOf(designHighPass(w, Q, first)), present * half(wet.value));
  }
};

}  // namespace deskd::DESKD_ISA
