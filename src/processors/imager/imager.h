// Width on four bands: the side's bands are weighed, the middle passes the same all-passes, so that both stay in phase. Mono
// below a frequency is one more crossover, whose low band of the side is left out. The guard narrows the side to what the least
// correlation allows: with powers m and s of middle and side, (m − s)/(m + s) is the correlation of sides of equal level.
#pragma once
#include "../crossover/crossover.h"

namespace deskd::DESKD_ISA {

struct Imager {
  static constexpr int kBands = 4;
  static constexpr double kPowerSeconds = 0.3;
  Crossover<kBands> tree;
  Crossover<2> monoBelow;
  SmoothGain width[kBands], lowSide, guardGain;
  double sampleRateHz, step, middlePower, sidePower, leastCorrelation;
  int32_t guard;

  void init(double rateHz, const float*) noexcept {
    *this = Imager{};
    sampleRateHz = rateHz;
    step = 1 - __builtin_exp(-kQuantum / (kPowerSeconds * rateHz));
    const double frequencies[3] = {120, 800, 5000}, lowest[1] = {kLowestHz};
    tree.init(frequencies);
    monoBelow.init(lowest);
    for (SmoothGain& w : width) w.jump(1);
    lowSide.jump(1);
    guardGain.jump(1);
    guard = 0;
  }
  void reset() noexcept {
    tree.reset();
    monoBelow.reset();
    middlePower = sidePower = 0;
    for (CrossoverPoint& p : tree.point) p.octave.jump(p.octave.target), p.g = 0;
    monoBelow.point[0].octave.jump(monoBelow.point[0].octave.target), monoBelow.point[0].g = 0;
    for (SmoothGain& w : width) w.jump(w.target);
    lowSide.jump(lowSide.target);
    guardGain.jump(1);
  }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::imager;
    const auto aim = [jump](SmoothGain& v, double to) { jump ? v.jump(to) : (void)(v.target = to); };
    if (at - p::band::base < kBands * p::band::stride) return aim(width[at - p::band::base], value * 0.01);
    switch (at) {
      case p::lowHz: return tree.point[0].set(value, jump);
      case p::midHz: return tree.point[1].set(value, jump);
      case p::highHz: return tree.point[2].set(value, jump);
      case p::monoBelowHz:
        aim(lowSide, value > 0 ? 0 : 1);
        return monoBelow.point[0].set(value > kLowestHz ? value : kLowestHz, jump);
      case p::guard: guard = value != 0; return;
      case p::leastCorrelation: leastCorrelation = value; return;
    }
  }

  // Of the guard, 1 while it does nothing.
  float gain() const noexcept { return (float)guardGain.value; }

  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    tree.prepare(table, sampleRateHz);
    monoBelow.prepare(table, sampleRateHz);
    alignas(64) double w[kBands][kQuantum], low[kQuantum], guarded[kQuantum];
    for (int b = 0; b < kBands; b++) width[b].run(table, w[b]);
    lowSide.run(table, low);
    // What the side may be at most beside this middle.
    const double most = middlePower * (1 - leastCorrelation) / (1 + leastCorrelation);
    guardGain.target = guard && sidePower > most ? __builtin_sqrt(most / sidePower) : 1;
    guardGain.run(table, guarded);
    CrossoverRows<2> below;
    CrossoverRows<kBands> rows;
    for (int n = 0; n < kQuantum; n++) below.in()[n] = V2d{0.5 * (left[n] + right[n]), 0.5 * (left[n] - right[n])};
    monoBelow.run(below);
    for (int n = 0; n < kQuantum; n++) rows.in()[n] = fma2(V2d{1, low[n]}, below.band(0)[n], below.band(1)[n]);
    tree.run(rows);
    double middleSum = 0, sideSum = 0;
    for (int n = 0; n < kQuantum; n++) {
      V2d sum{};
      for (int b = 0; b < kBands; b++) sum = fma2(V2d{1, w[b][n]}, rows.band(b)[n], sum);
      middleSum += sum[0] * sum[0];
      sideSum += sum[1] * sum[1];
      const double side = sum[1] * guarded[n];
      left[n] = sum[0] + side;
      right[n] = sum[0] - side;
    }
    middlePower += step * (middleSum / kQuantum - middlePower);
    sidePower += step * (sideSum / kQuantum - sidePower);
  }

 private:
  static constexpr double kLowestHz = 10;
};

}  // namespace deskd::DESKD_ISA
