// The oscillator into the sums of master and buses, on both sides alike.
#pragma once
#include "alignment.h"

namespace deskd::DESKD_ISA {

class GraphOscillator : protected GraphAlignment {
 protected:
  using GraphAlignment::GraphAlignment;

  void runOscillator() noexcept {
    if (!core_->oscillator.used) return;
    alignas(64) double row[kQuantum], gains[kQuantum];
    core_->oscillator.run(table_, rate_, core_->frame, row);
    for (int i = 0; i <= spec_.busCount; i++) {
      SmoothGain& feed = oscillatorFeed_[i];
      if (!feed.moving() && feed.value == 0) continue;
      feed.run(table_, gains);
      const int output = i == spec_.busCount ? (int)kMasterLeft : kFirstBus + 2 * i;
      for (int o = output; o < output + 2; o++) {
        double* sum = sums_ + o * kQuantum;
        for (int n = 0; n < kQuantum; n++) sum[n] = (summed_[o] ? sum[n] : 0) + gains[n] * row[n];
        summed_[o] = 1;
      }
    }
  }
};

}  // namespace deskd::DESKD_ISA
