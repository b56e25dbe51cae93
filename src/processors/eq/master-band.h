// A band of the master's equaliser: as a strip's, in double, two channels in one register. It may leave one of them alone.
#pragma once
#include "eq.h"

namespace deskd::DESKD_ISA {

struct MasterBand {
  double c1, c2, gd;
  V2d direct, n1, n2;
  double dc1, dc2;
  V2d ddirect, dn1, dn2;
  double scale;  // factor of S1 a frame while they ramp
  V2d S1, s2;
  SmoothGain octave, gainDb, octaveQ, wet;
  int32_t type, wantedType, on, moving, fresh, used, ramping;
  int32_t mode, wantedMode;  // BandMode

  void init() noexcept {
    octave.jump(9.9657843);
    gainDb.jump(0);
    octaveQ.jump(-0.4941);
    wet.jump(0);
    direct = splat2(1);
    gd = scale = 1;
    fresh = moving = 1;
  }

  // As its parameters stand in this quantum.
  SvfDesign design(double sampleRateHz) const noexcept {
    const Vd hz = min(exp2(splatd(octave.value)), splatd(kHighestNorm * sampleRateHz));
    return designBand((BandType)type, hz * (6.283185307179586 / sampleRateHz), splatd(gainDb.value),
                      exp2(splatd(octaveQ.value)), splatd(wet.value));
  }

  // Lays out a quantum.
  [[gnu::always_inline]] void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (ramping | moving) move(table, sampleRateHz);
  }

 private:
  [[gnu::noinline]] void move(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (ramping) settle();
    if (!moving) return;
    // Type and mode change while the band is faded out.
    const bool changing = type != wantedType || mode != wantedMode;
    if (fresh || (changing && wet.value == 0)) type = wantedType, mode = wantedMode;
    wet.target = on && type == wantedType && mode == wantedMode ? 1 : 0;
    SmoothGain* all[4] = {&octave, &gainDb, &octaveQ, &wet};
    moving = 0;
    for (SmoothGain* s : all) {
      if (fresh) s->jump(s->target);
      s->step(table, s == &gainDb ? 1e30 : kMostReach);
      moving |= s->moving();
    }
    moving |= type != wantedType || mode != wantedMode;
    const SvfDesign d = design(sampleRateHz);
    const V2d heard = {(double)(mode != (int)BandMode::Right && mode != (int)BandMode::Side),
                       (double)(mode != (int)BandMode::Left && mode != (int)BandMode::Mid)};
    const V2d nextDirect = 1.0 + heard * (d.direct[0] - 1.0), next1 = heard * d.n1[0], next2 = heard * d.n2[0];
    end = {d.c1[0], d.c2[0], d.gd[0], nextDirect, next1, next2};
    const bool wasUsed = used, isFlat = d.direct[0] == 1 && d.n1[0] == 0 && d.n2[0] == 0;
    used = wasUsed || !isPlain() || !isFlat;
    if (fresh || !wasUsed) S1 = s2 = V2d{};
    if (fresh) {
      fresh = 0;
      settle();
      return;
    }
    constexpr double perFrame = 1.0 / kQuantum;
    dc1 = (end.c1 - c1) * perFrame;
    dc2 = (end.c2 - c2) * perFrame;
    ddirect = (nextDirect - direct) * perFrame;
    dn1 = (next1 - n1) * perFrame;
    dn2 = (next2 - n2) * perFrame;
    scale = gd / end.gd;
    for (int n = 1; n < kQuantum; n *= 2) scale = __builtin_sqrt(scale);
    gd = end.gd;
    ramping = 1;
  }

  struct End {
    double c1, c2, gd;
    V2d direct, n1, n2;
  } end;

  bool isPlain() const noexcept {
    return direct[0] == 1 && direct[1] == 1 && n1[0] == 0 && n1[1] == 0 && n2[0] == 0 && n2[1] == 0;
  }
  void settle() noexcept {
    c1 = end.c1, c2 = end.c2, gd = end.gd, direct = end.direct, n1 = end.n1, n2 = end.n2;
    dc1 = dc2 = 0;
    ddirect = dn1 = dn2 = V2d{};
    scale = 1;
    ramping = 0;
    used = !isPlain();
  }
};

