// One channel up to four or eight times the rate, and back behind a first-order antiderivative shaper: linear phase, flat to
// 20 kHz (and to .4 of the rate), −110 dB beyond, late by whole frames.
#pragma once
#include "half-band.h"
#include "planes.h"
#include "shapes.h"

namespace deskd::DESKD_ISA {

// Taps for one rate, the same for all channels.
struct OversamplingTaps {
  static constexpr double kTop = .4535;  // 20 kHz at 44.1 kHz, in parts of the desk's rate
  static constexpr int kPairs4 = 7, kSmoothed4 = 15, kPairs8 = 5, kSmoothed8 = 11;
  HalfBand to2, to4, to8;
  SmoothedDecimator<kSmoothed4> from4;
  SmoothedDecimator<kSmoothed8> from8;

  void init(double sampleRateHz) noexcept {
    const double top = 20000 / sampleRateHz > .4 ? 20000 / sampleRateHz : .4;
    to2.design(top / 2, HalfBand::pairsFor(top / 2));
    to4.design(kTop / 4, kPairs4);
    to8.design(kTop / 8, kPairs8);
    from4.design(kTop / 4);
    from8.design(kTop / 8);
  }

  // Frames of the desk's rate, there and back, the shaper's half a step among them. Whole by the choice of the counts above.
  static constexpr int kLate4 = (2 * kPairs4 - 1) + kSmoothed4;                               // in quarters
  static constexpr int kLate8 = 2 * (2 * (2 * kPairs4 - 1)) + (2 * kPairs8 - 1) + kSmoothed8;  // in eighths
  static_assert(kLate4 % 4 == 0 && kLate8 % 8 == 0);
  int latencyFrames(int factor) const noexcept {
    return 2 * to2.pairs - 1 + (factor == 8 ? kLate8 / 8 : kLate4 / 4);
  }
};

template <int kFactor>
struct Oversampler {
  static_assert(kFactor == 4 || kFactor == 8);
  static constexpr int kLongPast = 2 * HalfBand::kMostPairs + 8;

  void reset() noexcept { *this = Oversampler{}; }

  // [audio thread] A quantum of the desk's rate in. Row p holds every kFactor-th frame of the high rate from the p-th on.
  void up(const OversamplingTaps& taps, const double* x) noexcept {
    one_.step();
    __builtin_memcpy(one_.in(0), x, kQuantum * sizeof(double));
    two_.step();
    interpolate(taps.to2, one_, [&](int p) { return two_.in(p); });
    if constexpr (kFactor == 4) {
      top_.step();
      interpolate(taps.to4, two_, [&](int p) { return top_.in(p); });
    } else {
      four_.step();
      interpolate(taps.to4, two_, [&](int p) { return four_.in(p); });
      top_.step();
      interpolate(taps.to8, four_, [&](int p) { return top_.in(p); });
    }
    shaped_.step();
  }

  // [audio thread] Between up() and down(): a first-order antiderivative shaper (Parker, Zavalishin, Le Bivic, "Reducing
  // the aliasing of nonlinear waveshaping using continuous-time convolution", DAFx 2016). Gives the highest |x|.
  template <class Shape>
  double shape(const Shape& shape) noexcept {
    return run<false>(shape);
  }
  // After shape(): over the quantum to another curve.
  template <class Shape>
  void reshape(const Shape& shape) noexcept {
    run<true>(shape);
  }

  // [audio thread] `y`: a quantum of the desk's rate, 64-byte aligned.
  void down(const OversamplingTaps& taps, double* y) noexcept {
    low2_.step();
    if constexpr (kFactor == 4) {
      for (int p = 0; p < 2; p++) decimate(taps.from4.tap, OversamplingTaps::kSmoothed4, shaped_, p, low2_.in(p));
    } else {
      low4_.step();
      for (int p = 0; p < 4; p++) decimate(taps.from8.tap, OversamplingTaps::kSmoothed8, shaped_, p, low4_.in(p));
      for (int p = 0; p < 2; p++) halve(taps.to4, low4_, p, low2_.in(p));
    }
    halve(taps.to2, low2_, 0, y);
  }

 private:
  static constexpr int kShapePast = 8;

  template <bool kOver, class Shape>
  double run(const Shape& shape) noexcept {
    alignas(64) double potential[kFactor][kShapePast + kQuantum];
    Vd highest{};
    for (int p = 0; p < kFactor; p++)
      for (int n = p == kFactor - 1 ? -kShapePast : 0; n < kQuantum; n += kWide)
        stored(potential[p] + kShapePast + n, shape.potential(loadd(top_.in(p) + n)));
    for (int p = 0; p < kFactor; p++) {
      const double* before = potential[(p + kFactor - 1) % kFactor] + kShapePast - (p == 0);
      for (int n = 0; n < kQuantum; n += kWide) {
        const Vd x = loadd(top_.in(p) + n);
        highest = max(abs(x), highest);
        const Vd mean = shape.mean(loadAnywhere(top_.at(p - 1) + n), loadAnywhere(before + n), x,
                                   loadd(potential[p] + kShapePast + n));
        double* to = shaped_.in(p) + n;
        if constexpr (kOver) {
          const double share = (n + (p + 1.0) / kFactor) / kQuantum;
          Vd shares;
          for (int i = 0; i < kWide; i++) shares[i] = share + (double)i / kQuantum;
          stored(to, fma(shares, mean - loadd(to), loadd(to)));
        } else {
          stored(to, mean);
        }
      }
    }
    double most = 0;
    for (int i = 0; i < kWide; i++) most = highest[i] > most ? highest[i] : most;
    return most;
  }

  // Twice the rate: the even frames are filtered, the odd ones are those of `pairs − 1` frames ago.
  template <int kRows, int kPast, class Row>
  static void interpolate(const HalfBand& f, const Planes<kRows, kPast>& x, Row row) noexcept {
    for (int p = 0; p < kRows; p++) {
      filterPairs(x, f.tap, f.pairs, p - f.pairs, p - f.pairs + 1, 1, row(2 * p));
      const double* centre = x.at(p - f.pairs + 1);
      double* to = row(2 * p + 1);
      for (int n = 0; n < kQuantum; n += kWide) stored(to + n, loadAnywhere(centre + n));
    }
  }
  template <int kRows, int kPast>
  static void halve(const HalfBand& f, const Planes<kRows, kPast>& x, int p, double* y) noexcept {
    const int centre = 2 * p - (2 * f.pairs - 1);
    filterPairs(x, f.tap, f.pairs, centre - 1, centre + 1, 2, y);
    const double* middle = x.at(centre);
    for (int n = 0; n < kQuantum; n += kWide) stored(y + n, .5 * (loadd(y + n) + loadAnywhere(middle + n)));
  }
  // Its centre lies between two frames; the shaper's half a frame is what makes it whole.
  template <int kRows, int kPast>
  static void decimate(const double* tap, int pairs, const Planes<kRows, kPast>& x, int p, double* y) noexcept {
    filterPairs(x, tap, pairs, 2 * p - pairs, 2 * p - pairs + 1, 1, y);
  }

  Planes<1, kLongPast> one_;
  Planes<2, 8> two_;
  Planes<4, 8> four_;
  Planes<kFactor, kShapePast> top_;
  Planes<kFactor, 8> shaped_;
  Planes<4, 8> low4_;
  Planes<2, kLongPast> low2_;
};

}  // namespace deskd::DESKD_ISA
