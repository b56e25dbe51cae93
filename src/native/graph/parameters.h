// A parameter's value on its way to the kernel that it belongs to.
#pragma once
#include "state.h"

namespace deskd::DESKD_ISA {

class GraphParameters : protected GraphState {
 protected:
  using GraphState::GraphState;

  void setParameter(uint32_t index, float value, bool jump) noexcept {
    jump_ = jump;
    if (index >= params_.stripBase()) {
      const uint32_t at = index - params_.stripBase(), s = at / params_.stripStride();
      if (s < (uint32_t)spec_.stripCount) setStrip((int)s, at % params_.stripStride(), value);
    } else if (index >= params_.fxBase()) {
      const uint32_t at = index - params_.fxBase();
      fx_[at / params_.fxStride()].set(at % params_.fxStride(), value, jump, spec_.busCount, fxPlan_);
      touch();
    } else if (index >= params_.busBase()) {
      const uint32_t at = index - params_.busBase();
      setBus((int)(at / params_.busStride()), at % params_.busStride(), value);
    } else if (index >= params_.outputBase()) {
      OutputState& o = output_[index - params_.outputBase()];
      o.wanted = (int)value;
      if (jump) o.source = o.wanted, o.gain.jump(1);
    } else if (index >= params_.dcaBase()) {
      const uint32_t at = index - params_.dcaBase();
      setDca((int)(at / params_.dcaStride()), at % params_.dcaStride(), value);
    } else if (index >= params_.muteGroupBase()) {
      setMuteGroup((int)((index - params_.muteGroupBase()) / params_.muteGroupStride()), value);
    } else if (index >= params_.sceneBase) {
      // The control side's.
    } else if (index >= params_.transportBase) {
      // The engine's, but for what effects go by.
      if (index - params_.transportBase == deskd::params::transport::tempoBpm)
        for (int f = 0; f < spec_.fxCount; f++) fx_[f].delay.setTempo(value, jump, fxPlan_.tables);
    } else if (index >= params_.analyserBase) {
      setAnalyser(index - params_.analyserBase, value);
    } else if (index >= params_.talkbackBase) {
      setTalkback(index - params_.talkbackBase, value);
    } else if (index >= params_.oscillatorBase) {
      setOscillator(index - params_.oscillatorBase, value);
    } else if (index >= params_.monitorBase) {
      setMonitor(index - params_.monitorBase, value);
    } else if (index >= params_.masterBase) {
      setMaster(index - params_.masterBase, value);
    } else {
      setDesk(index - params_.deskBase, value);
    }
  }

 private:
  void touchStrip(int s) noexcept {
    strip_[s].dirty = jump_ ? 2 : strip_[s].dirty ? strip_[s].dirty : 1;
    touch();
  }
  void touchSend(int s, int b) noexcept {
    if (jump_) return touchStrip(s);
    strip_[s].dirtySends |= 1ull << b;
    touch();
  }
  void touchBus(int b) noexcept {
    bus_[b].dirty = jump_ ? 2 : bus_[b].dirty ? bus_[b].dirty : 1;
    touch();
  }
  void touch() noexcept {
    core_->anyDirty = 1;
    core_->monitorJump |= jump_;
  }
  void placeStrip(int s) noexcept {
    StripState& t = strip_[s];
    t.place = t.stereo ? balanceGains(t.pan, core_->panLaw) : panGains(t.pan, core_->panLaw);
    touchStrip(s);
  }
  void placeSend(int s, int b) noexcept {
    SendState& t = send(s, b);
    const bool stereo = strip_[s].stereo || t.tap == (int)SendTap::PostPan;
    t.place = stereo ? balanceGains(t.pan, core_->panLaw) : panGains(t.pan, core_->panLaw);
    touchSend(s, b);
  }
  void placeBus(int b) noexcept {
    bus_[b].place = balanceGains(bus_[b].pan, core_->panLaw);
    touchBus(b);
  }

