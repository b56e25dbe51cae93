// A group of strips (or bus sides), one a lane: what runs between a strip's source and its fader.
#pragma once
#include "../processors/compressor/compressor.h"
#include "../processors/eq/eq.h"
#include "../processors/gate/gate.h"
#include "../processors/hpf/hpf.h"
#include "lanes.h"

namespace deskd::DESKD_ISA {

// One pole's step a frame (or quantum) for a time constant.
DESKD_INLINE float onePole(double seconds, double ratePerSecond) {
  return (float)-__builtin_expm1(-1.0 / (seconds * ratePerSecond));
}

struct LaneGroup {
  SmoothGains trim;
  HighPass hpf;
  Gate gate;
  EqBand band[kBandCount];
  Compressor comp;
  Vi pairs;  // −1 in both lanes of a stereo strip
  int32_t anyPairs, trimMoving, trimUsed;
  int32_t settled;  // no parameter moves: cleared by whoever sets one
  uint8_t eqOn[kLanes], bandOn[kBandCount][kLanes];
  int32_t keySource[kLanes];  // lane whose high-passed signal keys the compressor, or −1
  int32_t keySecond[kLanes];  // a second one to average with (a stereo strip keys a mono one), or −1
  int32_t anyKey;
  Vf peak, meanSquare;  // meters: amplitude with decay, power with 300 ms
  double clips[kLanes];

  void init(double rate) noexcept {
    for (int i = 0; i < kLanes; i++) trim.jump(i, 1), keySource[i] = keySecond[i] = -1;
    hpf.init();
    gate.init();
    for (EqBand& b : band) b.init();
    comp.init();
    comp.rmsCoefficient = splat(onePole(kRmsSeconds, rate));
    for (auto& lanes : bandOn)
      for (uint8_t& on : lanes) on = 1;
  }

  // A lane whose state went non-finite starts afresh.
  void resetLane(int lane) noexcept {
    for (Svf& f : hpf.filter) f.S1[lane] = f.s2[lane] = 0;
    for (EqBand& b : band) b.filter.S1[lane] = b.filter.s2[lane] = 0;
    comp.keyFilter.S1[lane] = comp.keyFilter.s2[lane] = 0;
    comp.meanSquare[lane] = comp.held[lane] = comp.reduction[lane] = 0;
    gate.gain[lane] = 1;
  }

  // Takes the signal's state of some lanes (bits) from another group of the same lanes.
  void copySignal(const LaneGroup& from, uint32_t lanes) noexcept {
    for (int i = 0; i < kLanes; i++) {
      if (!(lanes >> i & 1)) continue;
      for (int b = 0; b < kBandCount; b++) {
        band[b].filter.S1[i] = from.band[b].filter.S1[i];
        band[b].filter.s2[i] = from.band[b].filter.s2[i];
      }
      comp.keyFilter.S1[i] = from.comp.keyFilter.S1[i];
      comp.keyFilter.s2[i] = from.comp.keyFilter.s2[i];
      comp.meanSquare[i] = from.comp.meanSquare[i];
      comp.held[i] = from.comp.held[i];
      comp.reduction[i] = from.comp.reduction[i];
      peak[i] = from.peak[i];
      meanSquare[i] = from.meanSquare[i];
      clips[i] = from.clips[i];
    }
  }

  // Rows [lane][frame] to tile [frame][lane]. Gives true when a sample is not finite or beyond 2²⁰ (+120 dBFS).
  static bool gather(const float* const* rows, float* tile) noexcept {
    // One operation a vector: beyond 2²⁰ the product is infinite, and what is not finite stays so in the sum.
    const Vf huge = splat(0x1p108f);
    Vf sum{};
    for (int from = 0; from < kQuantum; from += kLanes) {
      Vf r[kLanes];
      for (int i = 0; i < kLanes; i++) {
        r[i] = DESKD_ISA::load(rows[i] + from);
        // What comes next is on its way while this is computed: sources are read once and lie all over the memory.
        __builtin_prefetch(rows[i] + from + kQuantum);
        sum = fma(r[i], huge, sum);
      }
      transpose(r);
      for (int i = 0; i < kLanes; i++) store(tile + (from + i) * kLanes, r[i]);
    }
    return any(((Vi)sum & 0x7f800000) == 0x7f800000);
  }

  void runTrim(const SmoothingTable& table, float* tile) noexcept {
    if (trimMoving) {
      trimMoving = any(trim.advance(table));
      for (int n = 0; n < kQuantum; n++) {
        const Vf g = trim.target + (trim.a * table.power[n] + trim.b * table.rampPower[n]);
        store(tile + n * kLanes, DESKD_ISA::load(tile + n * kLanes) * g);
      }
      trimUsed = trimMoving || any(trim.value != splat(1));
    } else if (trimUsed) {
      for (int n = 0; n < kQuantum; n++) store(tile + n * kLanes, DESKD_ISA::load(tile + n * kLanes) * trim.value);
    }
  }

