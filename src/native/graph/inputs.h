// Strips from their sources to the end of the EQ.
#pragma once
#include "insert-order.h"

namespace deskd::DESKD_ISA {

class GraphInputs : protected GraphInsertOrder {
 protected:
  using GraphInsertOrder::GraphInsertOrder;

  // A source without what is not finite (counted, silenced) or beyond 2²⁰ (held there).
  const float* madeSafe(const float* source, float* scratch) noexcept {
    for (int n = 0; n < kQuantum; n++) {
      const float x = source[n];
      const bool finite = (__builtin_bit_cast(uint32_t, x) & 0x7f800000) != 0x7f800000;
      core_->nonFinite += !finite;
      scratch[n] = !finite ? 0 : x > 1048576.0f ? 1048576.0f : x < -1048576.0f ? -1048576.0f : x;
    }
    return scratch;
  }

  // A strip side's source behind its delay line.
  const float* delayed(int lane, const float* source, float* scratch) noexcept {
    DelayState& d = delay_[lane];
    source = source == silence_ ? source : madeSafe(source, safeRow_);
    float* line = rings_ + (size_t)lane * ringLength_;
    const int64_t mask = ringLength_ - 1, now = core_->frame;
    const int fadeFrames = ((int)(kDelayFadeSeconds * rate_) + kQuantum - 1) / kQuantum * kQuantum;
    if (d.target == d.current && d.fadeLeft == 0 && d.valid >= fadeFrames && d.valid >= d.current) {
      __builtin_memcpy(line + (now & mask), source, kQuantum * sizeof(float));
      d.valid += kQuantum;
      const int64_t from = (now - d.current) & mask, first = ringLength_ - from < kQuantum ? ringLength_ - from : kQuantum;
      __builtin_memcpy(scratch, line + from, (size_t)first * sizeof(float));
      __builtin_memcpy(scratch + first, line, (size_t)(kQuantum - first) * sizeof(float));
      return scratch;
    }
    const auto raised = [&](int64_t n) { return 0.5 - 0.5 * __builtin_cos(3.141592653589793 * (double)(n + 1) / fadeFrames); };
    // A line that was just switched on holds nothing before now: what it will give starts with a fade.
    for (int n = 0; n < kQuantum; n++)
      line[(now + n) & mask] = d.valid < fadeFrames ? (float)(raised(d.valid + n) * source[n]) : source[n];
    d.valid += kQuantum;
    const auto tap = [&](int n, int delay) {
      if (delay == 0) return source[n];
      return delay < d.valid - kQuantum + n + 1 ? line[(now + n - delay) & mask] : 0;
    };
    if (d.target != d.current && d.fadeLeft == 0) d.fadeLeft = fadeFrames, d.next = d.target;
    for (int n = 0; n < kQuantum; n++) {
      if (d.fadeLeft == 0) {
        scratch[n] = tap(n, d.current);
        continue;
      }
      const double w = raised(fadeFrames - d.fadeLeft);
      scratch[n] = (float)((1 - w) * tap(n, d.current) + w * tap(n, d.next));
      if (--d.fadeLeft == 0) d.current = d.next;
    }
    return scratch;
  }

  // Sources of a group into its tile, trimmed.
  void gather(int g, const GraphBlock& block) noexcept {
    const float* sources[kLanes];
    for (int i = 0; i < kLanes; i++) {
      const int lane = g * kLanes + i, from = laneSource_[lane];
      const float* source = from >= 0 ? block.sources[from] : nullptr;
      sources[i] = source ? source : silence_;
      DelayState& d = delay_[lane];
      if (d.current == 0 && d.target == 0) d.valid = 0;
      else sources[i] = delayed(lane, sources[i], sourceRows_ + i * kQuantum);
    }
    if (LaneGroup::gather(sources, tile(g))) {
      for (int i = 0; i < kLanes; i++) sources[i] = madeSafe(sources[i], sourceRows_ + i * kQuantum);
      LaneGroup::gather(sources, tile(g));
    }
    group_[g].runTrim(table_, tile(g));
    group_[g].sides.run(table_, tile(g));
  }

  // What comes next is on its way while this quantum is computed: sources are read once and lie all over the memory.
  // A few at a time, for no more than two dozen lines can be waited for at once; and into the second-level cache, where they
  // drive nothing out that is still needed.
  [[gnu::always_inline]] void fetchNext(int g, int part, const GraphBlock& block) const noexcept {
    constexpr int parts = 4;
    for (int i = part * kLanes / parts; i < (part + 1) * kLanes / parts; i++) {
      const int from = laneSource_[g * kLanes + i];
      const float* source = from >= 0 ? block.sources[from] : nullptr;
      if (!source) continue;
      for (int n = 0; n < kQuantum; n += 16) __builtin_prefetch(source + kQuantum + n, 0, 2);
    }
  }