  void aim(SmoothValues& v, int lane, float to) noexcept {
    if (jump_) v.jump(lane, to);
    else v.target[lane] = to;
  }
  void aim(SmoothGain& v, double to) noexcept {
    if (jump_) v.jump(to);
    else v.target = to;
  }

  void setDesk(uint32_t at, float value) noexcept {
    namespace p = deskd::params::desk;
    switch (at) {
      case p::panLaw:
        core_->panLaw = (int)value;
        for (int s = 0; s < spec_.stripCount; s++) {
          placeStrip(s);
          for (int b = 0; b < spec_.busCount; b++) placeSend(s, b);
        }
        for (int b = 0; b < spec_.busCount; b++) placeBus(b);
        return;
      case p::centreBus:
        core_->centreBus = (int)value <= spec_.busCount ? (int)value - 1 : -1;
        for (int s = 0; s < spec_.stripCount; s++)
          if (strip_[s].lcr) touchStrip(s);
        return;
    }
  }

  void setStrip(int s, uint32_t at, float value) noexcept {
    namespace p = deskd::params::strip;
    StripState& t = strip_[s];
    if (at >= params_.stripDca()) return setMember(t.dcas, at - params_.stripDca(), value), touchStrip(s);
    if (at >= p::send::base) {
      const uint32_t b = (at - p::send::base) / p::send::stride;
      return setSend(s, (int)b, (at - p::send::base) % p::send::stride, value);
    }
    switch (at) {
      case p::input:
        t.returns = (int)value - 2 - spec_.inputCount;
        if (t.returns >= spec_.fxCount) t.returns = -1;
        return touchStrip(s);
      case p::trimDb: t.trim = amplitudeOf(value); return setTrim(t);
      case p::polarity: t.polarity = value != 0; return setTrim(t);
      case p::polarityLeft: t.polarityLeft = value != 0; return setSides(t);
      case p::polarityRight: t.polarityRight = value != 0; return setSides(t);
      case p::stereoMode: t.stereoMode = (uint8_t)value; return setSides(t);
      case p::widthPercent: return setWidth(t, value * 0.01f);
      case p::automix::base + p::automix::on: return setAutomix(t, value != 0);
      case p::automix::base + p::automix::group: t.automixGroup = value != 0; return;
      case p::automix::base + p::automix::weightDb: t.automixWeight = amplitudeOf(2 * value); return;
      case p::panMode: t.lcr = value != 0; return touchStrip(s);
      case p::delayMs: return setDelay(t, value);
      case p::pan: t.pan = value; return placeStrip(s);
      case p::faderDb: t.fader = amplitudeOf(value); return touchStrip(s);
      case p::mute: t.mute = value != 0; return touchStrip(s);
      case p::solo: t.solo = value != 0; return touchStrip(s);
      case p::soloSafe: t.soloSafe = value != 0; return touchStrip(s);
    }
    if (at == p::order) return setOrder(t, (int)value);
    if (at - p::muteGroup::base < kMuteGroupCount) {
      setMember(t.muteGroups, at - p::muteGroup::base, value);
      return touchStrip(s);
    }
    for (int side = 0; side <= t.stereo; side++) {
      const int lane = t.lane + side;
      LaneGroup& g = group_[lane / kLanes];
      const int i = lane % kLanes;
      g.settled = 0;
      if (at - p::hpf::base < p::hpf::size) setHpf(g.hpf, i, at - p::hpf::base, value);
      else if (at - p::gate::base < p::gate::size) setGate(g, i, at - p::gate::base, value, side, t.stereo);
      else if (at - p::eq::base < p::eq::size) setEq(g, i, at - p::eq::base, value);
      else if (at - p::comp::base < p::comp::size) setComp(g, i, at - p::comp::base, value, side, t.stereo);
    }
    if (isKey(at - p::gate::base, p::gate::key) || isKey(at - p::comp::base, p::comp::key)) findKeys();
  }

