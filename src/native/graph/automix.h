// The shares of the strips in the automix, from the levels of the quantum before.
#pragma once
#include "inputs.h"

namespace deskd::DESKD_ISA {

class GraphAutomix : protected GraphInputs {
 protected:
  using GraphInputs::GraphInputs;

  void shareGains() noexcept {
    if (!core_->automixMembers) return;
    float total[kAutomixGroups] = {};
    core_->automixMembers = 0;
    for (int s = 0; s < spec_.stripCount; s++) {
      const StripState& t = strip_[s];
      if (!t.automixOn) continue;
      core_->automixMembers++;
      if (!isMuted(t)) total[t.automixGroup] += weighedLevel(t);
    }
    for (int g = 0; g < groupCount_; g++) automix_[g].used = automix_[g].used != 0;
    for (int s = 0; s < spec_.stripCount; s++) {
      const StripState& t = strip_[s];
      if (!t.automixOn) continue;
      // A muted one takes no share, and waits where it would stand if it came in.
      const float own = weighedLevel(t), all = total[t.automixGroup] + (isMuted(t) ? own : 0);
      const float gain = __builtin_sqrtf(own / all);
      Automix& a = automix_[t.lane / kLanes];
      for (int side = 0; side <= t.stereo; side++) a.gain.target[t.lane % kLanes + side] = gain < 1 ? gain : 1;
      a.used = 2;
    }
  }

  void runAutomix(int g) noexcept { automix_[g].run(table_, tile(g), automixMean_, automixRelease_); }

 private:
  float weighedLevel(const StripState& t) const noexcept {
    const Vf& level = automix_[t.lane / kLanes].level;
    const int i = t.lane % kLanes;
    const float power = t.stereo ? 0.5f * (level[i] + level[i + 1]) : level[i];
    return t.automixWeight * (power + kAutomixFloor);
  }
};

}  // namespace deskd::DESKD_ISA
