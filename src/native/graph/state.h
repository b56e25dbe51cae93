// All that the graph keeps: the pointer-free state, and scratch that lasts for a quantum.
#pragma once
#include <sys/mman.h>

#include "../../processors/analyser/third-octave.h"
#include "../../processors/automix/automix.h"
#include "../../processors/ballistics/ballistics.h"
#include "../../processors/ballistics/recent-levels.h"
#include "../../processors/channel/pan.h"
#include "../../processors/fx/fx-slot.h"
#include "../../processors/limiter/limiter.h"
#include "../../processors/loudness/loudness.h"
#include "../../processors/oscillator/oscillator.h"
#include "../graph.h"
#include "../lane-group.h"
#include "chain.h"

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

// What strips and buses share.
struct ChannelState {
  float fader, pan;
  PanGains place;
  uint8_t mute, solo, soloSafe;
  uint8_t muteGroups;  // one bit a group it belongs to
  uint32_t dcas;       // one bit a DCA
};

struct StripState : ChannelState {
  float trim;
  float automixWeight;  // of its power
  uint8_t automixOn, automixGroup;
  uint8_t stereo, polarity, polarityLeft, polarityRight, stereoMode, lcr;
  uint8_t dirty, tapPending, taps;  // dirty: 2 to jump
  uint64_t dirtySends;               // buses whose send alone changed
  int32_t lane;                     // of the left side
  int32_t returns;                  // effect that is its input, −1 for none
};

struct BusState : ChannelState {
  uint8_t dirty;
  int32_t output, wantedOutput;  // −1 master, −2 nowhere, else bus
  int32_t level;                 // buses that feed none of others are at 0
  int32_t ahead;                 // look-ahead of its compressor in frames
  int32_t arrives, leaves;       // how late its sum must be and its output is, in frames behind the strips'
};

struct DcaState {
  float fader;
  uint8_t mute, solo;
};

struct DelayState {
  int32_t current, target, next, fadeLeft;
  int64_t valid;  // frames written since it was switched on; all of the line where it is on from the first sample
};

// A distance back in a line of rows, and the one that it fades to.
struct Shift {
  int32_t now, next, fadeLeft;  // now: −1 before the first row
};

struct OutputState {
  int32_t source, wanted;  // index in the patch's names
  int32_t waitFrames;      // until a new source's alignment line is full
  SmoothGain gain;
};

// Which outputs a group feeds: of a hundred most are silent, and those are not even looked at.
struct OutputSet {
  static constexpr int kWords = 3;
  uint64_t words[kWords];

  void add(int o) noexcept { words[o >> 6] |= 1ull << (o & 63); }
  void remove(int o) noexcept { words[o >> 6] &= ~(1ull << (o & 63)); }
  // Those before the o-th, or from it on; o < 64.
  OutputSet before(int o) const noexcept { return {{words[0] & ~(~0ull << o), 0, 0}}; }
  OutputSet from(int o) const noexcept { return {{words[0] & ~0ull << o, words[1], words[2]}}; }
  // Calls `visit` with each output, in order.
  template <class Visit>
  void each(Visit visit) const noexcept {
    for (int w = 0; w < kWords; w++)
      for (uint64_t todo = words[w]; todo; todo &= todo - 1) visit(64 * w + __builtin_ctzll(todo));
  }
};

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

  // Gives false once it stands still: then there is nothing to prepare until a gain is set again.
  bool prepare(const SmoothingTable& table) noexcept {
    activeNow = active;
    movingNow = moving;
    if (!moving) return false;
    moving = bitsOf(gain.advance(table));
    active = moving | bitsOf(gain.value != Vf{});
    return true;
  }
};

// Of one group: outputs where it may sound, and those whose gains change or have just changed.
struct MixOutputs {
  OutputSet fed, changing;
};

struct AnalyserState {
  int32_t on, source, tap, slow;  // AnalyserTap; source: index in the names of processors/analyser/params.ts
  int32_t masterOn;
};

struct TalkbackState {
  SmoothGain gain;
  float level;
  int32_t on, dims, input, wantedInput;  // card inputs, −1 for none
};

// A strip in the monitor, as loud as the master.
struct ReferenceState {
  LevelMatch match;
  SmoothGain gain;
  int32_t strip, wantedStrip, isMatched;  // −1 for none
};

