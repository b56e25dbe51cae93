// Talkback, added to the device outputs of buses and to the monitor. Nothing here reaches master, recorder or meters.
#pragma once
#include "fx.h"

namespace deskd::DESKD_ISA {

class GraphTalkback : protected GraphFx {
 protected:
  using GraphFx::GraphFx;

  // Makes the row that talkback adds to each of its feeds: the buses, and last the monitor.
  void runTalkback(const GraphBlock& block) noexcept {
    TalkbackState& t = core_->talkback;
    const int feeds = spec_.busCount + 1;
    isTalking_ = t.on || t.gain.value != 0 || t.gain.moving();
    if (!isTalking_) {
      t.input = t.wantedInput;
      for (int i = 0; i < feeds; i++) talkbackFeed_[i].jump(talkbackFeed_[i].target);
      return;
    }
    // Another input: down on the old one, up on the new one.
    if (t.input != t.wantedInput && t.gain.value == 0 && !t.gain.moving()) t.input = t.wantedInput;
    t.gain.target = t.on && t.input == t.wantedInput ? t.level : 0;
    const bool isThere = t.input >= 0 && t.input < block.inputCount;
    const float* in = isThere ? madeSafe(block.inputs[t.input], safeRow_) : silence_;
    alignas(64) double gains[kQuantum], shares[kQuantum];
    t.gain.run(table_, gains);
    for (int i = 0; i < feeds; i++) {
      SmoothGain& feed = talkbackFeed_[i];
      talkbackHeard_[i] = feed.moving() || feed.value != 0;
      if (!talkbackHeard_[i]) continue;
      feed.run(table_, shares);
      for (int n = 0; n < kQuantum; n++) talkbackRows_[i * kQuantum + n] = (float)(gains[n] * shares[n]) * in[n];
    }
  }

  // A row with the talkback of its feed, in `scratch` where there is any.
  const float* withTalkback(int feed, const float* row, float* scratch) const noexcept {
    if (!isTalking_ || !talkbackHeard_[feed]) return row;
    for (int n = 0; n < kQuantum; n++) scratch[n] = row[n] + talkbackRows_[feed * kQuantum + n];
    return scratch;
  }
};

}  // namespace deskd::DESKD_ISA
