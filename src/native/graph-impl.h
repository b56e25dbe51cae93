// The mixing graph: strips in lane groups → sends and buses → master → monitor and output patch, one quantum at a time.
#pragma once
#include <sys/mman.h>

#include "../processors/channel/pan.h"
#include "../processors/eq/master-eq.h"
#include "../processors/limiter/limiter.h"
#include "../processors/loudness/loudness.h"
#include "graph.h"
#include "lane-group.h"

namespace deskd::DESKD_ISA {

// Outputs that a lane feeds, in this order: master, solo, then every bus, left and right each.
enum MixOutput { kMasterLeft, kMasterRight, kSoloLeft, kSoloRight, kFirstBus };

// Rows that a send can tap.
enum TapPoint { kTapInput, kTapPreEq, kTapPostEq, kTapEnd, kTapCount };

constexpr double kDelayFadeSeconds = 0.015;
constexpr float kDimGain = 0.1f;  // −20 dB

struct SendState {
  float gain, pan;
  PanGains place;
  uint8_t on, tap;  // SendTap
};

struct StripState {
  float fader, pan, trim;
  PanGains place;
  uint8_t mute, solo, stereo, polarity;
  uint8_t dirty, tapPending, taps;  // dirty: 2 to jump
  uint64_t dirtySends;               // buses whose send alone changed
  int32_t lane;                     // of the left side
};

struct BusState {
  float fader, pan;
  PanGains place;
  uint8_t mute, solo, dirty;
  int32_t output, wantedOutput;  // −1 master, else bus
  int32_t level;                 // buses that feed none of others are at 0
};

struct DelayState {
  int32_t current, target, next, fadeLeft;
  int64_t valid;  // frames written since it was switched on; all of the line where it is on from the first sample
};

struct OutputState {
  int32_t source, wanted;  // index in the patch's names
  int32_t waitFrames;      // until a new source's alignment line is full
  SmoothGain gain;
};

class GraphImpl final : public Graph {
 public:
  explicit GraphImpl(const GraphSpec& spec)
      : spec_(spec),
        params_{(uint32_t)spec.stripCount, (uint32_t)spec.busCount, (uint32_t)spec.outputCount},
        meters_{(uint32_t)spec.stripCount, (uint32_t)spec.busCount, (uint32_t)spec.outputCount},
        rate_(spec.sampleRateHz) {
    table_.init(rate_);
    for (int i = 0; i < kLanes; i++) laneBits_[i] = 1 << i;
    int lane = 0;
    for (int s = 0; s < spec.stripCount; s++) {
      if (spec.stripStereo[s]) lane = (lane + 1) & ~1;
      lane += spec.stripStereo[s] ? 2 : 1;
    }
    groupCount_ = (lane + kLanes - 1) / kLanes;
    busGroupCount_ = (2 * spec.busCount + kLanes - 1) / kLanes;
    outputs_ = kFirstBus + 2 * spec.busCount;
    limiterProbe_.init(rate_, spec.lookaheadMs);
    latency_ = limiterProbe_.latencyFrames();
    alignLength_ = 64;
    while (alignLength_ < latency_ + kQuantum) alignLength_ *= 2;
    ringLength_ = 64;
    while (ringLength_ < rate_ * 1.25) ringLength_ *= 2;
    peakDecay_ = (float)__builtin_exp(-0.11512925464970229 * (20 / 1.7) * kQuantum / rate_);
    rmsStep_ = onePole(0.3, rate_ / kQuantum);

    layOut(nullptr);
    const size_t rings = (size_t)groupCount_ * kLanes * ringLength_ * sizeof(float);
    stateBytes_ = coreBytes_ + loudnessBytes() + rings;
    scratchBytes_ = layOutScratch(nullptr);
    state_ = allocate(stateBytes_);
    scratch_ = allocate(scratchBytes_);
    layOut(state_);
    loudness_ = (Loudness*)(state_ + coreBytes_);
    rings_ = (float*)(state_ + coreBytes_ + loudnessBytes());
    layOutScratch(scratch_);
    mlock(state_, coreBytes_ + loudnessBytes());
    mlock(scratch_, scratchBytes_);
    initState();
  }

  ~GraphImpl() override {
    munmap(state_, stateBytes_);
    munmap(scratch_, scratchBytes_);
  }

  void setParam(uint32_t index, float value, bool jump) noexcept override {
    jump_ = jump;
    if (index >= params_.stripBase()) {
      const uint32_t at = index - params_.stripBase(), s = at / params_.stripStride();
      if (s < (uint32_t)spec_.stripCount) setStrip((int)s, at % params_.stripStride(), value);
    } else if (index >= params_.busBase()) {
      const uint32_t at = index - params_.busBase();
      setBus((int)(at / params_.busStride()), at % params_.busStride(), value);
    } else if (index >= params_.outputBase()) {
      OutputState& o = output_[index - params_.outputBase()];
      o.wanted = (int)value;
      if (jump) o.source = o.wanted, o.gain.jump(1);
    } else if (index >= params_.transportBase) {
      // the engine's
    } else if (index >= params_.monitorBase) {
      setMonitor(index - params_.monitorBase, value);
    } else if (index >= params_.masterBase) {
      setMaster(index - params_.masterBase, value);
    } else {
      core_->panLaw = (int)value;
      for (int s = 0; s < spec_.stripCount; s++) {
        placeStrip(s);
        for (int b = 0; b < spec_.busCount; b++) placeSend(s, b);
      }
      for (int b = 0; b < spec_.busCount; b++) placeBus(b);
    }
  }

  void process(const GraphBlock& block) noexcept override {
    resolve();
    for (int g = 0; g < groupCount_; g += 2) runInputs(g, g + 1 < groupCount_, block);
    __builtin_memset(summed_, 0, (size_t)outputs_);
    for (int g = 0; g < groupCount_; g++) {
      group_[g].runCompressor(tile(g), keyTile_, keyRowPointers_);
      core_->nonFinite += group_[g].unloadMetered(tile(g), rows(g), peakDecay_, rmsStep_);
      mixGroup(g);
    }
    runBuses();
    runMaster();
    runMonitor();
    runOutputs(block);
    core_->frame += kQuantum;
  }

