// Where the EQ of a strip stands: before the gate, behind it, or behind the compressor. Strips of one group that differ share
// its filters: the chain runs once at every place, and each lane takes from it what runs at its own.
#pragma once
#include "taps.h"

namespace deskd::DESKD_ISA {

class GraphInsertOrder : protected GraphTaps {
 protected:
  using GraphTaps::GraphTaps;

  // Runs the EQ of the lanes that have it at this place, and keeps their taps before and behind it.
  void runEqAt(int g, EqPlace place) noexcept {
    LaneGroup& group = group_[g];
    const uint32_t lanes = group.eqLanes[place];
    if (!lanes) return;
    const auto keep = [&](TapPoint point) {
      place == kEqBehindCompressor ? keepLateTap(g, point, lanes) : keepTap(g, point, lanes);
    };
    keep(kTapPreEq);
    SvfChain chain = group.eqChain(tile(g));
    if (lanes == kAllLanes) {
      runSvfChain(chain);
    } else if (chain.count) {
      const Vi mask = (splati((int32_t)lanes) & laneBits_) != 0;
      Vf S1[kBandCount], s2[kBandCount];
      for (int f = 0; f < chain.count; f++) S1[f] = chain.filters[f]->S1, s2[f] = chain.filters[f]->s2;
      __builtin_memcpy(keyTile_, tile(g), kQuantum * kLanes * sizeof(float));
      chain.tile = keyTile_;
      runSvfChain(chain);
      for (int n = 0; n < kQuantum * kLanes; n += kLanes)
        store(tile(g) + n, select(mask, load(keyTile_ + n), load(tile(g) + n)));
      for (int f = 0; f < chain.count; f++) {
        Svf& filter = *chain.filters[f];
        filter.S1 = select(mask, filter.S1, S1[f]);
        filter.s2 = select(mask, filter.s2, s2[f]);
      }
    }
    keep(kTapPostEq);
  }

  // A lane whose order changes is faded out, and in again when nothing of the old order is left in the lines.
  void moveOrder(LaneGroup& group) noexcept {
    if (!group.reordering) return;
    for (int i = 0; i < kLanes; i++) {
      if (group.eqPlace[i] != group.wantedEqPlace[i]) {
        group.dip.target[i] = 0;
        if (group.dip.value[i] != 0 || group.dip.velocity[i] != 0) continue;
        group.eqPlace[i] = group.wantedEqPlace[i];
        group.dipQuanta[i] = stripLatency_ / kQuantum + kSettlingQuanta;
      } else if (group.dipQuanta[i] > 0) {
        group.dipQuanta[i]--;
      } else {
        group.dip.target[i] = 1;
      }
    }
    group.findEqLanes();
    group.dip.advance(table_);
  }

  // The fade, at the strips' ends and at what they tap around the EQ.
  void fadeOrder(int g) noexcept {
    LaneGroup& group = group_[g];
    if (!group.reordering) return;
    alignas(64) float gains[kQuantum * kLanes];
    for (int n = 0; n < kQuantum; n++) {
      const Vf gain = group.dip.target + (group.dip.a * table_.power[n] + group.dip.b * table_.rampPower[n]);
      store(gains + n * kLanes, gain);
      store(tile(g) + n * kLanes, load(tile(g) + n * kLanes) * gain);
    }
    for (TapPoint point : kEqTaps) {
      float* rows = tapRows_[point] + g * tileStride_;
      for (int i = 0; isTapped(g, point) && i < kLanes; i++)
        for (int n = 0; n < kQuantum; n++) rows[i * kQuantum + n] *= gains[n * kLanes + i];
    }
    group.reordering = any((group.dip.value != splat(1)) | (group.dip.velocity != Vf{}));
    for (int i = 0; i < kLanes; i++) group.reordering |= group.eqPlace[i] != group.wantedEqPlace[i];
  }

 private:
  static constexpr int kSettlingQuanta = 4;
  static constexpr TapPoint kEqTaps[] = {kTapPreEq, kTapPostEq};
};

}  // namespace deskd::DESKD_ISA
