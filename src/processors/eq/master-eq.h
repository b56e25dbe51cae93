// The master's equaliser: twelve bands, each on both channels, one of them, the middle or the side. First all of left and right
// in their order, then those of middle and side. Of least phase; or, from the engine's start, of linear phase.
#pragma once
#include "linear-phase.h"

namespace deskd::DESKD_ISA {

// Bands that run one behind the other.
struct BandRun {
  MasterBand* bands[kMasterBandCount];
  int count = 0;
  bool ramp = false;

  void add(MasterBand& b) noexcept {
    bands[count++] = &b;
    ramp |= b.ramping != 0;
  }
  void run(double* left, double* right) const noexcept {
    constexpr int most = 6;
    for (int from = 0; from < count; from += most) {
      const int n = count - from < most ? count - from : most;
      if (ramp) runMasterBands<true>(bands + from, n, left, right);
      else runMasterBands<false>(bands + from, n, left, right);
    }
  }
};

// L, R ↔ M = (L + R)/2, S = (L − R)/2, in place.
static inline void toMiddleAndSide(double* left, double* right) noexcept {
  for (int n = 0; n < kQuantum; n += kWide) {
    const Vd l = loadd(left + n), r = loadd(right + n);
    stored(left + n, 0.5 * (l + r));
    stored(right + n, 0.5 * (l - r));
  }
}
static inline void toLeftAndRight(double* middle, double* side) noexcept {
  for (int n = 0; n < kQuantum; n += kWide) {
    const Vd m = loadd(middle + n), s = loadd(side + n);
    stored(middle + n, m + s);
    stored(side + n, m - s);
  }
}

struct MasterEq {
  MasterBand band[kMasterBandCount];
  int32_t on, bandOn[kMasterBandCount];
  double sampleRateHz;
  LinearPhaseEq linear;
  int32_t isLinear, jumps;  // jumps: what is set holds at once

  void init(double rateHz, const float* fixed) noexcept {
    namespace p = deskd::params::master::eq;
    *this = MasterEq{};
    sampleRateHz = rateHz;
    isLinear = fixed[p::phase] != 0;
    linear.init(4096 << (int)fixed[p::taps], rateHz);
    for (MasterBand& b : band) b.init();
    for (int32_t& b : bandOn) b = 1;
  }
  void reset() noexcept {
    for (MasterBand& b : band) b.S1 = b.s2 = V2d{};
    linear.cleared = 1;
    jumps = 0;
  }
  int latencyFrames() const noexcept { return isLinear ? linear.latencyFrames() : 0; }
  int64_t memoryDoubles() const noexcept { return isLinear ? LinearPhaseEq::memoryDoubles(linear.taps) : 0; }
  // Of linear phase it is heard once it has been designed.
  bool isReady() const noexcept { return !isLinear || linear.isReady(); }

  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::eq;
    if (at == p::on) on = value != 0;
    const int b = (int)((at - p::band::base) / p::band::stride);
    if (at - p::band::base < kMasterBandCount * p::band::stride) {
      const auto aim = [jump](SmoothGain& v, double to) { jump ? v.jump(to) : (void)(v.target = to); };
      MasterBand& t = band[b];
      switch ((at - p::band::base) % p::band::stride) {
        case p::band::on: bandOn[b] = value != 0; break;
        case p::band::type: t.wantedType = (int)value; break;
        case p::band::frequencyHz: aim(t.octave, __builtin_log2(value)); break;
        case p::band::gainDb: aim(t.gainDb, value); break;
        case p::band::q: aim(t.octaveQ, __builtin_log2(value)); break;
        case p::band::mode: t.wantedMode = (int)value; break;
      }
      refresh(b, jump);
    }
    for (int i = 0; at == p::on && i < kMasterBandCount; i++) refresh(i, jump);
  }

  // Bands fade themselves in and out by their gain, so that none runs beside what it filters.
  bool switchesItself() const noexcept { return !isLinear; }
  bool isIdle() const noexcept {
    for (const MasterBand& b : band)
      if (b.moving || b.used || b.ramping) return false;
    return true;
  }

  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double* left, double* right, double* memory) noexcept {
    if (isLinear) {
      linear.run(band, sampleRateHz, jumps, memory, left, right);
      jumps = 0;
      return;
    }
    BandRun sides, middleAndSide;
    for (MasterBand& b : band) {
      b.prepare(table, sampleRateHz);
      if (b.used) (b.mode == (int)BandMode::Mid || b.mode == (int)BandMode::Side ? middleAndSide : sides).add(b);
    }
    sides.run(left, right);
    if (!middleAndSide.count) return;
    toMiddleAndSide(left, right);
    middleAndSide.run(left, right);
    toLeftAndRight(left, right);
  }

 private:
  void refresh(int b, bool jump) noexcept {
    band[b].on = (on || isLinear) && bandOn[b];
    band[b].moving = 1;
    linear.stale = 1;
    jumps |= jump;
    if (jump) band[b].fresh = 1;
  }
};

}  // namespace deskd::DESKD_ISA