  void setBus(int b, uint32_t at, float value) noexcept {
    namespace p = deskd::params::bus;
    BusState& t = bus_[b];
    if (at >= params_.busDca()) return setMember(t.dcas, at - params_.busDca(), value), touchBus(b);
    switch (at) {
      case p::pan: t.pan = value; return placeBus(b);
      case p::faderDb: t.fader = amplitudeOf(value); return touchBus(b);
      case p::mute: t.mute = value != 0; return touchBus(b);
      case p::solo: t.solo = value != 0; return touchBus(b);
      case p::soloSafe: t.soloSafe = value != 0; return touchBus(b);
      case p::oscillator: return setOscillatorFeed(b, value);
      case p::talkback: return aim(talkbackFeed_[b], value != 0);
      case p::output:
        t.wantedOutput = (int)value - 1;
        if (t.wantedOutput == spec_.busCount) t.wantedOutput = -2;
        if (t.wantedOutput > spec_.busCount) t.wantedOutput = -1;
        return touchBus(b);
    }
    if (at - p::muteGroup::base < kMuteGroupCount) {
      setMember(t.muteGroups, at - p::muteGroup::base, value);
      return touchBus(b);
    }
    for (int side = 0; side < 2; side++) {
      LaneGroup& g = busGroup_[(2 * b + side) / kLanes];
      const int i = (2 * b + side) % kLanes;
      g.settled = 0;
      if (at - p::eq::base < p::eq::size) setEq(g, i, at - p::eq::base, value);
      else if (at - p::comp::base < p::comp::size) setComp(g, i, at - p::comp::base, value, side, true);
    }
    if (isKey(at - p::comp::base, p::comp::key)) findKeys();
  }

  template <class Bits>
  static void setMember(Bits& groups, uint32_t group, float value) noexcept {
    const Bits bit = (Bits)(1u << group);
    groups = value != 0 ? (Bits)(groups | bit) : (Bits)(groups & ~bit);
  }

  template <class IsMember>
  void touchMembers(IsMember isMember) noexcept {
    for (int s = 0; s < spec_.stripCount; s++)
      if (isMember(strip_[s])) touchStrip(s);
    for (int b = 0; b < spec_.busCount; b++)
      if (isMember(bus_[b])) touchBus(b);
    touch();
  }

  void setDca(int d, uint32_t at, float value) noexcept {
    namespace p = deskd::params::dca;
    switch (at) {
      case p::faderDb: dca_[d].fader = amplitudeOf(value); break;
      case p::mute: dca_[d].mute = value != 0; break;
      case p::solo: dca_[d].solo = value != 0; break;
      default: return;
    }
    touchMembers([&](const ChannelState& c) { return c.dcas >> d & 1; });
  }

  void setMuteGroup(int group, float value) noexcept {
    setMember(core_->mutingGroups, (uint32_t)group, value);
    touchMembers([&](const ChannelState& c) { return c.muteGroups >> group & 1; });
  }

  void setSend(int s, int b, uint32_t at, float value) noexcept {
    namespace p = deskd::params::strip::send;
    SendState& t = send(s, b);
    switch (at) {
      case p::on: t.on = value != 0; return touchSend(s, b);
      case p::levelDb: t.gain = amplitudeOf(value); return touchSend(s, b);
      case p::tap: t.tap = (uint8_t)value; return placeSend(s, b);
      case p::pan: t.pan = value; return placeSend(s, b);
    }
  }

  void setTrim(const StripState& t) noexcept {
    for (int lane = t.lane; lane <= t.lane + t.stereo; lane++) {
      LaneGroup& g = group_[lane / kLanes];
      const float to = t.polarity ? -t.trim : t.trim;
      if (jump_) g.trim.jump(lane % kLanes, to);
      else g.trim.target[lane % kLanes] = to;
      g.trimMoving = g.trimUsed = 1;
    }
  }

  void setSides(const StripState& t) noexcept {
    if (!t.stereo) return;
    for (int side = 0; side < 2; side++) {
      SideGains to = stereoModeGains((StereoMode)t.stereoMode, side);
      // Polarity belongs to what comes in.
      if (side ? t.polarityRight : t.polarityLeft) to.own = -to.own;
      if (side ? t.polarityLeft : t.polarityRight) to.cross = -to.cross;
      group_[t.lane / kLanes].sides.set(t.lane % kLanes + side, to, jump_);
    }
  }