  const float* master(int channel) const noexcept override { return masterRows_ + channel * kQuantum; }
  int latencyFrames() const noexcept override { return latency_; }
  double nonFinite() const noexcept override { return core_->nonFinite; }
  char* state() noexcept override { return state_; }
  size_t coreBytes() const noexcept override { return coreBytes_; }
  int laneCount() const noexcept override { return groupCount_ * kLanes; }
  size_t ringFrames() const noexcept override { return (size_t)ringLength_; }
  float* ring(int lane) noexcept override { return rings_ + (size_t)lane * ringLength_; }
  bool ringInUse(int lane) const noexcept override { return delay_[lane].valid > 0; }

  LoudnessReading loudness() const noexcept override {
    return {loudness_->integrated(), loudness_->loudnessRange(), loudness_->truePeak(), loudness_->samplePeak()};
  }
  void resetMeters() noexcept override {
    loudness_->reset();
    core_->masterClips = 0;
    for (int g = 0; g < groupCount_; g++)
      for (double& c : group_[g].clips) c = 0;
    for (int g = 0; g < busGroupCount_; g++)
      for (double& c : busGroup_[g].clips) c = 0;
  }

  void writeMeters(float* slots) const noexcept override {
    namespace sm = deskd::meters::strip::meter;
    namespace bm = deskd::meters::bus::meter;
    namespace mm = deskd::meters::master::meter;
    for (int s = 0; s < spec_.stripCount; s++) {
      float* m = slots + meters_.stripBase() + (uint32_t)s * meters_.stripStride();
      const int lane = strip_[s].lane;
      const LaneGroup& g = group_[lane / kLanes];
      const int i = lane % kLanes, j = strip_[s].stereo ? i + 1 : i;
      m[sm::peakDb] = larger(g.peak[i], g.peak[j]);
      m[sm::rmsDb] = larger(g.meanSquare[i], g.meanSquare[j]);
      m[sm::gateDb] = g.gate.used ? g.gate.gain[i] : 1;
      m[sm::compDb] = g.comp.used ? (float)__builtin_exp2(-larger(g.comp.reduction[i], g.comp.reduction[j])) : 1;
      m[sm::clips] = (float)(g.clips[i] + (i == j ? 0 : g.clips[j]));
    }
    for (int b = 0; b < spec_.busCount; b++) {
      float* m = slots + meters_.busBase() + (uint32_t)b * meters_.busStride();
      const LaneGroup& g = busGroup_[2 * b / kLanes];
      const int i = 2 * b % kLanes, j = i + 1;
      m[bm::peakDb] = larger(g.peak[i], g.peak[j]);
      m[bm::rmsDb] = larger(g.meanSquare[i], g.meanSquare[j]);
      m[bm::compDb] = g.comp.used ? (float)__builtin_exp2(-larger(g.comp.reduction[i], g.comp.reduction[j])) : 1;
      m[bm::clips] = (float)(g.clips[i] + g.clips[j]);
    }
    float* m = slots + meters_.masterBase;
    m[mm::peakDb] = core_->masterPeak;
    m[mm::rmsDb] = core_->masterMeanSquare;
    m[mm::truePeakDbtp] = loudness_->truePeak();
    m[mm::momentaryLufs] = (float)loudness_->momentary();
    m[mm::shortTermLufs] = (float)loudness_->shortTerm();
    m[mm::integratedLufs] = (float)loudness_->integrated();
    m[mm::limiterDb] = core_->limiter.minGain();
    m[mm::clips] = (float)core_->masterClips;
  }

 private:
  // What the mixing matrix keeps for one group and one output.
  struct MixState {
    SmoothGains gain;
    uint32_t active, moving;        // lanes that sound or will; lanes whose gain moves
    uint32_t activeNow, movingNow;  // the same for the quantum being run
    uint32_t tapped;                // lanes that tap elsewhere than at the strip's end
    uint8_t tap[kLanes];

    void setTap(int lane, int point) noexcept {
      tap[lane] = (uint8_t)point;
      tapped = point == kTapEnd ? tapped & ~(1u << lane) : tapped | 1u << lane;
    }

    void prepare(const SmoothingTable& table) noexcept {
      activeNow = active;
      movingNow = moving;
      if (!moving) return;
      moving = bitsOf(gain.advance(table));
      active = moving | bitsOf(gain.value != Vf{});
    }
  };

  struct Core {
    int64_t frame;
    double nonFinite, masterClips;
    int32_t panLaw, soloMode, monitorSource, anySolo;
    int32_t anyDirty, monitorJump;
    float monitorLevel;
    int32_t dim, mono, masterMute;
    float masterFader, masterPeak, masterMeanSquare;
    SmoothGain fader, monitorGain, monoMix;
    MasterEq eq;
    int32_t masterEqOn, masterBandOn[kBandCount];
    int32_t limiterOn;
    float ceilingDbtp, limiterReleaseMs;
    Limiter limiter;
  };

  static float larger(float a, float b) noexcept { return a > b ? a : b; }

  static char* allocate(size_t bytes) {
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) __builtin_abort();
    return (char*)p;
  }

  static size_t loudnessBytes() noexcept { return (sizeof(Loudness) + 4095) & ~(size_t)4095; }

  template <class T>
  static T* take(char* base, size_t& at, size_t count) noexcept {
    at = (at + 63) & ~(size_t)63;
    T* p = (T*)(base + at);
    at += count * sizeof(T);
    return base ? p : nullptr;
  }

  void layOut(char* base) noexcept {
    size_t at = 0;
    const size_t groups = (size_t)groupCount_, busGroups = (size_t)busGroupCount_, outs = (size_t)outputs_;
    core_ = take<Core>(base, at, 1);
    strip_ = take<StripState>(base, at, (size_t)spec_.stripCount);
    send_ = take<SendState>(base, at, (size_t)(spec_.stripCount * spec_.busCount));
    bus_ = take<BusState>(base, at, (size_t)spec_.busCount);
    output_ = take<OutputState>(base, at, (size_t)spec_.outputCount);
    monitorWeight_ = take<SmoothGain>(base, at, (size_t)spec_.busCount + 2);
    delay_ = take<DelayState>(base, at, groups * kLanes);
    group_ = take<LaneGroup>(base, at, groups);
    busGroup_ = take<LaneGroup>(base, at, busGroups);
    mix_ = take<MixState>(base, at, groups * outs);
    busMix_ = take<MixState>(base, at, busGroups * outs);
    direct_ = take<SmoothGains>(base, at, groups);
    busPost_ = take<SmoothGains>(base, at, busGroups);
    busIdle_ = take<int64_t>(base, at, busGroups + 1);
    groupTaps_ = take<uint8_t>(base, at, groups);
    groupKeys_ = take<uint8_t>(base, at, groups);
    align_ = take<float>(base, at, ((size_t)spec_.busCount + 1) * 2 * (size_t)(alignLength_ + kQuantum));
    outputAlign_ = take<float>(base, at, (size_t)spec_.outputCount * (size_t)(alignLength_ + kQuantum));
    coreBytes_ = (at + 4095) & ~(size_t)4095;
  }

