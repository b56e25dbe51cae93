// Gains that follow from more than one parameter, and where buses go.
#pragma once
#include "parameters.h"

namespace deskd::DESKD_ISA {

constexpr float kMostFader = 10;  // +20 dB: what a fader comes to at most with its DCAs

class GraphRouting : protected GraphParameters {
 protected:
  using GraphParameters::GraphParameters;

  void aimMix(int g, int o, int i, float to, bool jump) noexcept {
    aimGain(mix(g, o), mixOutputs_[g], o, i, to, jump);
  }
  void aimBusMix(int g, int o, int i, float to, bool jump) noexcept {
    aimGain(busMix(g, o), busMixOutputs_[g], o, i, to, jump);
  }
  void aimGain(MixState& m, MixOutputs& outputs, int o, int i, float to, bool jump) noexcept {
    if (jump) m.gain.jump(i, to);
    else m.gain.target[i] = to;
    const uint32_t bit = 1u << i;
    if (to != m.gain.value[i] || m.gain.velocity[i] != 0) m.moving |= bit;
    if (to != 0 || m.gain.value[i] != 0) m.active |= bit;
    else if (!(m.moving & bit)) m.active &= ~bit;
    if (m.active) outputs.fed.add(o);
    outputs.changing.add(o);
  }

  bool isMuted(const ChannelState& c) const noexcept {
    if (c.mute || (c.muteGroups & core_->mutingGroups)) return true;
    for (uint32_t todo = c.dcas; todo; todo &= todo - 1)
      if (dca_[__builtin_ctz(todo)].mute) return true;
    return false;
  }
  // What a fader comes to with its DCAs and mutes, as an amplitude.
  float faderOf(const ChannelState& c) const noexcept {
    if (isMuted(c)) return 0;
    float gain = c.fader;
    for (uint32_t todo = c.dcas; todo; todo &= todo - 1) gain *= dca_[__builtin_ctz(todo)].fader;
    return gain < kMostFader ? gain : kMostFader;
  }
  bool isSoloed(const ChannelState& c) const noexcept {
    if (c.solo) return true;
    for (uint32_t todo = c.dcas; todo; todo &= todo - 1)
      if (dca_[__builtin_ctz(todo)].solo) return true;
    return false;
  }
  bool isLcr(const StripState& t) const noexcept { return t.lcr && !t.stereo && core_->centreBus >= 0; }
  bool solosInMonitor() const noexcept { return core_->soloMode != (int)SoloMode::Sip; }

  void resolve() noexcept {
    if (!core_->anyDirty) return;
    core_->anyDirty = core_->anySolo = 0;
    for (int s = 0; s < spec_.stripCount; s++) core_->anySolo |= isSoloed(strip_[s]);
    for (int b = 0; b < spec_.busCount; b++) core_->anySolo |= isSoloed(bus_[b]);
    findOpenBuses();
    for (int g = 0; g < groupCount_; g++) groupTaps_[g] = 0;
    for (int s = 0; s < spec_.stripCount; s++) {
      StripState& t = strip_[s];
      if (t.dirty || t.dirtySends || t.tapPending) resolveStrip(s);
      core_->anyDirty |= t.tapPending;
      groupTaps_[t.lane / kLanes] |= t.taps;
    }
    const AnalyserState& a = core_->analyser;
    const int analysed = a.source - 2 - spec_.busCount;
    if (a.on && analysed >= 0 && analysed < spec_.stripCount && a.tap < kTapEnd)
      groupTaps_[strip_[analysed].lane / kLanes] |= (uint8_t)(1 << a.tap);
    for (int b = 0; b < spec_.busCount; b++) {
      if (bus_[b].dirty || bus_[b].output != bus_[b].wantedOutput) resolveBus(b);
      core_->anyDirty |= bus_[b].output != bus_[b].wantedOutput;
    }
    const bool solo = (core_->anySolo && solosInMonitor()) || core_->anyListen;
    const int source = solo ? spec_.busCount + 1 : core_->monitorSource;
    for (int i = 0; i < spec_.busCount + 3; i++) {
      if (core_->monitorJump) monitorWeight_[i].jump(i == source);
      else monitorWeight_[i].target = i == source;
    }
    core_->monitorJump = 0;
    core_->monitorChanging = 1;
  }

  // Solo in place: a soloed strip is heard through every bus it feeds, a soloed bus with all that feeds it, and a soloed
  // return of an effect with all that feeds the effect.
  void findOpenBuses() noexcept {
    const int32_t inPlace = core_->anySolo && !solosInMonitor();
    uint64_t open = 0, fed = 0;
    if (inPlace) {
      for (int b = 0; b < spec_.busCount; b++) {
        if (isSoloed(bus_[b])) fed |= 1ull << b, open |= 1ull << b;
      }
      for (int s = 0; s < spec_.stripCount; s++) {
        const StripState& t = strip_[s];
        if (!isSoloed(t)) continue;
        for (int b = 0; b < spec_.busCount; b++)
          if ((send(s, b).on && send(s, b).gain != 0) || (isLcr(t) && b == core_->centreBus)) open |= 1ull << b;
        if (t.returns >= 0 && fx_[t.returns].wantedSource >= 0) fed |= 1ull << fx_[t.returns].wantedSource;
      }
      // Along the outputs, which have no loops: upwards to all that makes up what must sound, downwards to where it goes.
      uint64_t feeders = 0;
      for (int pass = 0; pass < spec_.busCount; pass++) {
        for (int b = 0; b < spec_.busCount; b++) {
          const int to = bus_[b].wantedOutput;
          if (to < 0) continue;
          if (fed >> to & 1) fed |= 1ull << b, feeders |= 1ull << b;
          if (open >> b & 1) open |= 1ull << to;
        }
      }
      open |= feeders;
      for (int b = 0; b < spec_.busCount; b++)
        if (bus_[b].soloSafe) open |= 1ull << b;
    }
    if (inPlace == core_->soloInPlace && open == core_->openBuses && fed == core_->fedBuses) return;
    core_->soloInPlace = inPlace;
    core_->openBuses = open;
    core_->fedBuses = fed;
    const uint8_t how = core_->monitorJump ? 2 : 1;
    for (int s = 0; s < spec_.stripCount; s++) strip_[s].dirty = strip_[s].dirty > how ? strip_[s].dirty : how;
    for (int b = 0; b < spec_.busCount; b++) bus_[b].dirty = bus_[b].dirty > how ? bus_[b].dirty : how;
  }