  void setWidth(const StripState& t, float width) noexcept {
    for (int side = 0; side < 2 && t.stereo; side++)
      group_[t.lane / kLanes].width.set(t.lane % kLanes + side, widthGains(width), jump_);
  }

  void setAutomix(StripState& t, bool on) noexcept {
    t.automixOn = on;
    core_->automixMembers++;
    Automix& a = automix_[t.lane / kLanes];
    if (on) a.used = 2;
    for (int i = t.lane % kLanes; i <= t.lane % kLanes + t.stereo && !on; i++) {
      a.gain.target[i] = 1;
      if (jump_) a.gain.jump(i, 1);
    }
  }

  void setDelay(const StripState& t, float ms) noexcept {
    for (int lane = t.lane; lane <= t.lane + t.stereo; lane++) {
      DelayState& d = delay_[lane];
      d.target = (int)__builtin_lround(ms * 0.001 * rate_);
      if (jump_) d.current = d.target, d.fadeLeft = 0, d.valid = d.target ? ringLength_ : 0;
    }
  }

  // In the order of processors/channel/params.ts.
  void setOrder(const StripState& t, int order) noexcept {
    constexpr EqPlace places[] = {kEqBeforeCompressor, kEqBehindCompressor, kEqBeforeGate};
    for (int lane = t.lane; lane <= t.lane + t.stereo; lane++) {
      LaneGroup& g = group_[lane / kLanes];
      const int i = lane % kLanes;
      g.wantedEqPlace[i] = (uint8_t)places[order];
      if (jump_) g.eqPlace[i] = g.wantedEqPlace[i], g.findEqLanes();
      else g.reordering = 1;
    }
  }

  void setHpf(HighPass& h, int i, uint32_t at, float value) noexcept {
    namespace p = deskd::params::strip::hpf;
    switch (at) {
      case p::on: h.on[i] = value != 0; break;
      case p::frequencyHz: aim(h.octave, i, (float)__builtin_log2(value)); break;
      case p::slope: h.wantedSlope[i] = (uint8_t)value; break;
    }
    h.moving = 1;
    if (jump_) h.fresh = 1;
  }

  static constexpr float kOctavesPerDb = 0.16609640474436813f;  // log2 of amplitude

  void setGate(LaneGroup& group, int i, uint32_t at, float value, int side, bool stereo) noexcept {
    namespace p = deskd::params::strip::gate;
    if (isKey(at, p::key)) return setKey(group.gateKey, i, at - p::key, value, side, stereo);
    GateSettings& t = group.gateSettings[i];
    Gate& g = group.gate;
    Expander& e = group.expander;
    switch (at) {
      case p::on: t.on = value != 0; break;
      case p::mode: t.mode = (uint8_t)value; break;
      case p::thresholdDb:
        g.threshold[i] = amplitudeOf(value);
        aim(e.threshold, i, value * kOctavesPerDb);
        break;
      case p::hysteresisDb: g.hysteresis[i] = amplitudeOf(-value); break;
      case p::ratio: aim(e.slope, i, value - 1); break;
      case p::rangeDb: t.rangeDb = value; break;
      case p::attackMs: t.attackMs = value; break;
      case p::holdMs:
        g.holdFrames[i] = e.holdFrames[i] = (float)__builtin_round(rate_ * larger(value * 0.001f, kGateLeastHoldSeconds));
        break;
      case p::releaseMs: t.releaseMs = value; break;
    }
    const bool expands = t.mode == (int)GateMode::Expand, gates = t.on && !expands;
    g.attack[i] = onePole((gates ? t.attackMs : kGateBypassMs) * 0.001, rate_);
    g.release[i] = onePole((gates ? t.releaseMs : kGateBypassMs) * 0.001, rate_);
    g.aim(i, gates ? amplitudeOf(-t.rangeDb) : 1, t.mode == (int)GateMode::Duck, jump_);
    e.attack[i] = onePole(t.attackMs * 0.001, rate_);
    e.release[i] = onePole(t.releaseMs * 0.001, rate_);
    aim(e.range, i, t.on && expands ? t.rangeDb * kOctavesPerDb : 0);
    e.moving = 1;
  }

