// A signal in bands that sum flat: a tree of Linkwitz-Riley crossovers of 24 dB/oct (S. Linkwitz, "Active Crossover Networks",
// JAES 1976), bilinear, in double. What is split off early passes the all-passes of all later crossovers, so that the sum of
// all bands is the input through one all-pass a crossover, whatever their frequencies and their order.
#pragma once
#include "../../native/numbers.h"
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

// The filters of a tree, in pairs that share a register of two channels each: all the first ones of the points, all the second
// ones, all the all-passes. A filter that takes what another gives works a frame behind it, so that within a step none waits
// for another: point i's first and its all-passes 2·i frames behind the input, its second 2·i + 1.
template <int Bands>
struct CrossoverPlan {
  static constexpr int kPoints = Bands - 1, kFilters = 2 * kPoints + kPoints * (kPoints - 1) / 2, kPairs = (kFilters + 1) / 2;
  static constexpr int kLag = 2 * kPoints - 1;

  struct Filter {
    int point, lower;  // lower: the band that an all-pass is for; −1 of a first, −2 of a second one
    constexpr bool isFirst() const { return lower == -1; }
    constexpr bool isSecond() const { return lower == -2; }
    constexpr int lag() const { return 2 * point + isSecond(); }
  };
  static constexpr Filter filterAt(int f) {
    if (f < kPoints) return {f, -1};
    if (f < 2 * kPoints) return {f - kPoints, -2};
    int at = f - 2 * kPoints, point = 1;
    while (at >= point) at -= point++;
    return {point, at};
  }
  static constexpr int allPassAt(int point, int lower) { return 2 * kPoints + point * (point - 1) / 2 + lower; }
};

// A quantum on its way through a tree: what goes in and out of the filters. Steps before and behind a filter's own quantum fall
// into the margins.
template <int Bands>
struct CrossoverRows {
  using Plan = CrossoverPlan<Bands>;
  static constexpr int kPoints = Plan::kPoints, kMargin = Plan::kLag;
  struct Row {
    V2d frames[kMargin + kQuantum + kMargin];
    V2d& operator[](int n) noexcept { return frames[kMargin + n]; }
  };
  alignas(64) Row entering[kPoints + 1], low[2 * kPoints], allPassed[Plan::kFilters];

