// The mixing matrix: lanes to master, solo and buses, in double, in strip order.
#pragma once
#include "automix.h"

namespace deskd::DESKD_ISA {

class GraphMixing : protected GraphAutomix {
 protected:
  using GraphAutomix::GraphAutomix;

  // Frames are mixed in blocks of four registers, as many outputs at once as leave their sums in registers.
  static constexpr int kBlockVectors = 4, kBlockFrames = kBlockVectors * kWide;
  static constexpr int kBlockOutputs = kLanes == 16 ? 4 : 2;
  // Adds some of a group's lanes to every output they feed, in lane order, in double, several outputs at a time.
  // A moving gain is T + a·rⁿ + b·n·rⁿ with one r for all lanes of all groups, so that a moving output is three such sums:
  // Σ T·x + rⁿ·Σ a·x + n·rⁿ·Σ b·x. The latter two last for the 20 ms of a move and are kept in float, as the gains are;
  // finishSum() brings the three together. Lanes that tap elsewhere than at the strip's end go alone.
  void mixLanes(const MixState* states, const OutputSet& fed, const float* const* taps, uint32_t lanes) noexcept {
    int count = 0, moved = 0;
    fed.each([&](int o) {
      const MixState& m = states[o];
      const uint32_t todo = m.activeNow & lanes;
      if (!todo) return;
      double* sum = sums_ + o * kQuantum;
      if (!summed_[o]) {
        for (int n = 0; n < kQuantum; n += kWide) stored(sum + n, Vd{});
        summed_[o] = 1;
      }
      if (m.tapped & todo) {
        mixOne(m, taps, todo, sum);
        return;
      }
      const uint32_t moving = m.movingNow & todo;
      jobs_[count++] = {moving ? &m.gain.target : &m.gain.value, todo, sum};
      if (!moving) return;
      float* ramps = rampSums_ + 2 * o * kQuantum;
      if (!ramped_[o]) {
        for (int n = 0; n < 2 * kQuantum; n += kLanes) store(ramps + n, Vf{});
        ramped_[o] = 1;
      }
      rampJobs_[moved++] = {&m.gain.a, moving, ramps};
      rampJobs_[moved++] = {&m.gain.b, moving, ramps + kQuantum};
    });
    const float* rows = taps[kTapEnd];
    if (count <= 2) {
      mixAll(jobs_, count, rows);
    } else {
      for (int n = 0; n < kLanes * kQuantum; n += kWide) stored(wideRows_ + n, widen(rows + n));
      mixAll(jobs_, count, wideRows_);
    }
    mixAll(rampJobs_, moved, rows);
  }

  template <class Sum, class Sample>
  void mixAll(const MixJob<Sum>* job, int count, const Sample* rows) noexcept {
    for (; count >= kBlockOutputs; count -= kBlockOutputs, job += kBlockOutputs) mixJobs<kBlockOutputs>(job, rows);
    for (; kBlockOutputs > 2 && count >= 2; count -= 2, job += 2) mixJobs<2>(job, rows);
    if (count) mixJobs<1>(job, rows);
  }

  // Adds what moving gains gave to an output's sum, once all has been mixed into it.
  void finishSum(int output) noexcept {
    if (!ramped_[output]) return;
    ramped_[output] = 0;
    double* sum = sums_ + output * kQuantum;
    const float* ramps = rampSums_ + 2 * output * kQuantum;
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd ramp = fma(widen(table_.power + n), widen(ramps + n), loadd(sum + n));
      stored(sum + n, fma(widen(table_.rampPower + n), widen(ramps + kQuantum + n), ramp));
    }
  }

  // Samples, gains and sums in double, or in float for what moving gains add.
  static Vd sampleFor(const double*, const float* p) noexcept { return widen(p); }
  static Vd sampleFor(const double*, const double* p) noexcept { return loadd(p); }
  static Vf sampleFor(const float*, const float* p) noexcept { return load(p); }
  static Vd spread(double g) noexcept { return splatd(g); }
  static Vf spread(float g) noexcept { return splat(g); }
  static void keepGains(double* p, const Vf& g) noexcept { stored(p, lowHalf(g)), stored(p + kWide, highHalf(g)); }
  static void keepGains(float* p, const Vf& g) noexcept { store(p, g); }
  static Vd sumAt(const double* p) noexcept { return loadd(p); }
  static Vf sumAt(const float* p) noexcept { return load(p); }
  static void keepSum(double* p, Vd x) noexcept { stored(p, x); }
  static void keepSum(float* p, Vf x) noexcept { store(p, x); }