  // Steps every parameter by one quantum. Running afterwards changes nothing but the signal's state.
  void prepare(const SmoothingTable& table, double rate) noexcept {
    if (settled) return;
    hpf.prepare(table, rate);
    gate.prepare(table);
    for (EqBand& b : band) b.prepare(table, rate);
    comp.prepare(table, rate);
    settled = !(hpf.moving | hpf.ramping | gate.moving | comp.moving | comp.ramping | comp.keyMoving);
    for (const EqBand& b : band) settled &= !(b.moving | b.ramping);
  }

  // The filters that are heard, over a tile.
  SvfChain hpfChain(float* tile) noexcept {
    SvfChain chain;
    chain.tile = tile;
    for (int i = 0; hpf.used && i < hpf.sections; i++) chain.add(hpf.filter[i], hpf.ramping);
    return chain;
  }
  SvfChain eqChain(float* tile) noexcept {
    SvfChain chain;
    chain.tile = tile;
    for (EqBand& b : band)
      if (b.used) chain.add(b.filter, b.ramping);
    return chain;
  }

  void runGate(float* tile) noexcept {
    if (!gate.used) return;
    if (anyPairs) gate.run<true>(tile, pairs);
    else gate.run<false>(tile, pairs);
  }

  // `keyTile`: scratch for a key other than the tile itself; `keyRows[lane]`: high-passed rows of key sources.
  void runCompressor(float* tile, float* keyTile, const float* const* keyRows) noexcept {
    if (!comp.used) return;
    const float* key = tile;
    if (anyKey || comp.keyFiltered) {
      for (int n = 0; n < kQuantum; n++) store(keyTile + n * kLanes, DESKD_ISA::load(tile + n * kLanes));
      for (int i = 0; anyKey && i < kLanes; i++)
        if (keySource[i] >= 0) {
          const float *a = keyRows[keySource[i]], *b = keySecond[i] >= 0 ? keyRows[keySecond[i]] : a;
          for (int n = 0; n < kQuantum; n++) keyTile[n * kLanes + i] = 0.5f * (a[n] + b[n]);
        }
      if (comp.keyFiltered) {
        SvfChain chain;
        chain.tile = keyTile;
        chain.add(comp.keyFilter, false);
        runSvfChain(chain);
      }
      key = keyTile;
    }
    if (anyPairs) {
      if (comp.ramping) comp.run<true, true>(tile, key, pairs);
      else comp.run<true, false>(tile, key, pairs);
    } else {
      if (comp.ramping) comp.run<false, true>(tile, key, pairs);
      else comp.run<false, false>(tile, key, pairs);
    }
  }

  // Does anything in it ring on by itself?
  bool processes() const noexcept {
    for (const EqBand& b : band)
      if (b.used) return true;
    return comp.used;
  }
  void decayMeters(float peakDecay, float rmsStep) noexcept {
    peak = peak * peakDecay;
    meanSquare = fnma(splat(rmsStep), meanSquare, meanSquare);
  }

  // Tile to rows.
  static void unload(const float* tile, float* rows) noexcept {
    for (int from = 0; from < kQuantum; from += kLanes) {
      Vf r[kLanes];
      for (int i = 0; i < kLanes; i++) r[i] = DESKD_ISA::load(tile + (from + i) * kLanes);
      transpose(r);
      for (int i = 0; i < kLanes; i++) store(rows + i * kQuantum + from, r[i]);
    }
  }

  // The same, with the meters of what passes. Gives how many lanes were non-finite: those are silenced and reset.
  int unloadMetered(float* tile, float* rows, float peakDecay, float rmsStep) noexcept {
    Vf top{}, sum{};
    for (int from = 0; from < kQuantum; from += kLanes) {
      Vf r[kLanes];
      for (int i = 0; i < kLanes; i++) {
        r[i] = DESKD_ISA::load(tile + (from + i) * kLanes);
        top = max(abs(r[i]), top);
        sum = fma(r[i], r[i], sum);
      }
      transpose(r);
      for (int i = 0; i < kLanes; i++) store(rows + i * kQuantum + from, r[i]);
    }
    int bad = 0;
    const Vi finite = ((Vi)sum & 0x7f800000) != 0x7f800000;
    if (any(~finite)) {
      for (int i = 0; i < kLanes; i++) {
        if (finite[i]) continue;
        bad++;
        resetLane(i);
        top[i] = sum[i] = 0;
        for (int n = 0; n < kQuantum; n++) rows[i * kQuantum + n] = 0;
      }
    }
    if (any(top >= 1.0f))
      for (int i = 0; i < kLanes; i++)
        if (top[i] >= 1.0f)
          for (int n = 0; n < kQuantum; n++) clips[i] += __builtin_fabsf(rows[i * kQuantum + n]) >= 1.0f;
    peak = max(top, peak * peakDecay);
    meanSquare = fma(splat(rmsStep), sum * (1.0f / kQuantum) - meanSquare, meanSquare);
    return bad;
  }
};

}  // namespace deskd::DESKD_ISA