// In place over kQuantum frames. Two bands share a register, left and right each, and band i works 2·i frames behind the
// first one: within a step no band waits for another, and what a band needs from the one before was ready a step ago.
// The kernel is that of the strips with b = x + (1 − c2)·S1 − s2 in one go: in double there is room for its rounding, and
// the recurrence is 11 cycles long instead of 14.
// `parts`: of a band that is heard in part, how much of what it changes, a frame; kBandLag noughts before and behind.
constexpr int kBandLag = 10;
template <int Count, bool Ramp, bool Partly = false>
static inline void runMasterBands(MasterBand* const* bands, double* left, double* right, const double* const* parts = nullptr) noexcept {
  constexpr int pairs = (Count + 1) / 2, lag = 2 * (Count - 1);
  static_assert(lag <= kBandLag);
  V4d S1[pairs], s2[pairs], keep[pairs], c1[pairs], direct[pairs], n1[pairs], n2[pairs];
  V4d dKeep[pairs], dc1[pairs], dDirect[pairs], dn1[pairs], dn2[pairs], scale[pairs];
  V4d out[pairs]{}, before[pairs]{};  // of the last step, and of the one before it
  for (int p = 0; p < pairs; p++) {
    // An odd one's partner lets the signal through and is not listened to.
    const MasterBand &a = *bands[2 * p], &b = *bands[2 * p + 1 < Count ? 2 * p + 1 : 2 * p];
    const auto both = [&](double MasterBand::*m) { return V4d{a.*m, a.*m, b.*m, b.*m}; };
    const auto sides = [&](V2d MasterBand::*m) {
      return V4d{(a.*m)[0], (a.*m)[1], (b.*m)[0], (b.*m)[1]};
    };
    S1[p] = V4d{a.S1[0], a.S1[1], b.S1[0], b.S1[1]};
    s2[p] = V4d{a.s2[0], a.s2[1], b.s2[0], b.s2[1]};
    keep[p] = 1.0 - both(&MasterBand::c2);
    c1[p] = both(&MasterBand::c1), direct[p] = sides(&MasterBand::direct);
    n1[p] = sides(&MasterBand::n1), n2[p] = sides(&MasterBand::n2);
    if constexpr (Ramp) {
      dKeep[p] = -both(&MasterBand::dc2), dc1[p] = both(&MasterBand::dc1), dDirect[p] = sides(&MasterBand::ddirect);
      dn1[p] = sides(&MasterBand::dn1), dn2[p] = sides(&MasterBand::dn2), scale[p] = both(&MasterBand::scale);
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
      if constexpr (Partly) {
        const double part = parts[2 * p][n - 4 * p], partner = parts[2 * p + 1 < Count ? 2 * p + 1 : 2 * p][n - 4 * p - 2];
        out[p] = fma4(V4d{part, part, partner, partner}, fma4(m2, u, fma4(m1, b, (d - 1.0) * x)), x);
      } else {
        out[p] = fma4(m2, u, fma4(m1, b, d * x));
      }
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

template <bool Ramp, bool Partly = false>
static inline void runMasterBands(MasterBand* const* bands, int count, double* left, double* right,
                                  const double* const* parts = nullptr) noexcept {
  switch (count) {
    case 1: return runMasterBands<1, Ramp, Partly>(bands, left, right, parts);
    case 2: return runMasterBands<2, Ramp, Partly>(bands, left, right, parts);
    case 3: return runMasterBands<3, Ramp, Partly>(bands, left, right, parts);
    case 4: return runMasterBands<4, Ramp, Partly>(bands, left, right, parts);
    case 5: return runMasterBands<5, Ramp, Partly>(bands, left, right, parts);
    case 6: return runMasterBands<6, Ramp, Partly>(bands, left, right, parts);
  }
}

}  // namespace deskd::DESKD_ISA
