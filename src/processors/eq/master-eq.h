// The master's equaliser: the same bands as a strip's, in double, left and right in one register.
#pragma once
#include "eq.h"

namespace deskd::DESKD_ISA {

struct MasterBand {
  double c1, c2, direct, n1, n2, gd;
  double dc1, dc2, ddirect, dn1, dn2;
  double scale;  // factor of S1 a frame while they ramp
  double end[6];
  V2d S1, s2;
  SmoothGain octave, gainDb, octaveQ, wet;
  int32_t type, wantedType, on, moving, fresh, used, ramping;

  void init() noexcept {
    octave.jump(9.9657843);
    gainDb.jump(0);
    octaveQ.jump(-0.4941);
    wet.jump(0);
    direct = gd = scale = 1;
    fresh = moving = 1;
  }

  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (ramping) settle();
    if (!moving) return;
    if (type != wantedType && wet.value == 0) type = wantedType;
    if (fresh) type = wantedType;
    wet.target = on && type == wantedType ? 1 : 0;
    SmoothGain* all[4] = {&octave, &gainDb, &octaveQ, &wet};
    moving = 0;
    for (SmoothGain* s : all) {
      if (fresh) s->jump(s->target);
      step(*s, table);
      moving |= s->moving();
    }
    moving |= type != wantedType;
    const Vd hz = min(exp2(splatd(octave.value)), splatd(kHighestNorm * sampleRateHz));
    const SvfDesign d = designBand((BandType)type, hz * (6.283185307179586 / sampleRateHz), splatd(gainDb.value),
                                   exp2(splatd(octaveQ.value)), splatd(wet.value));
    const double next[6] = {d.c1[0], d.c2[0], d.direct[0], d.n1[0], d.n2[0], d.gd[0]};
    for (int i = 0; i < 6; i++) end[i] = next[i];
    const bool wasUsed = used;
    used = wasUsed || direct != 1 || next[2] != 1 || next[3] != 0 || next[4] != 0;
    if (fresh || !wasUsed) S1 = s2 = V2d{};
    if (fresh) {
      fresh = 0;
      settle();
      return;
    }
    constexpr double perFrame = 1.0 / kQuantum;
    dc1 = (next[0] - c1) * perFrame;
    dc2 = (next[1] - c2) * perFrame;
    ddirect = (next[2] - direct) * perFrame;
    dn1 = (next[3] - n1) * perFrame;
    dn2 = (next[4] - n2) * perFrame;
    scale = gd / next[5];
    for (int n = 1; n < kQuantum; n *= 2) scale = __builtin_sqrt(scale);
    gd = next[5];
    ramping = 1;
  }

 private:
  static void step(SmoothGain& s, const SmoothingTable& t) noexcept {
    const double a = s.value - s.target, b = s.velocity + a * t.perQuantum;
    s.value = s.target + (a + b) * t.decay;
    s.velocity = (b - (a + b) * t.perQuantum) * t.decay;
    if (__builtin_fabs(s.value - s.target) < 1e-6 && __builtin_fabs(s.velocity) < 1e-6) s.jump(s.target);
  }
  void settle() noexcept {
    c1 = end[0], c2 = end[1], direct = end[2], n1 = end[3], n2 = end[4], gd = end[5];
    dc1 = dc2 = ddirect = dn1 = dn2 = 0;
    scale = 1;
    ramping = 0;
    used = direct != 1 || n1 != 0 || n2 != 0;
  }
};

// In place over kQuantum frames. Band i works i frames behind the first one, so that within a step no band waits for
// another: in line, the chain of five bands is what takes the time.
template <int Count, bool Ramp>
static inline void runMasterBands(MasterBand* const* bands, double* left, double* right) noexcept {
  V2d S1[Count], s2[Count], c1[Count], c2[Count], direct[Count], n1[Count], n2[Count], out[Count]{};
  for (int i = 0; i < Count; i++) {
    const MasterBand& b = *bands[i];
    S1[i] = b.S1, s2[i] = b.s2;
    c1[i] = splat2(b.c1), c2[i] = splat2(b.c2), direct[i] = splat2(b.direct), n1[i] = splat2(b.n1), n2[i] = splat2(b.n2);
  }
  const auto step = [&]<bool Edge>(int n) __attribute__((always_inline)) {
#pragma GCC unroll 6
    for (int i = Count - 1; i >= 0; i--) {
      if (Edge && (n - i < 0 || n - i >= kQuantum)) continue;
      const V2d x = i == 0 ? V2d{left[n], right[n]} : out[i > 0 ? i - 1 : 0];
      if constexpr (Ramp) {
        const MasterBand& b = *bands[i];
        c1[i] += b.dc1, c2[i] += b.dc2, direct[i] += b.ddirect, n1[i] += b.dn1, n2[i] += b.dn2;
        S1[i] = S1[i] * b.scale;
      }
      const V2d u = x - s2[i];
      const V2d t = fnma2(c2[i], S1[i], u);
      const V2d b = t + S1[i];
      S1[i] = b + t;
      s2[i] = fma2(c1[i], b, s2[i]);
      out[i] = fma2(n2[i], u, fma2(n1[i], b, direct[i] * x));
      if (i == Count - 1) left[n - i] = out[i][0], right[n - i] = out[i][1];
    }
  };
  for (int n = 0; n < Count - 1; n++) step.template operator()<true>(n);
  for (int n = Count - 1; n < kQuantum; n++) step.template operator()<false>(n);
  for (int n = kQuantum; n < kQuantum + Count - 1; n++) step.template operator()<true>(n);
  for (int i = 0; i < Count; i++) {
    MasterBand& b = *bands[i];
    b.S1 = S1[i], b.s2 = s2[i];
  }
}

struct MasterEq {
  MasterBand band[kBandCount];

  void init() noexcept {
    for (MasterBand& b : band) b.init();
  }
  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double sampleRateHz, double* left, double* right) noexcept {
    MasterBand* active[kBandCount];
    int count = 0;
    bool ramp = false;
    for (MasterBand& b : band) {
      b.prepare(table, sampleRateHz);
      if (!b.used) continue;
      active[count++] = &b;
      ramp |= b.ramping != 0;
    }
    switch (ramp ? kBandCount + count : count) {
      case 1: return runMasterBands<1, false>(active, left, right);
      case 2: return runMasterBands<2, false>(active, left, right);
      case 3: return runMasterBands<3, false>(active, left, right);
      case 4: return runMasterBands<4, false>(active, left, right);
      case 5: return runMasterBands<5, false>(active, left, right);
      case 6: return runMasterBands<6, false>(active, left, right);
      case kBandCount + 1: return runMasterBands<1, true>(active, left, right);
      case kBandCount + 2: return runMasterBands<2, true>(active, left, right);
      case kBandCount + 3: return runMasterBands<3, true>(active, left, right);
      case kBandCount + 4: return runMasterBands<4, true>(active, left, right);
      case kBandCount + 5: return runMasterBands<5, true>(active, left, right);
      case kBandCount + 6: return runMasterBands<6, true>(active, left, right);
    }
  }
};

}  // namespace deskd::DESKD_ISA
