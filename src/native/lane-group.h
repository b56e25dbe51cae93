// A group of strips (or bus sides), one a lane: what runs between a strip's source and its fader.
#pragma once
#include "../processors/compressor/compressor.h"
#include "../processors/correlation/correlation.h"
#include "../processors/eq/eq.h"
#include "../processors/gate/expander.h"
#include "../processors/hpf/hpf.h"
#include "../processors/key/key.h"
#include "../processors/stereo/stereo.h"
#include "lanes.h"

namespace deskd::DESKD_ISA {

// One pole's step a frame (or quantum) for a time constant.
DESKD_INLINE float onePole(double seconds, double ratePerSecond) {
  return (float)-__builtin_expm1(-1.0 / (seconds * ratePerSecond));
}

// A lane's gate as it is set, from which gate and expander follow.
struct GateSettings {
  float rangeDb, attackMs, releaseMs;
  uint8_t on, mode;  // GateMode
};

constexpr uint32_t kAllLanes = (1u << kLanes) - 1;

// Where a strip's EQ stands.
enum EqPlace { kEqBeforeGate, kEqBeforeCompressor, kEqBehindCompressor, kEqPlaceCount };

struct LaneGroup {
  SmoothGains trim;
  SideMatrix sides, width;  // of stereo strips: at the input, and behind the compressor
  HighPass hpf;
  GateSettings gateSettings[kLanes];
  Gate gate;
  Expander expander;
  Key gateKey, compKey;
  EqBand band[kBandCount];
  Compressor comp;
  Vi pairs;  // −1 in both lanes of a stereo strip
  int32_t anyPairs, trimMoving, trimUsed;
  int32_t settled;  // no parameter moves: cleared by whoever sets one
  uint8_t eqOn[kLanes], bandOn[kBandCount][kLanes];
  uint8_t eqPlace[kLanes], wantedEqPlace[kLanes];
  uint32_t eqLanes[kEqPlaceCount];  // lanes that have it there
  SmoothGains dip;                  // of lanes that change it
  int32_t dipQuanta[kLanes];        // for which such a lane stays silent
  int32_t reordering;
  Vf peak, meanSquare;  // meters: amplitude with decay, power with 300 ms
  Vf product;           // of a pair's two sides, 300 ms
  double clips[kLanes];

  void init(double rate) noexcept {
    for (int i = 0; i < kLanes; i++) trim.jump(i, 1), gateSettings[i] = {40, 1, 200, 0, 0};
    for (int i = 0; i < kLanes; i++) dip.jump(i, 1), eqPlace[i] = wantedEqPlace[i] = kEqBeforeCompressor;
    findEqLanes();
    sides.init();
    width.init();
    hpf.init();
    gate.init();
    expander.init();
    gateKey.init();
    compKey.init();
    for (EqBand& b : band) b.init();
    comp.init();
    comp.rmsCoefficient = splat(onePole(kRmsSeconds, rate));
    for (auto& lanes : bandOn)
      for (uint8_t& on : lanes) on = 1;
  }

  void findEqLanes() noexcept {
    for (uint32_t& lanes : eqLanes) lanes = 0;
    for (int i = 0; i < kLanes; i++) eqLanes[eqPlace[i]] |= 1u << i;
  }

  // A lane whose state went non-finite starts afresh.
  void resetLane(int lane) noexcept {
    for (Svf& f : hpf.filter) f.S1[lane] = f.s2[lane] = 0;
    for (EqBand& b : band) b.filter.S1[lane] = b.filter.s2[lane] = 0;
    gateKey.resetLane(lane);
    compKey.resetLane(lane);
    comp.meanSquare[lane] = comp.held[lane] = comp.slow[lane] = comp.reduction[lane] = 0;
    gate.gain[lane] = 1;
    expander.held[lane] = expander.reduction[lane] = 0;
  }