// What there is one of.
struct CoreState {
  int64_t frame;
  double nonFinite, masterClips;
  int32_t panLaw, centreBus, soloMode, monitorSource, anySolo;
  int32_t keyedGates, anyListen;  // a gate is keyed from elsewhere; a key is listened to
  uint64_t keyBuses;              // buses that key anything
  int32_t anyDirty, monitorJump, monitorChanging;
  int32_t automixMembers;          // strips in the automix; after the last has left, 1 for a quantum
  uint32_t mutingGroups;           // mute groups that are on
  int32_t soloInPlace;             // it is in force: all that is not soloed is muted in the master
  uint64_t openBuses, fedBuses;    // then: buses that are heard, and those of them that all strips still feed
  float monitorLevel;
  int32_t dim, masterMute;
  float masterFader, masterPeak, masterMeanSquare;
  StereoPowers masterPowers;
  int32_t ballisticsOn;
  Ballistics ballistics;
  RecentLevels recentLevels;
  AnalyserState analyser;
  Oscillator oscillator;
  TalkbackState talkback;
  SmoothGain fader, monitorGain, monoMix;
  ReferenceState reference;
  MasterChain chain;
  LimiterSettings limiterSettings;
  Limiter limiter;
};

// One sum over lanes with gains that stand still for the quantum.
template <class Sum>
struct MixJob {
  const Vf* gains;
  uint32_t lanes;
  Sum* sum;
};

class GraphState {
 protected:
  explicit GraphState(const GraphSpec& spec)
      : spec_(spec),
        params_{(uint32_t)spec.stripCount, (uint32_t)spec.busCount, (uint32_t)spec.outputCount, (uint32_t)spec.dcaCount,
                (uint32_t)spec.fxCount},
        meters_{(uint32_t)spec.stripCount, (uint32_t)spec.busCount, (uint32_t)spec.outputCount, (uint32_t)spec.dcaCount,
                (uint32_t)spec.fxCount},
        rate_(spec.sampleRateHz) {
    table_.init(rate_);
    thirdOctaves_.init(rate_);
    for (int i = 0; i < kLanes; i++) laneBits_[i] = 1 << i;
    int lane = 0;
    for (int s = 0; s < spec.stripCount; s++) {
      if (spec.stripStereo[s]) lane = (lane + 1) & ~1;
      lane += spec.stripStereo[s] ? 2 : 1;
    }
    groupCount_ = (lane + kLanes - 1) / kLanes;
    busGroupCount_ = (2 * spec.busCount + kLanes - 1) / kLanes;
    outputs_ = kFirstBus + 2 * spec.busCount;
    if (outputs_ > 64 * OutputSet::kWords) __builtin_abort();
    limiterProbe_.init(rate_, spec.lookaheadMs, limiterPoints());
    limiterLatency_ = limiterProbe_.latencyFrames();
    findLatencies();
    findChainLatency();
    masterLatency_ = limiterLatency_ + chainLatency_;
    latency_ = stripLatency_ + busLatency_ + masterLatency_;
    alignLength_ = powerOfTwo(busLatency_ + masterLatency_ + kQuantum);
    lineFrames_ = stripLatency_ + busLatency_ ? powerOfTwo(stripLatency_ + busLatency_ + kQuantum) : 0;
    drainQuanta_ = 2 * lineFrames_ / kQuantum;
    ringLength_ = powerOfTwo((int64_t)(rate_ * 1.25));
    peakDecay_ = (float)__builtin_exp(-0.11512925464970229 * (20 / 1.7) * kQuantum / rate_);
    rmsStep_ = onePole(0.3, rate_ / kQuantum);
    automixMean_ = onePole(kAutomixMeanSeconds, rate_ / kQuantum);
    automixRelease_ = onePole(kAutomixReleaseSeconds, rate_ / kQuantum);

    fxPlan_.init(rate_, fxLate(), nullptr, nullptr);
    layOut(nullptr);
    const size_t rings = (size_t)groupCount_ * kLanes * ringLength_ * sizeof(float);
    stateBytes_ = coreBytes_ + loudnessBytes() + rings + (size_t)spec.fxCount * (size_t)fxPlan_.floats * sizeof(float);
    scratchBytes_ = layOutScratch(nullptr);
    state_ = allocate(stateBytes_);
    scratch_ = allocate(scratchBytes_);
    layOut(state_);
    loudness_ = (Loudness*)(state_ + coreBytes_);
    rings_ = (float*)(state_ + coreBytes_ + loudnessBytes());
    fxLines_ = rings_ + rings / sizeof(float);
    layOutScratch(scratch_);
    fxPlan_.init(rate_, fxLate(), fxFade_, primes_);
    mlock(state_, coreBytes_ + loudnessBytes());
    mlock(scratch_, scratchBytes_);
    initState();
  }