  // From source to the end of the EQ, two groups side by side where there are two. Keys from other strips are tapped behind
  // the high-pass, so where a gate has one all strips must have come that far.
  void runStrips(const GraphBlock& block) noexcept {
    if (core_->keyedGates)
      for (int g = 0; g < groupCount_; g += 2) runHighPasses(g, g + 1 < groupCount_, block);
    for (int g = 0; g < groupCount_; g += 2) {
      if (!core_->keyedGates) runHighPasses(g, g + 1 < groupCount_, block);
      runGatesAndEqs(g, g + 1 < groupCount_);
      for (int i = g; i < groupCount_ && i <= g + 1; i++) fetchNext(i, 1, block);
    }
  }

  void runHighPasses(int g, bool pair, const GraphBlock& block) noexcept {
    for (int i = g; i <= g + pair; i++) {
      group_[i].prepare(table_, rate_);
      gather(i, block);
    }
    SvfChain chainA = group_[g].hpfChain(tile(g)), chainB;
    if (pair) chainB = group_[g + 1].hpfChain(tile(g + 1));
    runSvfChains(chainA, pair ? &chainB : nullptr);
    for (int i = g; i <= g + pair; i++) fetchNext(i, 0, block);
    for (int i = g; i <= g + pair; i++) {
      if (groupKeys_[i]) LaneGroup::unload(tile(i), keyRows_ + i * tileStride_);
      keepTap(i, kTapInput, kAllLanes);
    }
  }

  void runGatesAndEqs(int g, bool pair) noexcept {
    bool usual = true;
    for (int i = g; i <= g + pair; i++) {
      LaneGroup& group = group_[i];
      moveOrder(group);
      runEqAt(i, kEqBeforeGate);
      const float* key = group.gateKeyOf(tile(i), keyTile_, keyRowPointers_);
      if (group.gateKey.listening) listenTo(group.gateKey, key, group.pairs, kAllLanes);
      group.runGate(tile(i), key);
      usual &= group.eqLanes[kEqBeforeCompressor] == kAllLanes;
    }
    if (!usual) {
      for (int i = g; i <= g + pair; i++) runEqAt(i, kEqBeforeCompressor);
      return;
    }
    for (int i = g; i <= g + pair; i++) keepTap(i, kTapPreEq, kAllLanes);
    SvfChain chainA = group_[g].eqChain(tile(g)), chainB;
    if (pair) chainB = group_[g + 1].eqChain(tile(g + 1));
    runSvfChains(chainA, pair ? &chainB : nullptr);
    for (int i = g; i <= g + pair; i++) keepTap(i, kTapPostEq, kAllLanes);
  }

  // The compressor of a group of strips or buses.
  void runCompressor(LaneGroup& group, float* tile, uint32_t lanes) noexcept {
    const float* key = group.compKeyOf(tile, keyTile_, keyRowPointers_);
    if (group.compKey.listening) listenTo(group.compKey, key, group.pairs, lanes);
    group.runCompressor(tile, key);
  }

  // Adds keys that are listened to to the solo sum: mono ones in the centre, stereo ones each to its side.
  void listenTo(const Key& key, const float* keyTile, Vi pairs, uint32_t lanes) noexcept {
    const PanGains centre = panGains(0, core_->panLaw);
    for (int o = kSoloLeft; o <= kSoloRight; o++) {
      double* sum = sums_ + o * kQuantum;
      for (int n = 0; !summed_[o] && n < kQuantum; n += kWide) stored(sum + n, Vd{});
      summed_[o] = 1;
      for (uint32_t todo = key.listening & lanes; todo; todo &= todo - 1) {
        const int i = __builtin_ctz(todo), side = o - kSoloLeft;
        const double place = pairs[i] ? (i % 2 == side ? 1 : 0) : side ? centre.right : centre.left;
        const double a = place * key.listen.a[i], b = place * key.listen.b[i], target = place * key.listen.target[i];
        for (int n = 0; n < kQuantum; n++)
          sum[n] += keyTile[n * kLanes + i] * (target + (a * table_.power[n] + b * table_.rampPower[n]));
      }
    }
  }
};

}  // namespace deskd::DESKD_ISA