  // A key's parameters follow each other as in processors/key/params.ts, in gate and compressor alike.
  struct KeyOffset {
    enum : uint32_t { source, hpfOn, hpfFrequencyHz, lpfOn, lpfFrequencyHz, listen, count };
  };
  static constexpr bool isKey(uint32_t at, uint32_t first) noexcept { return at - first < KeyOffset::count; }
  static_assert(params::strip::gate::keyListen - params::strip::gate::key == KeyOffset::listen);
  static_assert(params::strip::comp::keyListen - params::strip::comp::key == KeyOffset::listen);

  void setKey(Key& k, int i, uint32_t at, float value, int side, bool stereo) noexcept {
    switch (at) {
      case KeyOffset::source: return takeKey(k, i, (int)value - 1, side, stereo);
      case KeyOffset::hpfOn: aim(k.wet[kKeyHighPass], i, value != 0); break;
      case KeyOffset::hpfFrequencyHz: aim(k.octave[kKeyHighPass], i, (float)__builtin_log2(value)); break;
      case KeyOffset::lpfOn: aim(k.wet[kKeyLowPass], i, value != 0); break;
      case KeyOffset::lpfFrequencyHz: aim(k.octave[kKeyLowPass], i, (float)__builtin_log2(value)); break;
      case KeyOffset::listen:
        if (jump_) k.listen.jump(i, value != 0);
        else k.listen.target[i] = value != 0;
        k.listenMoving = 1;
        return;
    }
    k.moving = 1;
  }

  // `source`: −1 the lane itself, then strips, then buses.
  void takeKey(Key& k, int i, int source, int side, bool stereo) noexcept {
    k.source[i] = k.second[i] = -1;
    if (source < 0 || source >= spec_.stripCount + spec_.busCount) return;
    const int bus = source - spec_.stripCount;
    const bool isWide = bus >= 0 || strip_[source].stereo;
    const int left = bus >= 0 ? busKeyRow(2 * bus) : strip_[source].lane;
    k.source[i] = left + (isWide && stereo ? side : 0);
    if (isWide && !stereo) k.second[i] = left + 1;
  }

  void setEq(LaneGroup& g, int i, uint32_t at, float value) noexcept {
    namespace p = deskd::params::strip::eq;
    if (at == p::on) {
      g.eqOn[i] = value != 0;
      for (int b = 0; b < kBandCount; b++) switchBand(g, b, i);
      return;
    }
    const int b = (int)((at - p::band::base) / p::band::stride);
    EqBand& band = g.band[b];
    switch ((at - p::band::base) % p::band::stride) {
      case p::band::on: g.bandOn[b][i] = value != 0; break;
      case p::band::type: band.wantedType[i] = (uint8_t)value; break;
      case p::band::frequencyHz: aim(band.octave, i, (float)__builtin_log2(value)); break;
      case p::band::gainDb: aim(band.gainDb, i, value); break;
      case p::band::q: aim(band.octaveQ, i, (float)__builtin_log2(value)); break;
    }
    switchBand(g, b, i);
  }

  void switchBand(LaneGroup& g, int b, int i) noexcept {
    EqBand& band = g.band[b];
    const uint8_t on = g.eqOn[i] && g.bandOn[b][i];
    if (on != band.on[i] || band.type[i] != band.wantedType[i] || jump_) band.switching = 1;
    band.on[i] = on;
    band.moving = 1;
    if (jump_) band.fresh = 1;
  }

