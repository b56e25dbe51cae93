// Strips from their sources to the end of the EQ.
#pragma once
#include "routing.h"

namespace deskd::DESKD_ISA {

class GraphInputs : protected GraphRouting {
 protected:
  using GraphRouting::GraphRouting;

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
  }

  void keepTap(int g, TapPoint point) noexcept {
    if (groupTaps_[g] & 1 << point) LaneGroup::unload(tile(g), tapRows_[point] + g * tileStride_);
  }

  // From source to the end of the EQ: one group, or two side by side.
  void runInputs(int g, bool pair, const GraphBlock& block) noexcept {
    LaneGroup &a = group_[g], *b = pair ? &group_[g + 1] : nullptr;
    for (int i = g; i <= g + pair; i++) {
      group_[i].prepare(table_, rate_);
      gather(i, block);
    }
    SvfChain chainA = a.hpfChain(tile(g)), chainB;
    if (b) chainB = b->hpfChain(tile(g + 1));
    runSvfChains(chainA, b ? &chainB : nullptr);
    for (int i = g; i <= g + pair; i++) {
      if (groupKeys_[i]) LaneGroup::unload(tile(i), keyRows_ + i * tileStride_);
      keepTap(i, kTapInput);
      group_[i].runGate(tile(i));
      keepTap(i, kTapPreEq);
    }
    chainA = a.eqChain(tile(g));
    if (b) chainB = b->eqChain(tile(g + 1));
    runSvfChains(chainA, b ? &chainB : nullptr);
    for (int i = g; i <= g + pair; i++) keepTap(i, kTapPostEq);
  }
};

}  // namespace deskd::DESKD_ISA