  void resolveStrip(int s) noexcept {
    StripState& t = strip_[s];
    const bool jump = t.dirty == 2;
    const bool whole = t.dirty || t.tapPending;
    const uint64_t sends = whole ? ~0ull : t.dirtySends;
    t.dirty = t.tapPending = 0;
    t.dirtySends = 0;
    const float post = faderOf(t);
    const bool soloed = isSoloed(t);
    const float inMaster = !core_->soloInPlace || soloed || t.soloSafe ? post : 0;
    const PanGains pan = t.place;
    const bool lcr = isLcr(t);
    const LcrGains places = lcr ? lcrGains(t.pan) : LcrGains{pan, 0};
    const PanGains flat = t.stereo ? PanGains{1, 1} : panGains(0, core_->panLaw);
    const bool pfl = core_->soloMode == (int)SoloMode::Pfl;
    uint8_t taps = whole ? 0 : t.taps;
    for (int side = 0; side <= t.stereo; side++) {
      const int lane = t.lane + side, g = lane / kLanes, i = lane % kLanes;
      const float l = t.stereo && side ? 0 : 1, r = t.stereo && !side ? 0 : 1;  // which sides this lane feeds
      if (whole) {
        aimMix(g, kMasterLeft, i, l * inMaster * places.sides.left, jump);
        aimMix(g, kMasterRight, i, r * inMaster * places.sides.right, jump);
        const float solo = soloed && solosInMonitor() ? (pfl ? 1 : post) : 0;
        aimMix(g, kSoloLeft, i, l * solo * (pfl ? flat.left : pan.left), jump);
        aimMix(g, kSoloRight, i, r * solo * (pfl ? flat.right : pan.right), jump);
        if (jump) direct_[g].jump(i, post);
        else direct_[g].target[i] = post;
      }
      for (uint64_t todo = sends; todo; todo &= todo - 1) {
        const int b = __builtin_ctzll(todo);
        if (b >= spec_.busCount) break;
        const SendState& u = send(s, b);
        const bool postPan = u.tap == (int)SendTap::PostPan, behind = postPan || u.tap == (int)SendTap::PostFader;
        const bool isCentre = lcr && b == core_->centreBus;  // then the pan takes the place of the send
        const int point = isCentre ? (int)kTapEnd : u.tap < (int)SendTap::PreFader ? (int)u.tap : (int)kTapEnd;
        const PanGains place = u.place;
        const float level = u.on ? u.gain * (behind ? (core_->fedBuses >> b & 1 ? post : inMaster) : 1) : 0;
        for (int right = 0; right < 2; right++) {
          MixState& m = mix(g, kFirstBus + 2 * b + right);
          const float feeds = right ? r : l;
          float to = feeds * level * (right ? place.right : place.left) * (postPan ? (right ? pan.right : pan.left) : 1);
          if (isCentre) to = right ? 0 : inMaster * places.centre;
          if (m.tap[i] != point) {
            // The row under a gain changes only while the gain is nought.
            if (jump || (m.gain.value[i] == 0 && m.gain.target[i] == 0)) m.setTap(i, point);
            else to = 0, t.tapPending = 1;
          }
          aimMix(g, kFirstBus + 2 * b + right, i, to, jump);
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
    const float post = faderOf(t);
    const PanGains pan = t.place;
    const bool pfl = core_->soloMode == (int)SoloMode::Pfl;
    const bool soloed = isSoloed(t) && solosInMonitor();
    const float open = !core_->soloInPlace || (core_->openBuses >> b & 1) ? 1 : 0;
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
      const float gain = post * (side ? pan.right : pan.left), onwards = open * gain;
      aimBusMix(g, kMasterLeft + side, i, t.output == -1 && t.wantedOutput == -1 ? onwards : 0, jump);
      aimBusMix(g, kSoloLeft + side, i, soloed ? (pfl ? 1 : gain) : 0, jump);
      for (int to = 0; to < spec_.busCount; to++)
        aimBusMix(g, kFirstBus + 2 * to + side, i, t.output == to && t.wantedOutput == to ? onwards : 0, jump);
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
    for (int b = 0; b < spec_.busCount; b++) bus_[b].level = bus_[b].arrives = 0, bus_[b].leaves = bus_[b].ahead;
    // A bus stands above all that feed it, and waits for the latest of them; routing has no loops, so as many passes as buses settle it.
    for (int pass = 0, changed = 1; changed && pass < spec_.busCount; pass++) {
      changed = 0;
      for (int b = 0; b < spec_.busCount; b++) {
        const int to = bus_[b].output;
        if (to < 0) continue;
        if (bus_[to].level <= bus_[b].level) bus_[to].level = bus_[b].level + 1, changed = 1;
        const int leaves = bus_[b].leaves < busLatency_ ? bus_[b].leaves : busLatency_;
        if (bus_[to].arrives < leaves) bus_[to].arrives = leaves, bus_[to].leaves = leaves + bus_[to].ahead, changed = 1;
      }
    }
  }
};

}  // namespace deskd::DESKD_ISA
