// Gains that follow from more than one parameter, and where buses go.
#pragma once
#include "parameters.h"

namespace deskd::DESKD_ISA {

class GraphRouting : protected GraphParameters {
 protected:
  using GraphParameters::GraphParameters;

  void aimMix(MixState& m, int i, float to, bool jump) noexcept {
    if (jump) m.gain.jump(i, to);
    else m.gain.target[i] = to;
    const uint32_t bit = 1u << i;
    if (to != m.gain.value[i] || m.gain.velocity[i] != 0) m.moving |= bit;
    if (to != 0 || m.gain.value[i] != 0) m.active |= bit;
    else if (!(m.moving & bit)) m.active &= ~bit;
  }

  void resolve() noexcept {
    if (!core_->anyDirty) return;
    core_->anyDirty = core_->anySolo = 0;
    for (int g = 0; g < groupCount_; g++) groupTaps_[g] = 0;
    for (int s = 0; s < spec_.stripCount; s++) {
      StripState& t = strip_[s];
      core_->anySolo |= t.solo;
      if (t.dirty || t.dirtySends || t.tapPending) resolveStrip(s);
      core_->anyDirty |= t.tapPending;
      groupTaps_[t.lane / kLanes] |= t.taps;
    }
    for (int b = 0; b < spec_.busCount; b++) {
      core_->anySolo |= bus_[b].solo;
      if (bus_[b].dirty || bus_[b].output != bus_[b].wantedOutput) resolveBus(b);
      core_->anyDirty |= bus_[b].output != bus_[b].wantedOutput;
    }
    const int source = core_->anySolo ? spec_.busCount + 1 : core_->monitorSource;
    for (int i = 0; i < spec_.busCount + 2; i++) {
      if (core_->monitorJump) monitorWeight_[i].jump(i == source);
      else monitorWeight_[i].target = i == source;
    }
    core_->monitorJump = 0;
  }

  void resolveStrip(int s) noexcept {
    StripState& t = strip_[s];
    const bool jump = t.dirty == 2;
    const bool whole = t.dirty || t.tapPending;
    const uint64_t sends = whole ? ~0ull : t.dirtySends;
    t.dirty = t.tapPending = 0;
    t.dirtySends = 0;
    const float post = t.mute ? 0 : t.fader;
    const PanGains pan = t.place;
    const PanGains flat = t.stereo ? PanGains{1, 1} : panGains(0, core_->panLaw);
    const bool pfl = core_->soloMode == 0;
    uint8_t taps = whole ? 0 : t.taps;
    for (int side = 0; side <= t.stereo; side++) {
      const int lane = t.lane + side, g = lane / kLanes, i = lane % kLanes;
      const float l = t.stereo && side ? 0 : 1, r = t.stereo && !side ? 0 : 1;  // which sides this lane feeds
      if (whole) {
        aimMix(mix(g, kMasterLeft), i, l * post * pan.left, jump);
        aimMix(mix(g, kMasterRight), i, r * post * pan.right, jump);
        const float solo = t.solo ? (pfl ? 1 : post) : 0;
        aimMix(mix(g, kSoloLeft), i, l * solo * (pfl ? flat.left : pan.left), jump);
        aimMix(mix(g, kSoloRight), i, r * solo * (pfl ? flat.right : pan.right), jump);
        if (jump) direct_[g].jump(i, post);
        else direct_[g].target[i] = post;
      }
      for (uint64_t todo = sends; todo; todo &= todo - 1) {
        const int b = __builtin_ctzll(todo);
        if (b >= spec_.busCount) break;
        const SendState& u = send(s, b);
        const bool postPan = u.tap == (int)SendTap::PostPan, behind = postPan || u.tap == (int)SendTap::PostFader;
        const int point = u.tap < (int)SendTap::PreFader ? (int)u.tap : (int)kTapEnd;
        const PanGains place = u.place;
        const float level = u.on ? u.gain * (behind ? post : 1) : 0;
        for (int right = 0; right < 2; right++) {
          MixState& m = mix(g, kFirstBus + 2 * b + right);
          const float feeds = right ? r : l;
          float to = feeds * level * (right ? place.right : place.left) * (postPan ? (right ? pan.right : pan.left) : 1);
          if (m.tap[i] != point) {
            // The row under a gain changes only while the gain is nought.
            if (jump || (m.gain.value[i] == 0 && m.gain.target[i] == 0)) m.setTap(i, point);
            else to = 0, t.tapPending = 1;
          }
          aimMix(m, i, to, jump);
          if (to != 0 || m.gain.value[i] != 0) taps |= (uint8_t)(1 << m.tap[i]);
        }
      }
    }
    t.taps = taps;
  }

  void resolveBus(int b) noexcept {
    BusState& t = bus_[b];
    const bool jump = t.dirty == 2;
    t.dirty = 0;
    const float post = t.mute ? 0 : t.fader;
    const PanGains pan = t.place;
    const bool pfl = core_->soloMode == 0;
    bool feeding = false;
    for (int side = 0; side < 2; side++) {
      const int lane = 2 * b + side;
      for (int o = side; o < outputs_; o += 2) feeding |= o >= kFirstBus && busMix(lane / kLanes, o).gain.value[lane % kLanes] != 0;
      feeding |= busMix(lane / kLanes, kMasterLeft + side).gain.value[lane % kLanes] != 0;
    }
    if (t.output != t.wantedOutput && (jump || !feeding) && !wouldLoop(b, t.wantedOutput)) {
      t.output = t.wantedOutput;
      findLevels();
    }
    for (int side = 0; side < 2; side++) {
      const int lane = 2 * b + side, g = lane / kLanes, i = lane % kLanes;
      const float gain = post * (side ? pan.right : pan.left);
      aimMix(busMix(g, kMasterLeft + side), i, t.output == -1 && t.wantedOutput == -1 ? gain : 0, jump);
      aimMix(busMix(g, kSoloLeft + side), i, t.solo ? (pfl ? 1 : gain) : 0, jump);
      for (int to = 0; to < spec_.busCount; to++)
        aimMix(busMix(g, kFirstBus + 2 * to + side), i, t.output == to && t.wantedOutput == to ? gain : 0, jump);
      if (jump) busPost_[g].jump(i, gain);
      else busPost_[g].target[i] = gain;
    }
  }

  bool wouldLoop(int b, int to) const noexcept {
    for (int steps = 0; to >= 0 && steps <= spec_.busCount; steps++, to = bus_[to].output)
      if (to == b) return true;
    return false;
  }

  void findLevels() noexcept {
    for (int b = 0; b < spec_.busCount; b++) bus_[b].level = 0;
    // A bus stands above all that feed it; routing has no loops, so as many passes as buses settle it.
    for (int pass = 0, changed = 1; changed && pass < spec_.busCount; pass++) {
      changed = 0;
      for (int b = 0; b < spec_.busCount; b++) {
        const int to = bus_[b].output;
        if (to >= 0 && bus_[to].level <= bus_[b].level) bus_[to].level = bus_[b].level + 1, changed = 1;
      }
    }
  }
};

}  // namespace deskd::DESKD_ISA
