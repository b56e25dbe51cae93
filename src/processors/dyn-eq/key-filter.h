// What a node of the dynamic EQ listens to: a trapezoidal state-variable filter (A. Simper, 2013) at the node's frequency,
// 12 dB/oct; a bell's has its peak at unity.
#pragma once
#include "../../native/generated/params.h"
#include "../eq/master-band.h"

namespace deskd::DESKD_ISA {

struct NodeKey {
  V2d s1, s2;
  SmoothGain weight[3];  // of its low, band and high outputs
  double g, k;
  int32_t isKnown;

  void init() noexcept {
    *this = NodeKey{};
    weight[1].jump(1);
  }
  void reset() noexcept {
    s1 = s2 = V2d{};
    isKnown = 0;
    for (SmoothGain& w : weight) w.jump(w.target);
  }

  // kQuantum frames of `to`, which follows a design that moves in a straight line.
  void run(const SmoothingTable& table, const MasterBand& band, double sampleRateHz, const double* left, const double* right,
           V2d* to) noexcept {
    const bool isBell = band.type == (int)BandType::Bell, isLow = band.type == (int)BandType::LowShelf;
    const double aims[3] = {isLow ? 1.0 : 0, isBell ? 1.0 : 0, isLow || isBell ? 0.0 : 1};
    bool moves = !isKnown || band.moving || band.ramping;
    for (int i = 0; i < 3; i++) {
      weight[i].target = aims[i];
      if (!isKnown) weight[i].jump(aims[i]);
      moves |= weight[i].moving();
    }
    const double g0 = g, k0 = k;
    if (moves) {
      const double hz = __builtin_exp2(band.octave.value), highest = kHighestNorm * sampleRateHz;
      g = __builtin_tan(3.141592653589793 * (hz < highest ? hz : highest) / sampleRateHz);
      // Shelves listen through a Butterworth filter, whatever their Q.
      k = aims[1] != 0 ? __builtin_exp2(-band.octaveQ.value) : 1.4142135623730951;
    }
    const bool jumps = !isKnown;
    isKnown = 1;
    if (!moves) return run<false>(0, 0, g, k, nullptr, left, right, to);
    alignas(64) double parts[3][kQuantum];
    for (int i = 0; i < 3; i++) weight[i].run(table, parts[i]);
    run<true>(jumps ? 0 : (g - g0) / kQuantum, jumps ? 0 : (k - k0) / kQuantum, jumps ? g : g0, jumps ? k : k0, parts, left,
              right, to);
  }

 private:
  // Either all moves, or all stands.
  template <bool Moves>
  void run(double dg, double dk, double gNow, double kNow, const double (*parts)[kQuantum], const double* left,
           const double* right, V2d* to) noexcept {
    double a1 = 1 / (1 + gNow * (gNow + kNow)), a2 = gNow * a1, a3 = gNow * a2;
    const double high = weight[2].value;
    double ofLow = weight[0].value - high, ofBand = (weight[1].value - high) * kNow, ofAll = high;
    V2d held1 = s1, held2 = s2;
    for (int n = 0; n < kQuantum; n++) {
      if constexpr (Moves) {
        gNow += dg, kNow += dk;
        a1 = 1 / (1 + gNow * (gNow + kNow)), a2 = gNow * a1, a3 = gNow * a2;
        ofLow = parts[0][n] - parts[2][n], ofBand = (parts[1][n] - parts[2][n]) * kNow, ofAll = parts[2][n];
      }
      const V2d x = {left[n], right[n]}, over = x - held2;
      const V2d band = fma2(splat2(a1), held1, a2 * over), low = fma2(splat2(a2), held1, fma2(splat2(a3), over, held2));
      held1 = 2.0 * band - held1;
      held2 = 2.0 * low - held2;
      to[n] = fma2(splat2(ofLow), low, fma2(splat2(ofBand), band, ofAll * x));
    }
    s1 = held1, s2 = held2;
  }
};

}  // namespace deskd::DESKD_ISA