  template <int Jobs, class Sum, class Sample>
  void mixJobs(const MixJob<Sum>* jobs, const Sample* rows) noexcept {
    using V = decltype(sumAt((const Sum*)nullptr));
    constexpr int width = sizeof(V) / sizeof(Sum);
    constexpr int vectors = kQuantum / width < kBlockVectors ? kQuantum / width : kBlockVectors;
    alignas(64) Sum gains[Jobs][kLanes];
    uint32_t all = 0;
    for (int j = 0; j < Jobs; j++) {
      all |= jobs[j].lanes;
      const Vi heard = (splati((int32_t)jobs[j].lanes) & laneBits_) != 0;
      keepGains(gains[j], (Vf)((Vi)*jobs[j].gains & heard));
    }
    for (int from = 0; from < kQuantum; from += vectors * width) {
      V acc[Jobs][vectors];
      for (int j = 0; j < Jobs; j++)
        for (int v = 0; v < vectors; v++) acc[j][v] = sumAt(jobs[j].sum + from + v * width);
      for (uint32_t todo = all; todo; todo &= todo - 1) {
        const int i = __builtin_ctz(todo);
        const Sample* row = rows + i * kQuantum + from;
        V x[vectors];
        for (int v = 0; v < vectors; v++) x[v] = sampleFor((const Sum*)nullptr, row + v * width);
        for (int j = 0; j < Jobs; j++) {
          const V gain = spread(gains[j][i]);
          for (int v = 0; v < vectors; v++) acc[j][v] = fma(x[v], gain, acc[j][v]);
        }
      }
      for (int j = 0; j < Jobs; j++)
        for (int v = 0; v < vectors; v++) keepSum(jobs[j].sum + from + v * width, acc[j][v]);
    }
  }

  void mixOne(const MixState& m, const float* const* taps, uint32_t todo, double* sum) noexcept {
    constexpr int vectors = kQuantum / kWide;
    for (; todo; todo &= todo - 1) {
      const int i = __builtin_ctz(todo);
      const float* row = taps[m.tap[i]] + i * kQuantum;
      if (m.movingNow >> i & 1) {
        const Vf a = splat(m.gain.a[i]), b = splat(m.gain.b[i]), target = splat(m.gain.target[i]);
        alignas(64) float gains[kQuantum];
        for (int n = 0; n < kQuantum; n += kLanes)
          store(gains + n, target + fma(b, load(table_.rampPower + n), a * load(table_.power + n)));
        for (int v = 0; v < vectors; v++)
          stored(sum + v * kWide, fma(widen(row + v * kWide), widen(gains + v * kWide), loadd(sum + v * kWide)));
      } else {
        const Vd gain = splatd(m.gain.value[i]);
        for (int v = 0; v < vectors; v++) stored(sum + v * kWide, fma(widen(row + v * kWide), gain, loadd(sum + v * kWide)));
      }
    }
  }

  // Steps the gains of a group by a quantum.
  void prepareMix(MixState* states, MixOutputs& outputs) noexcept {
    outputs.changing.each([&](int o) {
      if (states[o].prepare(table_)) return;
      outputs.changing.remove(o);
      if (!states[o].active) outputs.fed.remove(o);
    });
  }

  void mixGroup(int g) noexcept {
    const float* taps[kTapCount];
    for (int t = 0; t < kTapCount; t++) taps[t] = tapRows_[t] + g * tileStride_;
    prepareMix(&mix(g, 0), mixOutputs_[g]);
    mixLanes(&mix(g, 0), mixOutputs_[g].fed, taps, ~0u);
    direct_[g].advance(table_);
  }
};

}  // namespace deskd::DESKD_ISA