  size_t layOutScratch(char* base) noexcept {
    size_t at = 0;
    // 4 KiB-apart tiles would alias in the first-level cache: a line of padding after each.
    tileStride_ = kQuantum * kLanes + 16;
    const size_t groups = (size_t)groupCount_, busGroups = (size_t)busGroupCount_;
    const size_t tiles = groups * (size_t)tileStride_;
    silence_ = take<float>(base, at, kQuantum);
    tiles_ = take<float>(base, at, tiles);
    for (int t = 0; t < kTapCount; t++) tapRows_[t] = take<float>(base, at, tiles);
    keyRows_ = take<float>(base, at, tiles);
    keyTile_ = take<float>(base, at, kQuantum * kLanes);
    sourceRows_ = take<float>(base, at, kQuantum * kLanes);
    safeRow_ = take<float>(base, at, kQuantum);
    laneSource_ = take<int32_t>(base, at, groups * kLanes);
    sums_ = take<double>(base, at, (size_t)outputs_ * kQuantum);
    busTile_ = take<float>(base, at, (size_t)tileStride_);
    levelRows_ = take<float>(base, at, (size_t)tileStride_);
    wideRows_ = take<double>(base, at, kQuantum * kLanes);
    rampSums_ = take<float>(base, at, (size_t)outputs_ * 2 * kQuantum);
    ramped_ = take<uint8_t>(base, at, (size_t)outputs_);
    jobs_ = take<MixJob<double>>(base, at, (size_t)outputs_);
    rampJobs_ = take<MixJob<float>>(base, at, (size_t)outputs_ * 2);
    summed_ = take<uint8_t>(base, at, (size_t)outputs_);
    busRows_ = take<float>(base, at, busGroups * (size_t)tileStride_);
    busOut_ = take<float>(base, at, (size_t)spec_.busCount * 2 * kQuantum);
    savedGroup_ = take<LaneGroup>(base, at, 1);
    masterRows_ = take<float>(base, at, 2 * kQuantum);
    preLimiter_ = take<float>(base, at, 2 * kQuantum);
    monitorRows_ = take<float>(base, at, 2 * kQuantum);
    aligned_ = take<const float*>(base, at, ((size_t)spec_.busCount + 1) * 2);
    keyRowPointers_ = take<const float*>(base, at, groups * kLanes);
    return (at + 4095) & ~(size_t)4095;
  }

  float* tile(int g) noexcept { return tiles_ + g * tileStride_; }
  float* rows(int g) noexcept { return tapRows_[kTapEnd] + g * tileStride_; }
  MixState& mix(int g, int o) noexcept { return mix_[g * outputs_ + o]; }
  MixState& busMix(int g, int o) noexcept { return busMix_[g * outputs_ + o]; }

  void initState() noexcept {
    core_->limiter.init(rate_, spec_.lookaheadMs);
    loudness_->init(rate_);
    core_->eq.init();
    core_->fader.jump(1);
    core_->monitorGain.jump(1);
    core_->monoMix.jump(0);
    core_->masterFader = core_->monitorLevel = 1;
    core_->limiterReleaseMs = 50;
    for (int32_t& on : core_->masterBandOn) on = 1;
    for (int g = 0; g < groupCount_; g++) group_[g].init(rate_);
    for (int g = 0; g < busGroupCount_; g++) {
      busGroup_[g].init(rate_);
      busGroup_[g].pairs = splati(-1);
      busGroup_[g].anyPairs = 1;
    }
    int lane = 0;
    for (int s = 0; s < spec_.stripCount; s++) {
      StripState& t = strip_[s];
      t.stereo = spec_.stripStereo[s] != 0;
      if (t.stereo) lane = (lane + 1) & ~1;
      t.lane = lane;
      t.fader = t.trim = 1;
      t.dirty = 1;
      if (t.stereo) {
        LaneGroup& g = group_[lane / kLanes];
        g.anyPairs = 1;
        g.pairs[lane % kLanes] = g.pairs[lane % kLanes + 1] = -1;
      }
      lane += t.stereo ? 2 : 1;
      for (int b = 0; b < spec_.busCount; b++) send(s, b) = {0, 0, {0, 0}, 1, (uint8_t)SendTap::PostFader};
    }
    for (int b = 0; b < spec_.busCount; b++) bus_[b] = {1, 0, {1, 1}, 0, 0, 1, -1, -1, 0};
    for (int o = 0; o < spec_.outputCount; o++) output_[o].gain.jump(1);
    for (int i = 0; i < groupCount_ * kLanes; i++) laneSource_[i] = -1;
    for (int s = 0; s < spec_.stripCount; s++)
      for (int side = 0; side <= strip_[s].stereo; side++) laneSource_[strip_[s].lane + side] = 2 * s + side;
    for (int i = 0; i < groupCount_ * kLanes; i++)
      keyRowPointers_[i] = keyRows_ + (i / kLanes) * tileStride_ + (i % kLanes) * kQuantum;
    for (int g = 0; g < groupCount_; g++) {
      direct_[g].value = direct_[g].target = splat(1);
      for (int o = 0; o < outputs_; o++)
        for (uint8_t& t : mix(g, o).tap) t = kTapEnd;
    }
    for (int g = 0; g < busGroupCount_; g++)
      for (int o = 0; o < outputs_; o++)
        for (uint8_t& t : busMix(g, o).tap) t = kTapEnd;
    monitorWeight_[0].jump(1);
    setParam(params_.deskBase, 0, true);
    resolve();
  }

  SendState& send(int s, int b) noexcept { return send_[s * spec_.busCount + b]; }
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

  // --- parameters -----------------------------------------------------------------------------------------------

  void aim(SmoothValues& v, int lane, float to) noexcept {
    if (jump_) v.jump(lane, to);
    else v.target[lane] = to;
  }
  void aim(SmoothGain& v, double to) noexcept {
    if (jump_) v.jump(to);
    else v.target = to;
  }