  ~GraphState() {
    munmap(state_, stateBytes_);
    munmap(scratch_, scratchBytes_);
  }
  GraphState(const GraphState&) = delete;
  GraphState& operator=(const GraphState&) = delete;

  static int64_t powerOfTwo(int64_t atLeast) noexcept {
    int64_t n = 64;
    while (n < atLeast) n *= 2;
    return n;
  }

  int aheadOf(const float* lookaheadMs, int i) const noexcept {
    const double ms = lookaheadMs ? lookaheadMs[i] : 0;
    return ms > 0 ? (int)((ms < kMaxLookaheadMs ? ms : kMaxLookaheadMs) * rate_ * 0.001 + 0.5) : 0;
  }

  // Strips are as late as the longest look-ahead of them; the master waits for the latest chain of buses there is at the
  // start. One of several look-aheads that is made later comes later than the rest.
  void findLatencies() noexcept {
    for (int s = 0; s < spec_.stripCount; s++) {
      const int ahead = aheadOf(spec_.stripLookaheadMs, s);
      stripLatency_ = ahead > stripLatency_ ? ahead : stripLatency_;
    }
    for (int b = 0; b < spec_.busCount; b++) {
      int late = 0;
      for (int at = b, steps = 0; at >= 0 && at < spec_.busCount && steps < spec_.busCount; steps++) {
        late += aheadOf(spec_.busLookaheadMs, at);
        at = spec_.busOutput ? spec_.busOutput[at] : -1;
      }
      busLatency_ = late > busLatency_ ? late : busLatency_;
    }
  }

  // The chain itself knows: one that is thrown away again is asked.
  void findChainLatency() {
    MasterChain* probe = (MasterChain*)allocate(sizeof(MasterChain));
    chainLineDoubles_ = probe->init(rate_, masterFixed());
    chainLatency_ = probe->latency;
    munmap(probe, sizeof(MasterChain));
  }
  const float* masterFixed() const noexcept {
    static const float none[params::master::size] = {};
    return spec_.master ? spec_.master : none;
  }
  int limiterPoints() const noexcept {
    namespace limiter = deskd::params::master::limiter;
    return masterFixed()[limiter::base + limiter::oversampling] >= 1 ? 8 : 4;
  }

  static float larger(float a, float b) noexcept { return a > b ? a : b; }

  static char* allocate(size_t bytes) {
    // All pages at once: the audio thread must not be the first to touch one.
    void* p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
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
    core_ = take<CoreState>(base, at, 1);
    strip_ = take<StripState>(base, at, (size_t)spec_.stripCount);
    send_ = take<SendState>(base, at, (size_t)(spec_.stripCount * spec_.busCount));
    bus_ = take<BusState>(base, at, (size_t)spec_.busCount);
    dca_ = take<DcaState>(base, at, (size_t)spec_.dcaCount);
    output_ = take<OutputState>(base, at, (size_t)spec_.outputCount);
    monitorWeight_ = take<SmoothGain>(base, at, (size_t)spec_.busCount + 3);
    oscillatorFeed_ = take<SmoothGain>(base, at, (size_t)spec_.busCount + 1);
    talkbackFeed_ = take<SmoothGain>(base, at, (size_t)spec_.busCount + 1);
    delay_ = take<DelayState>(base, at, groups * kLanes);
    group_ = take<LaneGroup>(base, at, groups);
    busGroup_ = take<LaneGroup>(base, at, busGroups);
    mix_ = take<MixState>(base, at, groups * outs);
    busMix_ = take<MixState>(base, at, busGroups * outs);
    mixOutputs_ = take<MixOutputs>(base, at, groups);
    busMixOutputs_ = take<MixOutputs>(base, at, busGroups);
    automix_ = take<Automix>(base, at, groups);
    direct_ = take<SmoothGains>(base, at, groups);
    fx_ = take<FxSlot>(base, at, (size_t)spec_.fxCount);
    busPost_ = take<SmoothGains>(base, at, busGroups);
    busIdle_ = take<int64_t>(base, at, busGroups + 1);
    busQuiet_ = take<int64_t>(base, at, busGroups);
    groupTaps_ = take<uint8_t>(base, at, groups);
    groupKeys_ = take<uint8_t>(base, at, groups);
    busKeys_ = take<float>(base, at, (size_t)spec_.busCount * 2 * kQuantum);
    if (lineFrames_) layOutLines(base, at);
    align_ = take<float>(base, at, ((size_t)spec_.busCount + 1) * 2 * (size_t)(alignLength_ + kQuantum));
    chainLines_ = take<double>(base, at, (size_t)chainLineDoubles_);
    outputAlign_ = take<float>(base, at, (size_t)spec_.outputCount * (size_t)(alignLength_ + kQuantum));
    banks_ = take<ThirdOctaveBank>(base, at, 2);
    coreBytes_ = (at + 4095) & ~(size_t)4095;
  }