  // Takes the signal's state of some lanes (bits) from another group of the same lanes.
  void copySignal(const LaneGroup& from, uint32_t lanes) noexcept {
    for (int i = 0; i < kLanes; i++) {
      if (!(lanes >> i & 1)) continue;
      for (int b = 0; b < kBandCount; b++) {
        band[b].filter.S1[i] = from.band[b].filter.S1[i];
        band[b].filter.s2[i] = from.band[b].filter.s2[i];
      }
      compKey.copySignal(from.compKey, i);
      comp.meanSquare[i] = from.comp.meanSquare[i];
      comp.held[i] = from.comp.held[i];
      comp.slow[i] = from.comp.slow[i];
      comp.reduction[i] = from.comp.reduction[i];
      peak[i] = from.peak[i];
      meanSquare[i] = from.meanSquare[i];
      product[i] = from.product[i];
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
    comp.prepare(table);
    expander.prepare(table);
    gateKey.prepare(table, rate);
    compKey.prepare(table, rate);
    settled = !(hpf.moving | hpf.ramping | gate.moving | expander.moving | comp.moving | comp.ramping | gateKey.moving |
                gateKey.listenMoving | compKey.moving | compKey.listenMoving);
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

  // The key of the gate or compressor, where anything needs it: `tile` itself, or what stands in `scratch` afterwards.
  const float* gateKeyOf(const float* tile, float* scratch, const float* const* keyRows) noexcept {
    return gate.used || expander.used || gateKey.listening ? gateKey.read(tile, scratch, keyRows) : tile;
  }
  const float* compKeyOf(const float* tile, float* scratch, const float* const* keyRows) noexcept {
    return comp.used || compKey.listening ? compKey.read(tile, scratch, keyRows) : tile;
  }

  void runGate(float* tile, const float* key) noexcept {
    if (gate.used) gate.run(tile, key, pairs, anyPairs);
    if (expander.used) anyPairs ? expander.run<true>(tile, key, pairs) : expander.run<false>(tile, key, pairs);
  }
  void runCompressor(float* tile, const float* key) noexcept {
    if (comp.used) comp.run(tile, key, pairs, anyPairs);
  }

  // Gain of gate, expander or ducker at the end of the quantum.
  float gateGain(int lane) const noexcept {
    const float expanded = expander.used ? (float)__builtin_exp2(-expander.reduction[lane]) : 1;
    return gate.used ? expanded * gate.gain[lane] : expanded;
  }

  // Does anything in it ring on, or is heard, by itself?
  bool processes() const noexcept {
    for (const EqBand& b : band)
      if (b.used) return true;
    return comp.used || compKey.listening;
  }
  void decayMeters(float peakDecay, float rmsStep) noexcept {
    peak = peak * peakDecay;
    meanSquare = fnma(splat(rmsStep), meanSquare, meanSquare);
    product = fnma(splat(rmsStep), product, product);
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
    return anyPairs ? unloadMetered<true>(tile, rows, peakDecay, rmsStep) : unloadMetered<false>(tile, rows, peakDecay, rmsStep);
  }
  float correlation(int left) const noexcept { return correlationOf(meanSquare[left], meanSquare[left + 1], product[left]); }

 private:
  template <bool withPairs>
  int unloadMetered(float* tile, float* rows, float peakDecay, float rmsStep) noexcept {
    Vf top{}, sum{}, both{};
    for (int from = 0; from < kQuantum; from += kLanes) {
      Vf r[kLanes];
      for (int i = 0; i < kLanes; i++) {
        r[i] = DESKD_ISA::load(tile + (from + i) * kLanes);
        top = max(abs(r[i]), top);
        sum = fma(r[i], r[i], sum);
        if (withPairs) both = fma(r[i], Gate::swapPairs(r[i]), both);
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
        top[i] = sum[i] = both[i] = both[i ^ 1] = 0;
        for (int n = 0; n < kQuantum; n++) rows[i * kQuantum + n] = 0;
      }
    }
    if (any(top >= 1.0f))
      for (int i = 0; i < kLanes; i++)
        if (top[i] >= 1.0f)
          for (int n = 0; n < kQuantum; n++) clips[i] += __builtin_fabsf(rows[i * kQuantum + n]) >= 1.0f;
    peak = max(top, peak * peakDecay);
    meanSquare = fma(splat(rmsStep), sum * (1.0f / kQuantum) - meanSquare, meanSquare);
    if (withPairs) product = fma(splat(rmsStep), both * (1.0f / kQuantum) - product, product);
    return bad;
  }
};

}  // namespace deskd::DESKD_ISA
