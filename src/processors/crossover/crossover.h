// A signal in bands that sum flat: a tree of Linkwitz-Riley crossovers of 24 dB/oct (S. Linkwitz, "Active Crossover Networks",
// JAES 1976), bilinear, in double. What is split off early passes the all-passes of all later crossovers, so that the sum of
// all bands is the input through one all-pass a crossover, whatever their frequencies and their order.
#pragma once
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr double kRoot2 = 1.4142135623730951;

// Trapezoidal state-variable filter of Q √½ (A. Simper, 2013), two channels in a register.
struct ButterworthState {
  V2d s1, s2;

  struct Outputs {
    V2d low, allPass;
  };
  // a1 = 1/(1 + g(g + √2)), a2 = g·a1, a3 = g·a2
  [[gnu::always_inline]] Outputs next(V2d x, double a1, double a2, double a3) noexcept {
    const V2d high = x - s2;
    const V2d band = fma2(splat2(a1), s1, a2 * high);
    const V2d low = fma2(splat2(a2), s1, fma2(splat2(a3), high, s2));
    s1 = 2.0 * band - s1;
    s2 = 2.0 * low - s2;
    return {low, fma2(splat2(-2 * kRoot2), band, x)};
  }
};

// One frequency, smoothed once a quantum and ramped inside it.
struct CrossoverPoint {
  SmoothGain octave;
  double g, step;                  // tan(π·f/fs) now, and what it changes by a frame
  alignas(64) double a1[kQuantum], a2[kQuantum], a3[kQuantum];

  void set(double frequencyHz, bool jump) noexcept {
    octave.target = __builtin_log2(frequencyHz);
    if (jump) reset();
  }
  // What is set holds at once.
  void reset() noexcept { octave.jump(octave.target), g = 0; }

  // Lays out a quantum's coefficients.
  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (g != 0 && step == 0 && !octave.moving()) return;
    const double from = g;
    if (octave.moving()) octave.step(table, kMostReach);
    const double highest = 0.49 * sampleRateHz, wanted = __builtin_exp2(octave.value);
    const double end = __builtin_tan(3.141592653589793 * (wanted < highest ? wanted : highest) / sampleRateHz);
    step = from == 0 ? 0 : (end - from) / kQuantum;
    for (int n = 0; n < kQuantum; n++) {
      const double at = step == 0 ? end : from + step * (n + 1);
      a1[n] = 1 / (1 + at * (at + kRoot2));
      a2[n] = at * a1[n];
      a3[n] = at * a2[n];
    }
    g = end;
  }
};

template <int MostBands>
struct Crossover {
  static constexpr int kPoints = MostBands - 1;
  CrossoverPoint point[kPoints];  // between band i and i + 1
  ButterworthState first[kPoints], second[kPoints], allPass[kPoints][kPoints];

  void init(const double* frequenciesHz) noexcept {
    *this = Crossover{};
    for (int i = 0; i < kPoints; i++) point[i].set(frequenciesHz[i], true);
  }
  void reset() noexcept {
    for (int i = 0; i < kPoints; i++) resetPoint(i);
  }
  void resetPoint(int i) noexcept {
    first[i] = second[i] = ButterworthState{};
    for (ButterworthState& a : allPass[i]) a = ButterworthState{};
  }
  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    for (CrossoverPoint& p : point) p.prepare(table, sampleRateHz);
  }

  // [audio thread] One frame behind prepare(); n: its place in the quantum. Writes `bands` bands, the lowest first.
  [[gnu::always_inline]] void split(V2d x, int n, int bands, V2d* band) noexcept {
    for (int i = 0; i < bands - 1; i++) {
      const CrossoverPoint& p = point[i];
      const double a1 = p.a1[n], a2 = p.a2[n], a3 = p.a3[n];
      const auto through = first[i].next(x, a1, a2, a3);
      for (int lower = 0; lower < i; lower++) band[lower] = allPass[i][lower].next(band[lower], a1, a2, a3).allPass;
      band[i] = second[i].next(through.low, a1, a2, a3).low;
      x = through.allPass - band[i];
    }
    band[bands - 1] = x;
  }
};

}  // namespace deskd::DESKD_ISA