  void layOutLines(char* base, size_t& at) noexcept {
    const size_t groups = stripLatency_ ? (size_t)groupCount_ : 0, busGroups = (size_t)busGroupCount_;
    const size_t sides = busLatency_ ? 2 * (size_t)spec_.busCount : 0, sums = busLatency_ ? (size_t)outputs_ : 0;
    const size_t tileLine = (size_t)lineFrames_ * kLanes, rowLine = (size_t)(lineFrames_ + kQuantum);
    tapLines_ = take<float>(base, at, groups * kTapCount * tileLine);
    keyLines_ = take<float>(base, at, groups * tileLine);
    busLines_ = take<float>(base, at, busGroups * tileLine);
    busKeyLines_ = take<float>(base, at, busGroups * tileLine);
    sumLines_ = take<double>(base, at, sums * rowLine);
    busRowLines_ = take<float>(base, at, sides * rowLine);
    sumShift_ = take<Shift>(base, at, sums);
    busShift_ = take<Shift>(base, at, 2 * sides);
    sumIdle_ = take<int64_t>(base, at, sums);
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
    busInMaster_ = busLatency_ ? take<float>(base, at, busGroups * (size_t)tileStride_) : busRows_;
    busOnwards_ = take<float>(base, at, (size_t)tileStride_);
    laneAhead_ = take<int32_t>(base, at, groups * kLanes);
    busOut_ = take<float>(base, at, (size_t)spec_.busCount * 2 * kQuantum);
    savedGroup_ = take<LaneGroup>(base, at, 1);
    talkbackRows_ = take<float>(base, at, ((size_t)spec_.busCount + 1) * kQuantum);
    talkbackHeard_ = take<uint8_t>(base, at, (size_t)spec_.busCount + 1);
    masterRows_ = take<float>(base, at, 2 * kQuantum);
    preLimiter_ = take<float>(base, at, 2 * kQuantum);
    monitorRows_ = take<float>(base, at, 2 * kQuantum);
    aligned_ = take<const float*>(base, at, ((size_t)spec_.busCount + 1) * 2);
    keyRowPointers_ = take<const float*>(base, at, groups * kLanes + (size_t)spec_.busCount * 2);
    fxFade_ = take<float>(base, at, (size_t)fxFadeFrames(rate_));
    primes_ = take<uint32_t>(base, at, kPrimesBelow / 32);
    return (at + 4095) & ~(size_t)4095;
  }

  float* tile(int g) noexcept { return tiles_ + g * tileStride_; }
  float* tileLine(float* lines, int g) noexcept { return lines + (size_t)g * (size_t)lineFrames_ * kLanes; }
  float* tapLine(int g, int point) noexcept { return tileLine(tapLines_, g * kTapCount + point); }
  float* rows(int g) noexcept { return tapRows_[kTapEnd] + g * tileStride_; }
  MixState& mix(int g, int o) noexcept { return mix_[g * outputs_ + o]; }
  MixState& busMix(int g, int o) noexcept { return busMix_[g * outputs_ + o]; }

  // Where a bus's side stands among the rows of keys, behind all lanes of strips.
  int busKeyRow(int side) const noexcept { return groupCount_ * kLanes + side; }

  // Frames from an effect to the master beyond those from its source: a quantum, and the strips and buses that return it.
  int fxLate() const noexcept { return kQuantum + stripLatency_ + busLatency_; }
  float* fxLines(int f) noexcept { return fxLines_ + (size_t)f * (size_t)fxPlan_.floats; }
  ThirdOctaveBank& masterBank() noexcept { return banks_[0]; }
  ThirdOctaveBank& analyserBank() noexcept { return banks_[1]; }
  SendState& send(int s, int b) noexcept { return send_[s * spec_.busCount + b]; }