  void setComp(LaneGroup& g, int i, uint32_t at, float value, int side, bool stereo) noexcept {
    namespace p = deskd::params::strip::comp;
    if (isKey(at, p::key)) return setKey(g.compKey, i, at - p::key, value, side, stereo);
    Compressor& c = g.comp;
    const auto to = [&](int what, float target) { aim(c.smoothed[what], i, target); };
    switch (at) {
      case p::on: c.on[i] = value != 0; break;
      case p::thresholdDb: to(c.kThreshold, value * kOctavesPerDb); break;
      case p::ratio: to(c.kSlope, 1 - 1 / value); break;
      case p::kneeDb: to(c.kHalfKnee, value * 0.5f * kOctavesPerDb); break;
      case p::rangeDb: to(c.kRange, value < 60 ? value * kOctavesPerDb : kNoRangeLimit); break;
      case p::attackMs: c.attack[i] = onePole(value * 0.001, rate_); break;
      case p::releaseMs:
        c.release[i] = onePole(value * 0.001, rate_);
        c.charge[i] = onePole(value * 0.001 * kChargeTimes, rate_);
        c.slowRelease[i] = onePole(value * 0.001 * kSlowReleaseTimes, rate_);
        break;
      case p::autoRelease: {
        // The slow stage of a lane without it may be of long ago.
        const SmoothValues& part = c.smoothed[c.kAutoRelease];
        if (part.value[i] == 0 && part.target[i] == 0) c.slow[i] = 0;
        to(c.kAutoRelease, value);
        break;
      }
      case p::makeupDb: to(c.kMakeup, value * kOctavesPerDb); break;
      case p::autoMakeup: to(c.kAutoMakeup, value); break;
      case p::mixPercent: c.mixWanted[i] = value * 0.01f; break;
      case p::detector: c.isRms[i] = value != 0 ? -1 : 0; break;
    }
    to(c.kMix, c.on[i] ? c.mixWanted[i] : 0);
    c.moving = 1;
    if (jump_) c.fresh = 1;
  }

  // What follows from all keys: which rows are kept for them, and whether one is listened to.
  void findKeys() noexcept {
    const uint64_t busesBefore = core_->keyBuses;
    core_->keyedGates = core_->anyListen = 0;
    core_->keyBuses = 0;
    for (int g = 0; g < groupCount_; g++) groupKeys_[g] = 0;
    const auto mark = [&](int row) {
      if (row >= busKeyRow(0)) core_->keyBuses |= 1ull << (row - busKeyRow(0)) / 2;
      else if (row >= 0) groupKeys_[row / kLanes] = 1;
    };
    const auto markAll = [&](Key& k) {
      k.external = 0;
      for (int i = 0; i < kLanes; i++) {
        k.external |= k.source[i] >= 0;
        core_->anyListen |= k.listen.target[i] != 0;
        mark(k.source[i]);
        mark(k.second[i]);
      }
    };
    for (int g = 0; g < groupCount_; g++) {
      markAll(group_[g].gateKey);
      markAll(group_[g].compKey);
      core_->keyedGates |= group_[g].gateKey.external;
    }
    for (int g = 0; g < busGroupCount_; g++) markAll(busGroup_[g].compKey);
    // What a bus held when it last keyed anything is not its past.
    for (uint64_t fresh = core_->keyBuses & ~busesBefore; fresh; fresh &= fresh - 1)
      __builtin_memset(busKeys_ + 2 * __builtin_ctzll(fresh) * kQuantum, 0, 2 * kQuantum * sizeof(float));
    touch();
  }

  void setMonitor(uint32_t at, float value) noexcept {
    namespace p = deskd::params::monitor;
    switch (at) {
      case p::source: {
        // Solo stands between the buses and the reference.
        const int last = spec_.busCount + 1, source = (int)value;
        core_->monitorSource = source < last ? source : source == last ? last + 1 : 0;
        break;
      }
      case p::reference:
        core_->reference.wantedStrip = (int)value <= spec_.stripCount ? (int)value - 1 : -1;
        if (jump_) core_->reference.strip = core_->reference.wantedStrip;
        return;
      case p::matchReference: core_->reference.isMatched = value != 0; return;
      case p::levelDb: core_->monitorLevel = amplitudeOf(value); break;
      case p::dim: core_->dim = value != 0; break;
      case p::mono: aim(core_->monoMix, value != 0); break;
      case p::soloMode:
        core_->soloMode = (int)value;
        for (int s = 0; s < spec_.stripCount; s++) touchStrip(s);
        for (int b = 0; b < spec_.busCount; b++) touchBus(b);
        break;
    }
    setMonitorGain();
    touch();
  }