  void setStrip(int s, uint32_t at, float value) noexcept {
    namespace p = deskd::params::strip;
    StripState& t = strip_[s];
    if (at >= p::send::base) {
      const uint32_t b = (at - p::send::base) / p::send::stride;
      return setSend(s, (int)b, (at - p::send::base) % p::send::stride, value);
    }
    switch (at) {
      case p::trimDb: t.trim = amplitudeOf(value); return setTrim(t);
      case p::polarity: t.polarity = value != 0; return setTrim(t);
      case p::delayMs: return setDelay(t, value);
      case p::pan: t.pan = value; return placeStrip(s);
      case p::faderDb: t.fader = amplitudeOf(value); return touchStrip(s);
      case p::mute: t.mute = value != 0; return touchStrip(s);
      case p::solo: t.solo = value != 0; return touchStrip(s);
    }
    for (int side = 0; side <= t.stereo; side++) {
      const int lane = t.lane + side;
      LaneGroup& g = group_[lane / kLanes];
      const int i = lane % kLanes;
      g.settled = 0;
      if (at - p::hpf::base < p::hpf::size) setHpf(g.hpf, i, at - p::hpf::base, value);
      else if (at - p::gate::base < p::gate::size) setGate(g.gate, i, at - p::gate::base, value);
      else if (at - p::eq::base < p::eq::size) setEq(g, i, at - p::eq::base, value);
      else if (at - p::comp::base < p::comp::size) setComp(g, i, at - p::comp::base, value, side, t.stereo);
    }
    if (at == p::comp::base + p::comp::key) findKeys();
  }