  void initState() noexcept {
    core_->limiter.init(rate_, spec_.lookaheadMs, limiterPoints());
    core_->limiterSettings = {};
    loudness_->init(rate_);
    core_->chain.init(rate_, masterFixed());
    core_->ballistics.init(rate_);
    core_->recentLevels.init(rate_);
    core_->oscillator.init();
    core_->talkback = {{}, 1, 0, 1, -1, -1};
    core_->fader.jump(1);
    core_->monitorGain.jump(1);
    core_->monoMix.jump(0);
    core_->reference.match.init(rate_);
    core_->reference.gain.jump(1);
    core_->reference.strip = core_->reference.wantedStrip = -1;
    core_->reference.isMatched = 1;
    core_->masterFader = core_->monitorLevel = 1;
    core_->centreBus = -1;
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
      t.returns = -1;
      t.fader = t.trim = t.automixWeight = 1;
      t.dirty = 1;
      if (t.stereo) {
        LaneGroup& g = group_[lane / kLanes];
        g.anyPairs = 1;
        g.pairs[lane % kLanes] = g.pairs[lane % kLanes + 1] = -1;
      }
      lane += t.stereo ? 2 : 1;
      for (int b = 0; b < spec_.busCount; b++) send(s, b) = {0, 0, {0, 0}, 1, (uint8_t)SendTap::PostFader};
    }
    for (int b = 0; b < spec_.busCount; b++) bus_[b] = {{1, 0, {1, 1}, 0, 0, 0, 0, 0}, 1, -1, -1, 0, 0, 0, 0};
    for (int b = 0; b < spec_.busCount; b++) bus_[b].ahead = bus_[b].leaves = aheadOf(spec_.busLookaheadMs, b);
    for (int o = 0; busLatency_ && o < outputs_; o++) sumShift_[o].now = -1;
    for (int i = 0; busLatency_ && i < 4 * spec_.busCount; i++) busShift_[i].now = -1;
    for (int s = 0; s < spec_.stripCount; s++)
      for (int side = 0; side <= strip_[s].stereo; side++)
        laneAhead_[strip_[s].lane + side] = aheadOf(spec_.stripLookaheadMs, s);
    for (int d = 0; d < spec_.dcaCount; d++) dca_[d].fader = 1;
    for (int f = 0; f < spec_.fxCount; f++) fx_[f].init(fxPlan_);
    for (int o = 0; o < spec_.outputCount; o++) output_[o].gain.jump(1);
    for (int i = 0; i < groupCount_ * kLanes; i++) laneSource_[i] = -1;
    for (int s = 0; s < spec_.stripCount; s++)
      for (int side = 0; side <= strip_[s].stereo; side++) laneSource_[strip_[s].lane + side] = 2 * s + side;
    for (int i = 0; i < groupCount_ * kLanes; i++)
      keyRowPointers_[i] = keyRows_ + (i / kLanes) * tileStride_ + (i % kLanes) * kQuantum;
    for (int i = 0; i < 2 * spec_.busCount; i++) keyRowPointers_[busKeyRow(i)] = busKeys_ + i * kQuantum;
    for (int g = 0; g < groupCount_; g++) {
      automix_[g].init();
      direct_[g].value = direct_[g].target = splat(1);
      for (int o = 0; o < outputs_; o++)
        for (uint8_t& t : mix(g, o).tap) t = kTapEnd;
    }
    for (int g = 0; g < busGroupCount_; g++)
      for (int o = 0; o < outputs_; o++)
        for (uint8_t& t : busMix(g, o).tap) t = kTapEnd;
    monitorWeight_[0].jump(1);
  }

  const GraphSpec spec_;
  const ParamMap params_;
  const MeterMap meters_;
  const double rate_;
  SmoothingTable table_;
  ThirdOctaveDesign thirdOctaves_;
  FxPlan fxPlan_;
  Vi laneBits_{};
  Limiter limiterProbe_;
  int groupCount_ = 0, busGroupCount_ = 0, outputs_ = 0, tileStride_ = 0;
  // In frames: of all strips, of the buses behind them, of the chain and the limiter behind those, and all of it.
  int stripLatency_ = 0, busLatency_ = 0, chainLatency_ = 0, limiterLatency_ = 0, masterLatency_ = 0, latency_ = 0;
  int64_t chainLineDoubles_ = 0;
  int64_t alignLength_ = 0, ringLength_ = 0;
  int64_t lineFrames_ = 0;   // of the lines of look-ahead; 0 where there is none
  int64_t drainQuanta_ = 0;  // after which all of them hold only noughts
  float peakDecay_ = 0, rmsStep_ = 0, automixMean_ = 0, automixRelease_ = 0;
  bool jump_ = false;

  char *state_ = nullptr, *scratch_ = nullptr;
  size_t coreBytes_ = 0, stateBytes_ = 0, scratchBytes_ = 0;

  // In the state.
  CoreState* core_ = nullptr;
  StripState* strip_ = nullptr;
  SendState* send_ = nullptr;
  BusState* bus_ = nullptr;
  DcaState* dca_ = nullptr;
  OutputState* output_ = nullptr;
  SmoothGain* monitorWeight_ = nullptr;
  SmoothGain *oscillatorFeed_ = nullptr, *talkbackFeed_ = nullptr;  // of each bus; last of the master, of the monitor
  DelayState* delay_ = nullptr;
  LaneGroup *group_ = nullptr, *busGroup_ = nullptr;
  MixState *mix_ = nullptr, *busMix_ = nullptr;
  MixOutputs *mixOutputs_ = nullptr, *busMixOutputs_ = nullptr;
  Automix* automix_ = nullptr;
  SmoothGains *direct_ = nullptr, *busPost_ = nullptr;
  int64_t* busIdle_ = nullptr;  // quanta for which a bus group, and behind them the solo bus, had nothing to do
  uint8_t *groupTaps_ = nullptr, *groupKeys_ = nullptr;
  float* busKeys_ = nullptr;  // of the quantum before
  int64_t* busQuiet_ = nullptr;  // quanta for which nothing came into a bus group and nothing in it rang on
  // With look-ahead only: tiles at the taps and the compressors' keys, of strips and buses, sums, rows of buses.
  float *tapLines_ = nullptr, *keyLines_ = nullptr, *busLines_ = nullptr, *busKeyLines_ = nullptr, *busRowLines_ = nullptr;
  double* sumLines_ = nullptr;
  Shift *sumShift_ = nullptr, *busShift_ = nullptr;
  int64_t* sumIdle_ = nullptr;
  ThirdOctaveBank* banks_ = nullptr;  // of the master's spectrum, and of the analyser
  double* chainLines_ = nullptr;
  float *align_ = nullptr, *outputAlign_ = nullptr, *rings_ = nullptr;
  Loudness* loudness_ = nullptr;
  FxSlot* fx_ = nullptr;
  float* fxLines_ = nullptr;

  // Scratch: nothing in it outlives a quantum but what follows from the state.
  float *silence_ = nullptr, *tiles_ = nullptr, *tapRows_[kTapCount] = {}, *keyRows_ = nullptr, *keyTile_ = nullptr;
  int32_t* laneSource_ = nullptr;  // which of the block's sources a lane takes, −1 for none
  float *safeRow_ = nullptr, *sourceRows_ = nullptr, *busTile_ = nullptr, *levelRows_ = nullptr, *busRows_ = nullptr, *busOut_ = nullptr;
  float *busInMaster_ = nullptr, *busOnwards_ = nullptr;  // rows of buses in time with the master, with where they go
  int32_t* laneAhead_ = nullptr;                          // look-ahead of a strip's compressor in frames
  double *sums_ = nullptr, *wideRows_ = nullptr;
  float* rampSums_ = nullptr;
  uint8_t* ramped_ = nullptr;  // outputs whose sum waits for finishSum()
  MixJob<double>* jobs_ = nullptr;
  MixJob<float>* rampJobs_ = nullptr;
  uint8_t* summed_ = nullptr;  // outputs that anything was added to in this quantum; the sums of others are stale
  bool isTalking_ = false;
  float* talkbackRows_ = nullptr;
  uint8_t* talkbackHeard_ = nullptr;  // feeds that the talkback goes to in this quantum
  float *masterRows_ = nullptr, *preLimiter_ = nullptr, *monitorRows_ = nullptr;
  const float** aligned_ = nullptr;  // rows of buses and solo, as late as the master
  bool alignedSilence_ = false;      // all of them are silent and say so
  LaneGroup* savedGroup_ = nullptr;
  const float** keyRowPointers_ = nullptr;
  float* fxFade_ = nullptr;     // constants
  uint32_t* primes_ = nullptr;
};

}  // namespace deskd::DESKD_ISA