  // What is analysed anew begins from silence.
  void setAnalyser(uint32_t at, float value) noexcept {
    namespace p = deskd::params::analyser;
    AnalyserState& a = core_->analyser;
    switch (at) {
      case p::on: a.on = value != 0; break;
      case p::source: a.source = (int)value; break;
      case p::tap: a.tap = (int)value; break;
      case p::speed: a.slow = value != 0; return;
    }
    analyserBank().clear();
    touch();
  }

  void setMonitorGain() noexcept {
    const bool dims = core_->dim || (core_->talkback.on && core_->talkback.dims);
    aim(core_->monitorGain, core_->monitorLevel * (dims ? kDimGain : 1));
  }

  void setOscillator(uint32_t at, float value) noexcept {
    namespace p = deskd::params::oscillator;
    Oscillator& o = core_->oscillator;
    switch (at) {
      case p::on: o.on = value != 0; break;
      case p::type: o.wantedType = (int)value; break;
      case p::frequencyHz: aim(o.octave, __builtin_log2(value)); break;
      case p::levelDb: o.level = amplitudeOf(value); break;
    }
    if (jump_) o.type = o.wantedType, o.gain.jump(o.on ? o.level : 0);
    o.used |= o.on;
    if (!o.used) o.type = o.wantedType, o.octave.jump(o.octave.target);
  }

  void setOscillatorFeed(int feed, float value) noexcept {
    aim(oscillatorFeed_[feed], value != 0);
    if (!core_->oscillator.used) oscillatorFeed_[feed].jump(value != 0);
  }

  void setTalkback(uint32_t at, float value) noexcept {
    namespace p = deskd::params::talkback;
    TalkbackState& t = core_->talkback;
    switch (at) {
      case p::on: t.on = value != 0; break;
      case p::input: t.wantedInput = (int)value - 1; break;
      case p::levelDb: t.level = amplitudeOf(value); break;
      case p::dim: t.dims = value != 0; break;
      case p::monitor: aim(talkbackFeed_[spec_.busCount], value != 0); break;
    }
    setMonitorGain();
  }

  void setMaster(uint32_t at, float value) noexcept {
    namespace p = deskd::params::master;
    if (core_->chain.set(at, value, jump_)) return;
    switch (at) {
      case p::faderDb: core_->masterFader = amplitudeOf(value); break;
      case p::mute: core_->masterMute = value != 0; break;
      case p::ballistics::base + p::ballistics::on:
        core_->ballisticsOn = value != 0;
        core_->ballistics.init(rate_);
        return core_->recentLevels.init(rate_);
      case p::spectrum::base + p::spectrum::on:
        core_->analyser.masterOn = value != 0;
        return masterBank().clear();
      case p::oscillator: return setOscillatorFeed(spec_.busCount, value);
    }
    if (at - p::limiter::base < p::limiter::size) return setLimiter(at - p::limiter::base, value);
    aim(core_->fader, core_->masterMute ? 0 : core_->masterFader);
  }

  void setLimiter(uint32_t at, float value) noexcept {
    namespace p = deskd::params::master::limiter;
    LimiterSettings& t = core_->limiterSettings;
    switch (at) {
      case p::on: t.on = value != 0; break;
      case p::gainDb: t.gainDb = value; break;
      case p::ceilingDbtp: t.ceilingDbtp = value; break;
      case p::releaseMs: t.releaseMs = value; break;
      case p::autoRelease: t.autoRelease = value != 0; break;
      case p::transientLinkPercent: t.transientLink = value * .01; break;
      case p::releaseLinkPercent: t.releaseLink = value * .01; break;
    }
    core_->limiter.set(t);
    if (jump_) core_->limiter.reset();
  }
};

}  // namespace deskd::DESKD_ISA