  void setBus(int b, uint32_t at, float value) noexcept {
    namespace p = deskd::params::bus;
    BusState& t = bus_[b];
    switch (at) {
      case p::pan: t.pan = value; return placeBus(b);
      case p::faderDb: t.fader = amplitudeOf(value); return touchBus(b);
      case p::mute: t.mute = value != 0; return touchBus(b);
      case p::solo: t.solo = value != 0; return touchBus(b);
      case p::output:
        t.wantedOutput = (int)value - 1;
        if (t.wantedOutput >= spec_.busCount) t.wantedOutput = -1;
        return touchBus(b);
    }
    for (int side = 0; side < 2; side++) {
      LaneGroup& g = busGroup_[(2 * b + side) / kLanes];
      const int i = (2 * b + side) % kLanes;
      g.settled = 0;
      if (at - p::eq::base < p::eq::size) setEq(g, i, at - p::eq::base, value);
      else if (at - p::comp::base < p::comp::size) setComp(g, i, at - p::comp::base, value, side, true);
    }
    if (at == p::comp::base + p::comp::key) findKeys();
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

  void setDelay(const StripState& t, float ms) noexcept {
    for (int lane = t.lane; lane <= t.lane + t.stereo; lane++) {
      DelayState& d = delay_[lane];
      d.target = (int)__builtin_lround(ms * 0.001 * rate_);
      if (jump_) d.current = d.target, d.fadeLeft = 0, d.valid = d.target ? ringLength_ : 0;
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

  void setGate(Gate& g, int i, uint32_t at, float value) noexcept {
    namespace p = deskd::params::strip::gate;
    switch (at) {
      case p::on: g.on[i] = value != 0; break;
      case p::thresholdDb: g.threshold[i] = amplitudeOf(value); break;
      case p::rangeDb: g.rangeDb[i] = value; break;
      case p::attackMs: g.attack[i] = onePole(value * 0.001, rate_); break;
      case p::holdMs: g.holdFrames[i] = (float)__builtin_round(rate_ * larger(value * 0.001f, kGateLeastHoldSeconds)); break;
      case p::releaseMs: g.releaseMs[i] = value; break;
    }
    g.release[i] = onePole((g.on[i] ? g.releaseMs[i] : kGateBypassMs) * 0.001, rate_);
    aim(g.floor, i, g.on[i] ? amplitudeOf(-g.rangeDb[i]) : 1);
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
    constexpr float octavesPerDb = 0.16609640474436813f;  // log2 amplitude
    Compressor& c = g.comp;
    switch (at) {
      case p::on: c.on[i] = value != 0; break;
      case p::thresholdDb: aim(c.threshold, i, value * octavesPerDb); break;
      case p::ratio: aim(c.slope, i, 1 - 1 / value); break;
      case p::kneeDb: aim(c.halfKnee, i, value * 0.5f * octavesPerDb); break;
      case p::attackMs: c.attack[i] = onePole(value * 0.001, rate_); break;
      case p::releaseMs: c.release[i] = onePole(value * 0.001, rate_); break;
      case p::makeupDb: aim(c.makeup, i, value * octavesPerDb); break;
      case p::mixPercent: c.mixWanted[i] = value * 0.01f; break;
      case p::detector: c.isRms[i] = value != 0 ? -1 : 0; break;
      case p::key: {
        const int source = (int)value - 1;
        g.keySource[i] = g.keySecond[i] = -1;
        if (source < 0 || source >= spec_.stripCount) break;
        const StripState& from = strip_[source];
        g.keySource[i] = from.lane + (from.stereo && stereo ? side : 0);
        if (from.stereo && !stereo) g.keySecond[i] = from.lane + 1;
        break;
      }
      case p::keyHpf::base + p::keyHpf::on: aim(c.keyWet, i, value != 0); break;
      case p::keyHpf::base + p::keyHpf::frequencyHz: aim(c.keyOctave, i, (float)__builtin_log2(value)); break;
    }
    aim(c.mix, i, c.on[i] ? c.mixWanted[i] : 0);
    c.moving = c.keyMoving = 1;
    if (jump_) c.fresh = 1;
  }

  void findKeys() noexcept {
    for (int g = 0; g < groupCount_; g++) groupKeys_[g] = 0;
    const auto mark = [&](LaneGroup& g) {
      g.anyKey = 0;
      for (int i = 0; i < kLanes; i++) {
        if (g.keySource[i] >= 0) g.anyKey = 1, groupKeys_[g.keySource[i] / kLanes] = 1;
        if (g.keySecond[i] >= 0) groupKeys_[g.keySecond[i] / kLanes] = 1;
      }
    };
    for (int g = 0; g < groupCount_; g++) mark(group_[g]);
    for (int g = 0; g < busGroupCount_; g++) mark(busGroup_[g]);
  }

  void setMonitor(uint32_t at, float value) noexcept {
    namespace p = deskd::params::monitor;
    switch (at) {
      case p::source: core_->monitorSource = (int)value <= spec_.busCount ? (int)value : 0; break;
      case p::levelDb: core_->monitorLevel = amplitudeOf(value); break;
      case p::dim: core_->dim = value != 0; break;
      case p::mono: aim(core_->monoMix, value != 0); break;
      case p::soloMode:
        core_->soloMode = (int)value;
        for (int s = 0; s < spec_.stripCount; s++) touchStrip(s);
        for (int b = 0; b < spec_.busCount; b++) touchBus(b);
        break;
    }
    aim(core_->monitorGain, core_->monitorLevel * (core_->dim ? kDimGain : 1));
    touch();
  }

  void setMaster(uint32_t at, float value) noexcept {
    namespace p = deskd::params::master;
    if (at < p::eq::base + p::eq::size) return setMasterEq(at - p::eq::base, value);
    switch (at) {
      case p::faderDb: core_->masterFader = amplitudeOf(value); break;
      case p::mute: core_->masterMute = value != 0; break;
      case p::limiter::base + p::limiter::on: core_->limiterOn = value != 0; break;
      case p::limiter::base + p::limiter::ceilingDbtp: core_->ceilingDbtp = value; break;
      case p::limiter::base + p::limiter::releaseMs: core_->limiterReleaseMs = value; break;
    }
    core_->limiter.set(core_->limiterOn, core_->ceilingDbtp, core_->limiterReleaseMs);
    if (jump_) core_->limiter.reset();
    aim(core_->fader, core_->masterMute ? 0 : core_->masterFader);
  }

  void setMasterEq(uint32_t at, float value) noexcept {
    namespace p = deskd::params::master::eq;
    const auto refresh = [&](int b) {
      MasterBand& band = core_->eq.band[b];
      band.on = core_->masterEqOn && core_->masterBandOn[b];
      band.moving = 1;
      if (jump_) band.fresh = 1;
    };
    if (at == p::on) {
      core_->masterEqOn = value != 0;
      for (int b = 0; b < kBandCount; b++) refresh(b);
      return;
    }
    const int b = (int)((at - p::band::base) / p::band::stride);
    MasterBand& band = core_->eq.band[b];
    switch ((at - p::band::base) % p::band::stride) {
      case p::band::on: core_->masterBandOn[b] = value != 0; break;
      case p::band::type: band.wantedType = (int)value; break;
      case p::band::frequencyHz: aim(band.octave, __builtin_log2(value)); break;
      case p::band::gainDb: aim(band.gainDb, value); break;
      case p::band::q: aim(band.octaveQ, __builtin_log2(value)); break;
    }
    refresh(b);
  }

  // --- gains that follow from more than one parameter ---------------------------------------------------------------

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

  // --- a quantum ------------------------------------------------------------------------------------------------------

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

  // Frames are mixed in blocks of four registers, as many outputs at once as leave their sums in registers.
  static constexpr int kBlockVectors = 4, kBlockFrames = kBlockVectors * kWide;
  static constexpr int kBlockOutputs = kLanes == 16 ? 4 : 2;

  // One sum over lanes with gains that stand still for the quantum.
  template <class Sum>
  struct MixJob {
    const Vf* gains;
    uint32_t lanes;
    Sum* sum;
  };

  // Adds some of a group's lanes to every output they feed, in lane order, in double, several outputs at a time.
  // A moving gain is T + a·rⁿ + b·n·rⁿ with one r for all lanes of all groups, so that a moving output is three such sums:
  // Σ T·x + rⁿ·Σ a·x + n·rⁿ·Σ b·x. The latter two last for the 20 ms of a move and are kept in float, as the gains are;
  // finishSum() brings the three together. Lanes that tap elsewhere than at the strip's end go alone.
  void mixLanes(const MixState* states, const float* const* taps, uint32_t lanes) noexcept {
    int count = 0, moved = 0;
    for (int o = 0; o < outputs_; o++) {
      const MixState& m = states[o];
      const uint32_t todo = m.activeNow & lanes;
      if (!todo) continue;
      double* sum = sums_ + o * kQuantum;
      if (!summed_[o]) {
        for (int n = 0; n < kQuantum; n += kWide) stored(sum + n, Vd{});
        summed_[o] = 1;
      }
      if (m.tapped & todo) {
        mixOne(m, taps, todo, sum);
        continue;
      }
      const uint32_t moving = m.movingNow & todo;
      jobs_[count++] = {moving ? &m.gain.target : &m.gain.value, todo, sum};
      if (!moving) continue;
      float* ramps = rampSums_ + 2 * o * kQuantum;
      if (!ramped_[o]) {
        for (int n = 0; n < 2 * kQuantum; n += kLanes) store(ramps + n, Vf{});
        ramped_[o] = 1;
      }
      rampJobs_[moved++] = {&m.gain.a, moving, ramps};
      rampJobs_[moved++] = {&m.gain.b, moving, ramps + kQuantum};
    }
    const float* rows = taps[kTapEnd];
    if (count <= 2) {
      mixAll(jobs_, count, rows);
    } else {
      for (int n = 0; n < kLanes * kQuantum; n += kWide) stored(wideRows_ + n, widen(rows + n));
      mixAll(jobs_, count, wideRows_);
    }
    mixAll(rampJobs_, moved, rows);
  }

  template <class Sum, class Sample>
  void mixAll(const MixJob<Sum>* job, int count, const Sample* rows) noexcept {
    for (; count >= kBlockOutputs; count -= kBlockOutputs, job += kBlockOutputs) mixJobs<kBlockOutputs>(job, rows);
    for (; kBlockOutputs > 2 && count >= 2; count -= 2, job += 2) mixJobs<2>(job, rows);
    if (count) mixJobs<1>(job, rows);
  }

  // Adds what moving gains gave to an output's sum, once all has been mixed into it.
  void finishSum(int output) noexcept {
    if (!ramped_[output]) return;
    ramped_[output] = 0;
    double* sum = sums_ + output * kQuantum;
    const float* ramps = rampSums_ + 2 * output * kQuantum;
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd ramp = fma(widen(table_.power + n), widen(ramps + n), loadd(sum + n));
      stored(sum + n, fma(widen(table_.rampPower + n), widen(ramps + kQuantum + n), ramp));
    }
  }

  // Samples, gains and sums in double, or in float for what moving gains add.
  static Vd sampleFor(const double*, const float* p) noexcept { return widen(p); }
  static Vd sampleFor(const double*, const double* p) noexcept { return loadd(p); }
  static Vf sampleFor(const float*, const float* p) noexcept { return load(p); }
  static Vd spread(double g) noexcept { return splatd(g); }
  static Vf spread(float g) noexcept { return splat(g); }
  static void keepGains(double* p, const Vf& g) noexcept { stored(p, lowHalf(g)), stored(p + kWide, highHalf(g)); }
  static void keepGains(float* p, const Vf& g) noexcept { store(p, g); }
  static Vd sumAt(const double* p) noexcept { return loadd(p); }
  static Vf sumAt(const float* p) noexcept { return load(p); }
  static void keepSum(double* p, Vd x) noexcept { stored(p, x); }
  static void keepSum(float* p, Vf x) noexcept { store(p, x); }

  template <int Jobs, class Sum, class Sample>
  void mixJobs(const MixJob<Sum>* jobs, const Sample* rows) noexcept {
    using V = decltype(sumAt((const Sum*)nullptr));
    constexpr int width = sizeof(V) / sizeof(Sum);
    constexpr int vectors = kQuantum / width < kBlockVectors ? kQuantum / width : kBlockVectors;
    alignas(64) Sum gains[Jobs][kLanes];
    uint32_t all = 0;
    for (int j = 0; j < Jobs; j++) {
      all |= jobs[j].lanes;
      const Vi heard = (splati((int32_t)jobs[j].lanes) & laneBits_) != 0;
      keepGains(gains[j], (Vf)((Vi)*jobs[j].gains & heard));
    }
    for (int from = 0; from < kQuantum; from += vectors * width) {
      V acc[Jobs][vectors];
      for (int j = 0; j < Jobs; j++)
        for (int v = 0; v < vectors; v++) acc[j][v] = sumAt(jobs[j].sum + from + v * width);
      for (uint32_t todo = all; todo; todo &= todo - 1) {
        const int i = __builtin_ctz(todo);
        const Sample* row = rows + i * kQuantum + from;
        V x[vectors];
        for (int v = 0; v < vectors; v++) x[v] = sampleFor((const Sum*)nullptr, row + v * width);
        for (int j = 0; j < Jobs; j++) {
          const V gain = spread(gains[j][i]);
          for (int v = 0; v < vectors; v++) acc[j][v] = fma(x[v], gain, acc[j][v]);
        }
      }
      for (int j = 0; j < Jobs; j++)
        for (int v = 0; v < vectors; v++) keepSum(jobs[j].sum + from + v * width, acc[j][v]);
    }
  }

  void mixOne(const MixState& m, const float* const* taps, uint32_t todo, double* sum) noexcept {
    constexpr int vectors = kQuantum / kWide;
    for (; todo; todo &= todo - 1) {
      const int i = __builtin_ctz(todo);
      const float* row = taps[m.tap[i]] + i * kQuantum;
      if (m.movingNow >> i & 1) {
        const Vf a = splat(m.gain.a[i]), b = splat(m.gain.b[i]), target = splat(m.gain.target[i]);
        alignas(64) float gains[kQuantum];
        for (int n = 0; n < kQuantum; n += kLanes)
          store(gains + n, target + fma(b, load(table_.rampPower + n), a * load(table_.power + n)));
        for (int v = 0; v < vectors; v++)
          stored(sum + v * kWide, fma(widen(row + v * kWide), widen(gains + v * kWide), loadd(sum + v * kWide)));
      } else {
        const Vd gain = splatd(m.gain.value[i]);
        for (int v = 0; v < vectors; v++) stored(sum + v * kWide, fma(widen(row + v * kWide), gain, loadd(sum + v * kWide)));
      }
    }
  }

  void mixGroup(int g) noexcept {
    const float* taps[kTapCount];
    for (int t = 0; t < kTapCount; t++) taps[t] = tapRows_[t] + g * tileStride_;
    for (int o = 0; o < outputs_; o++) mix(g, o).prepare(table_);
    mixLanes(&mix(g, 0), taps, ~0u);
    direct_[g].advance(table_);
  }

  // Level by level, so that a bus that feeds another is done before it.
  void runBuses() noexcept {
    int levels = 0;
    for (int b = 0; b < spec_.busCount; b++) levels = bus_[b].level > levels ? bus_[b].level : levels;
    for (int g = 0; g < busGroupCount_; g++) {
      busGroup_[g].prepare(table_, rate_);
      for (int o = 0; o < outputs_; o++) busMix(g, o).prepare(table_);
    }
    for (int level = 0; level <= levels; level++)
      for (int g = 0; g < busGroupCount_; g++) runBusGroup(g, level);
    for (int g = 0; g < busGroupCount_; g++) {
      busPost_[g].advance(table_);
      if (busIdle_[g]) continue;
      for (int i = 0; i < kLanes && g * kLanes + i < 2 * spec_.busCount; i++)
        applyGains(busPost_[g], i, busRows_ + g * tileStride_ + i * kQuantum, busOut_ + (g * kLanes + i) * kQuantum);
    }
  }

  // Runs a group for the buses of one level; lanes of other levels keep their signal's state for their own turn.
  void runBusGroup(int g, int level) noexcept {
    uint32_t lanes = 0, all = 0;
    bool fed = false;
    const float* in[kLanes];
    for (int i = 0; i < kLanes; i++) {
      in[i] = silence_;
      if (g * kLanes + i >= 2 * spec_.busCount) continue;
      all |= 1u << i;
      if (bus_[(g * kLanes + i) / 2].level != level) continue;
      lanes |= 1u << i;
      if (!summed_[kFirstBus + g * kLanes + i]) continue;
      fed = true;
      sumRow(kFirstBus + g * kLanes + i, sourceRows_ + i * kQuantum);
      in[i] = sourceRows_ + i * kQuantum;
    }
    if (!lanes) return;
    LaneGroup& group = busGroup_[g];
    if (!fed && lanes == all && !group.processes()) {
      // Nothing in, nothing that rings on: nothing out. From the second time on all rows are nought already.
      if (busIdle_[g]++ == 0) {
        __builtin_memset(busRows_ + g * tileStride_, 0, kLanes * kQuantum * sizeof(float));
        for (int i = 0; i < kLanes && g * kLanes + i < 2 * spec_.busCount; i++)
          __builtin_memset(busOut_ + (g * kLanes + i) * kQuantum, 0, kQuantum * sizeof(float));
      }
      group.decayMeters(peakDecay_, rmsStep_);
      return;
    }
    busIdle_[g] = 0;
    const bool shared = lanes != all;
    if (shared) *savedGroup_ = group;
    LaneGroup::gather(in, busTile_);
    SvfChain chain = group.eqChain(busTile_);
    runSvfChain(chain);
    group.runCompressor(busTile_, keyTile_, keyRowPointers_);
    float *out = busRows_ + g * tileStride_, *done = shared ? levelRows_ : out;
    core_->nonFinite += group.unloadMetered(busTile_, done, peakDecay_, rmsStep_);
    if (shared) {
      group.copySignal(*savedGroup_, ~lanes);
      for (int i = 0; i < kLanes; i++)
        if (lanes >> i & 1) __builtin_memcpy(out + i * kQuantum, done + i * kQuantum, kQuantum * sizeof(float));
    }
    const float* taps[kTapCount] = {out, out, out, out};
    mixLanes(&busMix(g, 0), taps, lanes);
  }

  void applyGains(const SmoothGains& g, int i, const float* in, float* out) noexcept {
    if (g.a[i] == 0 && g.b[i] == 0) {
      for (int n = 0; n < kQuantum; n++) out[n] = in[n] * g.target[i];
      return;
    }
    for (int n = 0; n < kQuantum; n++)
      out[n] = in[n] * (g.target[i] + (g.a[i] * table_.power[n] + g.b[i] * table_.rampPower[n]));
  }

  void sumRow(int output, float* row) noexcept {
    finishSum(output);
    const double* sum = sums_ + output * kQuantum;
    for (int n = 0; n < kQuantum; n += kWide) narrow(row + n, summed_[output] ? loadd(sum + n) : Vd{});
  }

  void runMaster() noexcept {
    for (int o = kMasterLeft; o <= kMasterRight; o++) {
      finishSum(o);
      if (!summed_[o])
        for (int n = 0; n < kQuantum; n += kWide) stored(sums_ + o * kQuantum + n, Vd{});
    }
    double *left = sums_, *right = sums_ + kQuantum;
    core_->eq.run(table_, rate_, left, right);
    alignas(64) double gain[kQuantum];
    core_->fader.run(table_, gain);
    float top = 0, sum = 0;
    Vd check{};
    for (int c = 0; c < 2; c++) {
      double* from = c ? right : left;
      float* to = preLimiter_ + c * kQuantum;
      for (int n = 0; n < kQuantum; n += kWide) {
        const Vd x = loadd(from + n) * loadd(gain + n);
        check = check + x * 0.0;
        narrow(to + n, x);
      }
    }
    double finite = 0;
    for (int i = 0; i < kWide; i++) finite += check[i];
    if (finite != 0) {  // NaN: something went non-finite
      core_->nonFinite += kQuantum;
      for (MasterBand& b : core_->eq.band) b.S1 = b.s2 = V2d{};
      for (int n = 0; n < 2 * kQuantum; n++) preLimiter_[n] = 0;
    }
    core_->limiter.process(preLimiter_, preLimiter_ + kQuantum, masterRows_, masterRows_ + kQuantum);
    Vf tops{}, squares{};
    for (int n = 0; n < 2 * kQuantum; n += kLanes) {
      const Vf x = load(masterRows_ + n);
      tops = max(abs(x), tops);
      squares = fma(x, x, squares);
    }
    for (int i = 0; i < kLanes; i++) top = larger(tops[i], top), sum += squares[i];
    if (top >= 1.0f)
      for (int n = 0; n < 2 * kQuantum; n++) core_->masterClips += __builtin_fabsf(masterRows_[n]) >= 1.0f;
    core_->masterPeak = larger(top, core_->masterPeak * peakDecay_);
    core_->masterMeanSquare += rmsStep_ * (sum / (2 * kQuantum) - core_->masterMeanSquare);
    loudness_->process(masterRows_, masterRows_ + kQuantum);
  }

  // Writes a row into its alignment line and gives back the row that is as late as the master is. The line's first
  // quantum stands again behind its end, so that any kQuantum frames lie side by side.
  const float* alignRow(float* line, const float* in) noexcept {
    const int64_t mask = alignLength_ - 1, at = core_->frame & mask;
    __builtin_memcpy(line + at, in, kQuantum * sizeof(float));
    if (at == 0) __builtin_memcpy(line + alignLength_, in, kQuantum * sizeof(float));
    return line + ((core_->frame - latency_) & mask);
  }
  float* alignLine(float* lines, int i) const noexcept { return lines + (size_t)i * (size_t)(alignLength_ + kQuantum); }

  // Buses and solo, as late as the master is.
  void alignBuses() noexcept {
    alignas(64) float row[kQuantum];
    const int64_t drained = alignLength_ / kQuantum + 1;  // quanta after which an idle line holds only noughts
    int64_t& soloIdle = busIdle_[busGroupCount_];
    soloIdle = summed_[kSoloLeft] | summed_[kSoloRight] ? 0 : soloIdle + 1;
    for (int s = 0; s <= spec_.busCount; s++) {
      const bool isSolo = s == spec_.busCount;
      const bool idle = (isSolo ? soloIdle : busIdle_[2 * s / kLanes]) > drained;
      for (int c = 0; c < 2; c++) {
        const float* from = busOut_ + (2 * s + c) * kQuantum;
        if (isSolo && !idle) sumRow(kSoloLeft + c, row), from = row;
        aligned_[2 * s + c] = idle ? silence_ : alignRow(alignLine(align_, 2 * s + c), from);
      }
    }
  }

  void runMonitor() noexcept {
    alignBuses();
    const int solo = spec_.busCount + 1;
    float *left = monitorRows_, *right = monitorRows_ + kQuantum;
    const bool plain = !monitorWeight_[0].moving() && monitorWeight_[0].value == 1 && !anyWeightMoving();
    for (int n = 0; n < 2 * kQuantum; n++) monitorRows_[n] = plain ? masterRows_[n] : 0;
    if (!plain) {
      for (int i = 0; i <= solo; i++) {
        if (!monitorWeight_[i].moving() && monitorWeight_[i].value == 0) continue;
        double w[kQuantum];
        monitorWeight_[i].run(table_, w);
        const float *l = i == 0 ? masterRows_ : aligned_[2 * (i - 1)], *r = i == 0 ? masterRows_ + kQuantum : aligned_[2 * i - 1];
        for (int n = 0; n < kQuantum; n++) {
          left[n] += (float)w[n] * l[n];
          right[n] += (float)w[n] * r[n];
        }
      }
    }
    if (core_->monoMix.moving() || core_->monoMix.value != 0) {
      double m[kQuantum];
      core_->monoMix.run(table_, m);
      for (int n = 0; n < kQuantum; n++) {
        const float middle = 0.5f * (left[n] + right[n]), apart = 1 - (float)m[n];
        left[n] = middle + apart * (left[n] - middle);
        right[n] = middle + apart * (right[n] - middle);
      }
    }
    if (core_->monitorGain.moving() || core_->monitorGain.value != 1) {
      double g[kQuantum];
      core_->monitorGain.run(table_, g);
      for (int n = 0; n < kQuantum; n++) left[n] *= (float)g[n], right[n] *= (float)g[n];
    }
  }

  bool anyWeightMoving() const noexcept {
    for (int i = 1; i < spec_.busCount + 2; i++)
      if (monitorWeight_[i].moving() || monitorWeight_[i].value != 0) return true;
    return false;
  }

  // The patch: names in the order of processors/routing/params.ts.
  void runOutputs(const GraphBlock& block) noexcept {
    enum { kAuto, kOff, kMaster, kMonitor = 4, kBus = 6 };
    for (int o = 0; o < spec_.outputCount; o++) {
      OutputState& t = output_[o];
      float* out = block.outputs[o];
      if (t.source != t.wanted) {
        if (t.gain.value == 0 && !t.gain.moving()) {
          t.source = t.wanted;
          t.waitFrames = latency_;
          __builtin_memset(alignLine(outputAlign_, o), 0, (size_t)(alignLength_ + kQuantum) * sizeof(float));
        } else {
          t.gain.target = 0;
        }
      } else if (t.waitFrames > 0) {
        t.waitFrames -= kQuantum;
      } else {
        t.gain.target = 1;
      }
      int source = t.source;
      if (source == kAuto) {
        if (block.deviceOutputs >= 4) source = o < 2 ? kMaster + o : o < 4 ? kMonitor + o - 2 : kOff;
        else source = o < 2 ? kMonitor + o : kOff;
      }
      const float* from = silence_;
      if (source >= kBus && source < kBus + 2 * spec_.busCount) {
        from = aligned_[source - kBus];
      } else if (source >= kBus) {
        const int lane = directLane(source - kBus - 2 * spec_.busCount);
        if (lane >= 0) {
          applyGains(direct_[lane / kLanes], lane % kLanes, rows(lane / kLanes) + lane % kLanes * kQuantum, keyTile_);
          from = alignRow(alignLine(outputAlign_, o), keyTile_);
        }
      } else if (source >= kMonitor) {
        from = monitorRows_ + (source - kMonitor) * kQuantum;
      } else if (source >= kMaster) {
        from = masterRows_ + (source - kMaster) * kQuantum;
      }
      if (t.gain.moving() || t.gain.value != 1) {
        double g[kQuantum];
        t.gain.run(table_, g);
        for (int n = 0; n < kQuantum; n++) out[n] = (float)g[n] * from[n];
      } else {
        __builtin_memcpy(out, from, kQuantum * sizeof(float));
      }
    }
  }

  int directLane(int index) const noexcept {
    for (int s = 0; s < spec_.stripCount; s++) {
      const int sides = strip_[s].stereo ? 2 : 1;
      if (index < sides) return strip_[s].lane + index;
      index -= sides;
    }
    return -1;
  }

  const GraphSpec spec_;
  const ParamMap params_;
  const MeterMap meters_;
  const double rate_;
  SmoothingTable table_;
  Vi laneBits_{};
  Limiter limiterProbe_;
  int groupCount_ = 0, busGroupCount_ = 0, outputs_ = 0, latency_ = 0, tileStride_ = 0;
  int64_t alignLength_ = 0, ringLength_ = 0;
  float peakDecay_ = 0, rmsStep_ = 0;
  bool jump_ = false;

  char *state_ = nullptr, *scratch_ = nullptr;
  size_t coreBytes_ = 0, stateBytes_ = 0, scratchBytes_ = 0;

  // In the state.
  Core* core_ = nullptr;
  StripState* strip_ = nullptr;
  SendState* send_ = nullptr;
  BusState* bus_ = nullptr;
  OutputState* output_ = nullptr;
  SmoothGain* monitorWeight_ = nullptr;
  DelayState* delay_ = nullptr;
  LaneGroup *group_ = nullptr, *busGroup_ = nullptr;
  MixState *mix_ = nullptr, *busMix_ = nullptr;
  SmoothGains *direct_ = nullptr, *busPost_ = nullptr;
  int64_t* busIdle_ = nullptr;  // quanta for which a bus group, and behind them the solo bus, had nothing to do
  uint8_t *groupTaps_ = nullptr, *groupKeys_ = nullptr;
  float *align_ = nullptr, *outputAlign_ = nullptr, *rings_ = nullptr;
  Loudness* loudness_ = nullptr;

  // Scratch: nothing in it outlives a quantum but what follows from the state.
  float *silence_ = nullptr, *tiles_ = nullptr, *tapRows_[kTapCount] = {}, *keyRows_ = nullptr, *keyTile_ = nullptr;
  int32_t* laneSource_ = nullptr;  // which of the block's sources a lane takes, −1 for none
  float *safeRow_ = nullptr, *sourceRows_ = nullptr, *busTile_ = nullptr, *levelRows_ = nullptr, *busRows_ = nullptr, *busOut_ = nullptr;
  double *sums_ = nullptr, *wideRows_ = nullptr;
  float* rampSums_ = nullptr;
  uint8_t* ramped_ = nullptr;  // outputs whose sum waits for finishSum()
  MixJob<double>* jobs_ = nullptr;
  MixJob<float>* rampJobs_ = nullptr;
  uint8_t* summed_ = nullptr;  // outputs that anything was added to in this quantum; the sums of others are stale
  float *masterRows_ = nullptr, *preLimiter_ = nullptr, *monitorRows_ = nullptr;
  const float** aligned_ = nullptr;  // rows of buses and solo, as late as the master
  LaneGroup* savedGroup_ = nullptr;
  const float** keyRowPointers_ = nullptr;
};

}  // namespace deskd::DESKD_ISA
