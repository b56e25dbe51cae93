// Design of the oversampler's filters: windowed by Kaiser ("Nonrecursive digital filter design using the I0-sinh window
// function", 1974), 110 dB.
#pragma once
#include "../../native/lanes.h"

namespace deskd::DESKD_ISA {

constexpr double kOversamplingStopDb = 110;
constexpr double kPi = 3.14159265358979323846;

struct KaiserWindow {
  double beta;

  // For a filter of `taps` with a transition of `width` in parts of the rate.
  static KaiserWindow of(int taps, double width) noexcept {
    const double stopDb = 7.95 + 14.36 * width * (taps - 1);
    return {.1102 * ((stopDb < 140 ? stopDb : 140) - 8.7)};
  }
  static double bessel(double x) noexcept {
    double term = 1, total = 1;
    for (int k = 1; k < 60; k++) total += term *= x * x / (4.0 * k * k);
    return total;
  }
  // −1 ≤ t ≤ 1
  double operator()(double t) const noexcept {
    const double rest = 1 - t * t;
    return bessel(beta * __builtin_sqrt(rest > 0 ? rest : 0)) / bessel(beta);
  }
};

// One branch of a half-band filter of 4·pairs − 1 taps, times two: tap[j] stands 2j + 1 from the centre on both sides. The
// other branch is the centre alone, the rest is noughts. `top`: end of the pass band in parts of the higher rate, below ¼.
struct HalfBand {
  static constexpr int kMostPairs = 40;
  double tap[kMostPairs];
  int pairs;

  static int pairsFor(double top) noexcept {
    const double taps = 1 + (kOversamplingStopDb - 7.95) / (14.36 * (.5 - 2 * top));
    const int pairs = (int)__builtin_ceil((taps + 1) / 4);
    return pairs < kMostPairs ? pairs : kMostPairs;
  }

  void design(double top, int pairCount) noexcept {
    pairs = pairCount;
    const KaiserWindow window = KaiserWindow::of(4 * pairs - 1, .5 - 2 * top);
    double sum = 0;
    for (int j = 0; j < pairs; j++) {
      tap[j] = (j % 2 ? -2 : 2) / (kPi * (2 * j + 1)) * window((2 * j + 1) / (2.0 * pairs));
      sum += 2 * tap[j];
    }
    for (int j = 0; j < pairs; j++) tap[j] /= sum;
  }
};

// The decimator by two behind a first-order antiderivative: that shaper averages two neighbours, so it is half a frame late
// and falls as cos πf. An even number of taps makes it a whole frame, and the pass band rises as 1/cos πf. tap[j] stands
// j + ½ from the centre on both sides. By least squares over both bands; `top`: end of the pass band in parts of the higher rate.
template <int kPairs>
struct SmoothedDecimator {
  double tap[kPairs];

  void design(double top) noexcept {
    constexpr int points = 4 * kPairs;
    double normal[kPairs][kPairs + 1]{};  // with the right-hand side as its last column
    for (int band = 0; band < 2; band++)
      for (int i = 0; i < points; i++) {
        const double inBand = top * (i + .5) / points, f = band ? .5 - inBand : inBand;
        const double wanted = band ? 0 : 1 / __builtin_cos(kPi * f);
        double wave[kPairs + 1];
        for (int j = 0; j < kPairs; j++) wave[j] = 2 * __builtin_cos(2 * kPi * f * (j + .5));
        wave[kPairs] = wanted;
        for (int row = 0; row < kPairs; row++)
          for (int column = 0; column <= kPairs; column++) normal[row][column] += wave[row] * wave[column];
      }
    // Gauss; what the bands leave open (the transition) is kept small by the last term of the diagonal.
    for (int row = 0; row < kPairs; row++) normal[row][row] += 1e-11 * points;
    for (int pivot = 0; pivot < kPairs; pivot++)
      for (int row = pivot + 1; row < kPairs; row++) {
        const double share = normal[row][pivot] / normal[pivot][pivot];
        for (int column = pivot; column <= kPairs; column++) normal[row][column] -= share * normal[pivot][column];
      }
    double sum = 0;
    for (int row = kPairs - 1; row >= 0; row--) {
      double rest = normal[row][kPairs];
      for (int column = row + 1; column < kPairs; column++) rest -= normal[row][column] * tap[column];
      sum += 2 * (tap[row] = rest / normal[row][row]);
    }
    for (double& x : tap) x /= sum;
  }
};

}  // namespace deskd::DESKD_ISA
