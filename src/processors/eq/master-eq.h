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
      step(*s, table, s == &gainDb ? 1e30 : kMostReach);
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
  // As SmoothValues do.
  static void step(SmoothGain& s, const SmoothingTable& t, double reach) noexcept {
    const double off = s.value - s.target;
    const double aim = off > reach ? s.value - reach : off < -reach ? s.value + reach : s.target;
    const double a = s.value - aim, b = s.velocity + a * t.perQuantum;
    s.value = aim + (a + b) * t.decay;
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

// In place over kQuantum frames. Two bands share a register, left and right each, and band i works 2·i frames behind the
// first one: within a step no band waits for another, and what a band needs from the one before was ready a step ago.
// The kernel is that of the strips with b = x + (1 − c2)·S1 − s2 in one go: in double there is room for its rounding, and
// the recurrence is 11 cycles long instead of 14.
template <int Count, bool Ramp>
static inline void runMasterBands(MasterBand* const* bands, double* left, double* right) noexcept {
  constexpr int pairs = (Count + 1) / 2, lag = 2 * (Count - 1);
  V4d S1[pairs], s2[pairs], keep[pairs], c1[pairs], direct[pairs], n1[pairs], n2[pairs];
  V4d dKeep[pairs], dc1[pairs], dDirect[pairs], dn1[pairs], dn2[pairs], scale[pairs];
  V4d out[pairs]{}, before[pairs]{};  // of the last step, and of the one before it
  for (int p = 0; p < pairs; p++) {
    // An odd one's partner lets the signal through and is not listened to.
    const MasterBand &a = *bands[2 * p], &b = *bands[2 * p + 1 < Count ? 2 * p + 1 : 2 * p];
    const auto both = [&](double MasterBand::*m) { return V4d{a.*m, a.*m, b.*m, b.*m}; };
    S1[p] = V4d{a.S1[0], a.S1[1], b.S1[0], b.S1[1]};
    s2[p] = V4d{a.s2[0], a.s2[1], b.s2[0], b.s2[1]};
    keep[p] = 1.0 - both(&MasterBand::c2);
    c1[p] = both(&MasterBand::c1), direct[p] = both(&MasterBand::direct);
    n1[p] = both(&MasterBand::n1), n2[p] = both(&MasterBand::n2);
    if constexpr (Ramp) {
      dKeep[p] = -both(&MasterBand::dc2), dc1[p] = both(&MasterBand::dc1), dDirect[p] = both(&MasterBand::ddirect);
      dn1[p] = both(&MasterBand::dn1), dn2[p] = both(&MasterBand::dn2), scale[p] = both(&MasterBand::scale);
    }
  }
  // Bands First … Last are at work in a step; n is the first band's frame.
  const auto step = [&]<int First, int Last>(int n) __attribute__((always_inline)) {
    V4d input[pairs];
    input[0] = V4d{0, 0, before[0][0], before[0][1]};
    if (First == 0) input[0][0] = left[n], input[0][1] = right[n];
    for (int p = 1; p < pairs; p++) input[p] = __builtin_shuffle(before[p - 1], before[p], V4l{2, 3, 4, 5});
    for (int p = 0; p < First / 2; p++) before[p] = out[p];
#pragma GCC unroll 3
    for (int p = First / 2; p <= Last / 2; p++) {
      const V4d x = input[p];
      V4d held = S1[p], c = c1[p], k = keep[p], d = direct[p], m1 = n1[p], m2 = n2[p];
      if constexpr (Ramp) held *= scale[p], c += dc1[p], k += dKeep[p], d += dDirect[p], m1 += dn1[p], m2 += dn2[p];
      const V4d u = x - s2[p], b = fma4(k, held, x) - s2[p];
      const V4d nextS1 = fma4(V4d{} + 2.0, b, -held), nextS2 = fma4(c, b, s2[p]);
      before[p] = out[p];
      out[p] = fma4(m2, u, fma4(m1, b, d * x));
      // A band whose turn has not come yet, or is over, keeps what it holds.
      const V4l on = {-(2 * p >= First), -(2 * p >= First), -(2 * p < Last), -(2 * p < Last)};
      const auto keepWhereOff = [&](V4d& to, V4d next) __attribute__((always_inline)) {
        to = 2 * p >= First && 2 * p < Last ? next : on ? next : to;
      };
      keepWhereOff(S1[p], nextS1), keepWhereOff(s2[p], nextS2);
      if constexpr (Ramp)
        keepWhereOff(c1[p], c), keepWhereOff(keep[p], k), keepWhereOff(direct[p], d), keepWhereOff(n1[p], m1),
            keepWhereOff(n2[p], m2);
    }
    constexpr int side = Count % 2 ? 0 : 2;
    if (Last == Count - 1) left[n - lag] = out[pairs - 1][side], right[n - lag] = out[pairs - 1][side + 1];
  };
  const auto begin = [&]<int... I>(Numbers<I...>) __attribute__((always_inline)) {
    (step.template operator()<0, I / 2>(I), ...);
  };
  const auto end = [&]<int... I>(Numbers<I...>) __attribute__((always_inline)) {
    (step.template operator()<I / 2 + 1, Count - 1>(kQuantum + I), ...);
  };
  begin(NumbersTo<lag>{});
  for (int n = lag; n < kQuantum; n++) step.template operator()<0, Count - 1>(n);
  end(NumbersTo<lag>{});
  for (int i = 0; i < Count; i++) {
    const int p = i / 2, side = 2 * (i % 2);
    bands[i]->S1 = V2d{S1[p][side], S1[p][side + 1]};
    bands[i]->s2 = V2d{s2[p][side], s2[p][side + 1]};
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
