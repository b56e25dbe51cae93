// What a node of the dynamic EQ listens to: a trapezoidal state-variable filter (A. Simper, 2013) at the node's frequency,
// 12 dB/oct; a bell's has its peak at unity.
#pragma once
#include "../../native/generated/params.h"
#include "../eq/master-band.h"

namespace deskd::DESKD_ISA {

struct NodeKey {
  V2d s1, s2;
  SmoothGain weight[3];  // of its low, band and high outputs
  double g, k, dg, dk;   // at the quantum's end, and what they change by a frame
  int32_t isKnown, moves;
  alignas(64) double part[3][kQuantum];  // of the outputs, while it moves

  void init() noexcept {
    *this = NodeKey{};
    weight[1].jump(1);
  }
  void reset() noexcept {
    s1 = s2 = V2d{};
    isKnown = 0;
    for (SmoothGain& w : weight) w.jump(w.target);
  }

  // [audio thread] Lays out a quantum. Gives whether nothing of it moves.
  bool begin(const SmoothingTable& table, const MasterBand& band, double sampleRateHz) noexcept {
    const bool isBell = band.type == (int)BandType::Bell, isLow = band.type == (int)BandType::LowShelf;
    const double aims[3] = {isLow ? 1.0 : 0, isBell ? 1.0 : 0, isLow || isBell ? 0.0 : 1};
    moves = !isKnown || band.moving || band.ramping;
    for (int i = 0; i < 3; i++) {
      weight[i].target = aims[i];
      if (!isKnown) weight[i].jump(aims[i]);
      moves |= weight[i].moving();
    }
    dg = dk = 0;
    if (moves) {
      const double g0 = g, k0 = k, hz = __builtin_exp2(band.octave.value), highest = kHighestNorm * sampleRateHz;
      g = __builtin_tan(3.141592653589793 * (hz < highest ? hz : highest) / sampleRateHz);
      // Shelves listen through a Butterworth filter, whatever their Q.
      k = aims[1] != 0 ? __builtin_exp2(-band.octaveQ.value) : 1.4142135623730951;
      if (isKnown) dg = (g - g0) / kQuantum, dk = (k - k0) / kQuantum;
      for (int i = 0; i < 3; i++) weight[i].run(table, part[i]);
    }
    isKnown = 1;
    return !moves;
  }

  // [audio thread] Behind begin(): kQuantum frames of `to`, which follows a design that moves in a straight line.
  void run(const double* left, const double* right, V2d* to) noexcept {
    if (moves) run<true>(left, right, to);
    else run<false>(left, right, to);
  }

  // [audio thread] Keys that stand, side by side in pairs, as squares of the louder side. The last may be there twice.
  template <int Pairs>
  static void runPairs(NodeKey* const* keys, const double* left, const double* right, float* const* to) noexcept {
    V4d a1[Pairs], a2[Pairs], a3[Pairs], ofLow[Pairs], ofBand[Pairs], ofAll[Pairs], held1[Pairs], held2[Pairs];
    for (int p = 0; p < Pairs; p++) {
      const NodeKey &a = *keys[2 * p], &b = *keys[2 * p + 1];
      const Standing x(a), y(b);
      const auto both = [&](double Standing::*m) { return V4d{x.*m, x.*m, y.*m, y.*m}; };
      a1[p] = both(&Standing::a1), a2[p] = both(&Standing::a2), a3[p] = both(&Standing::a3);
      ofLow[p] = both(&Standing::ofLow), ofBand[p] = both(&Standing::ofBand), ofAll[p] = both(&Standing::ofAll);
      held1[p] = V4d{a.s1[0], a.s1[1], b.s1[0], b.s1[1]}, held2[p] = V4d{a.s2[0], a.s2[1], b.s2[0], b.s2[1]};
    }
    for (int n = 0; n < kQuantum; n++) {
      const V4d in = {left[n], right[n], left[n], right[n]};
#pragma GCC unroll 3
      for (int p = 0; p < Pairs; p++) {
        const V4d over = in - held2[p];
        const V4d band = fma4(a1[p], held1[p], a2[p] * over), low = fma4(a2[p], held1[p], fma4(a3[p], over, held2[p]));
        held1[p] = 2.0 * band - held1[p];
        held2[p] = 2.0 * low - held2[p];
        const V4d out = fma4(ofLow[p], low, fma4(ofBand[p], band, ofAll[p] * in)), square = out * out;
        to[2 * p][n] = (float)(square[0] > square[1] ? square[0] : square[1]);
        to[2 * p + 1][n] = (float)(square[2] > square[3] ? square[2] : square[3]);
      }
    }
    for (int i = 0; i < 2 * Pairs; i++) {
      const int p = i / 2, side = 2 * (i % 2);
      keys[i]->s1 = V2d{held1[p][side], held1[p][side + 1]};
      keys[i]->s2 = V2d{held2[p][side], held2[p][side + 1]};
    }
  }

 private:
  struct Standing {
    double a1, a2, a3, ofLow, ofBand, ofAll;
    explicit Standing(const NodeKey& of) noexcept {
      a1 = 1 / (1 + of.g * (of.g + of.k)), a2 = of.g * a1, a3 = of.g * a2;
      ofAll = of.weight[2].value;
      ofLow = of.weight[0].value - ofAll, ofBand = (of.weight[1].value - ofAll) * of.k;
    }
  };

  // Either all moves, or all stands.
  template <bool Moves>
  void run(const double* left, const double* right, V2d* to) noexcept {
    Standing c(*this);
    double gNow = g - kQuantum * dg, kNow = k - kQuantum * dk;
    V2d held1 = s1, held2 = s2;
    for (int n = 0; n < kQuantum; n++) {
      if constexpr (Moves) {
        gNow += dg, kNow += dk;
        c.a1 = 1 / (1 + gNow * (gNow + kNow)), c.a2 = gNow * c.a1, c.a3 = gNow * c.a2;
        c.ofLow = part[0][n] - part[2][n], c.ofBand = (part[1][n] - part[2][n]) * kNow, c.ofAll = part[2][n];
      }
      const V2d x = {left[n], right[n]}, over = x - held2;
      const V2d band = fma2(splat2(c.a1), held1, c.a2 * over), low = fma2(splat2(c.a2), held1, fma2(splat2(c.a3), over, held2));
      held1 = 2.0 * band - held1;
      held2 = 2.0 * low - held2;
      to[n] = fma2(splat2(c.ofLow), low, fma2(splat2(c.ofBand), band, c.ofAll * x));
    }
    s1 = held1, s2 = held2;
  }
};

}  // namespace deskd::DESKD_ISA