  V2d* in() noexcept { return &entering[0][0]; }
  // Of Crossover::run(): the lowest first.
  V2d* band(int b) noexcept {
    if (b == Bands - 1) return &entering[kPoints][0];
    return b == Bands - 2 ? &low[2 * kPoints - 1][0] : &allPassed[Plan::allPassAt(kPoints - 1, b)][0];
  }
  // What the filter takes.
  Row& inputOf(int f) noexcept {
    const typename Plan::Filter filter = Plan::filterAt(f);
    if (filter.isFirst()) return entering[filter.point];
    if (filter.isSecond()) return low[filter.point];
    return filter.lower == filter.point - 1 ? low[kPoints + filter.lower] : allPassed[Plan::allPassAt(filter.point - 1, filter.lower)];
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

  // [audio thread] A quantum behind prepare().
  template <int Bands>
  void run(CrossoverRows<Bands>& rows) noexcept {
    bool moves = false;
    for (int i = 0; i < Bands - 1; i++) moves |= point[i].step != 0;
    if (!moves) return runStanding(rows);
    for (int n = 0; n < kQuantum; n++) {
      V2d part[Bands];
      split(rows.in()[n], n, Bands, part);
      for (int b = 0; b < Bands; b++) rows.band(b)[n] = part[b];
    }
  }

 private:
  // One frame.
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

  // Frequencies that stand still, so that a filter's coefficients are its own for the quantum.
  template <int Bands>
  void runStanding(CrossoverRows<Bands>& rows) noexcept {
    using Plan = CrossoverPlan<Bands>;
    constexpr int P = Plan::kPoints, pairs = Plan::kPairs, lag = Plan::kLag;
    auto &entering = rows.entering, &low = rows.low, &allPassed = rows.allPassed;
    for (int n = 0; n < lag; n++) entering[0][n - lag] = entering[0][kQuantum + n] = V2d{};
    const auto held = [&](int f) -> ButterworthState& {
      const typename Plan::Filter filter = Plan::filterAt(f);
      return filter.isFirst() ? first[filter.point] : filter.isSecond() ? second[filter.point] : allPass[filter.point][filter.lower];
    };
    V4d s1[pairs], s2[pairs], ofBand[pairs], twice2[pairs], twice3[pairs];
    for (int p = 0; p < pairs; p++) {
      const int a = 2 * p, b = a + 1 < Plan::kFilters ? a + 1 : a;
      const ButterworthState &x = held(a), &y = held(b);
      const CrossoverPoint &i = point[Plan::filterAt(a).point], &j = point[Plan::filterAt(b).point];
      const auto both = [](double u, double v) { return V4d{u, u, v, v}; };
      s1[p] = V4d{x.s1[0], x.s1[1], y.s1[0], y.s1[1]}, s2[p] = V4d{x.s2[0], x.s2[1], y.s2[0], y.s2[1]};
      ofBand[p] = both(2 * i.a1[0] - 1, 2 * j.a1[0] - 1);
      twice2[p] = both(2 * i.a2[0], 2 * j.a2[0]), twice3[p] = both(2 * i.a3[0], 2 * j.a3[0]);
    }
    // Masked: some filters' turn has not come yet, or is over.
    const auto step = [&]<bool Masked>(int t) __attribute__((always_inline)) {
      const auto each = [&]<int p>() __attribute__((always_inline)) {
        constexpr int a = 2 * p, b = a + 1 < Plan::kFilters ? a + 1 : a;
        constexpr typename Plan::Filter fa = Plan::filterAt(a), fb = Plan::filterAt(b);
        const int n = t - fa.lag(), m = t - fb.lag();
        const V2d u = rows.inputOf(a)[n], v = rows.inputOf(b)[m];
        const V4d x = {u[0], u[1], v[0], v[1]}, over = x - s2[p];
        const V4d next1 = fma4(ofBand[p], s1[p], twice2[p] * over), next2 = fma4(twice2[p], s1[p], fma4(twice3[p], over, s2[p]));
        if constexpr (!(fa.isSecond() && fb.isSecond())) {
          const V4d y = fma4(V4d{} - kRoot2, next1 + s1[p], x);
          if constexpr (!fa.isSecond()) allPassed[a][n] = V2d{y[0], y[1]};
          if constexpr (!fb.isSecond() && b != a) allPassed[b][m] = V2d{y[2], y[3]};
        }
        if constexpr (a < 2 * P) {
          const V4d y = 0.5 * (next2 + s2[p]);
          low[a][n] = V2d{y[0], y[1]};
          if constexpr (b < 2 * P && b != a) low[b][m] = V2d{y[2], y[3]};
        }
        if constexpr (fa.isSecond()) entering[fa.point + 1][n] = allPassed[fa.point][n] - low[a][n];
        if constexpr (fb.isSecond() && b != a) entering[fb.point + 1][m] = allPassed[fb.point][m] - low[b][m];
        if constexpr (Masked) {
          const int64_t c = -(n >= 0 && n < kQuantum), d = -(m >= 0 && m < kQuantum);
          const V4l at = {c, c, d, d};
          s1[p] = at ? next1 : s1[p], s2[p] = at ? next2 : s2[p];
        } else {
          s1[p] = next1, s2[p] = next2;
        }
      };
      const auto all = [&]<int... I>(Numbers<I...>) __attribute__((always_inline)) { (each.template operator()<I>(), ...); };
      all(NumbersTo<pairs>{});
    };
    for (int t = 0; t < lag; t++) step.template operator()<true>(t);
    for (int t = lag; t < kQuantum; t++) step.template operator()<false>(t);
    for (int t = kQuantum; t < kQuantum + lag; t++) step.template operator()<true>(t);
    for (int f = 0; f < Plan::kFilters; f++) {
      const int p = f / 2, side = 2 * (f % 2);
      held(f).s1 = V2d{s1[p][side], s1[p][side + 1]};
      held(f).s2 = V2d{s2[p][side], s2[p][side + 1]};
    }
  }
};

}  // namespace deskd::DESKD_ISA
