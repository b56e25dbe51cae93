// The mastering chain: stages in any order on the master's sum, before its fader and limiter.
//
// A stage is a pointer-free struct with
//   void init(double sampleRateHz, const float* fixed)   `fixed`: its block of parameters; those that are not fixed are noughts
//   void reset()                                         silence; what is set holds at once
//   void set(uint32_t at, float value, bool jump)        `at`: offset in its block; smoothed unless it jumps
//   int latencyFrames() const                            the same for the engine's life, on or off
//   void run(const SmoothingTable&, double* left, double* right)   kQuantum frames in place
// and, where it needs them,
//   float gain() const              an amplitude, for its meter
//   void writeMeters(float* meters, bool runs) const   where it has more of them: into its block of meters
//   int64_t memoryDoubles() const   zeroed memory beside the struct, of a size that is fixed: run(…, double* memory) is given it
//   bool isReady() const            it may be heard: until then the way around it is
// Its `on` it may ignore: the frame fades it in and out, and does not run it while it is off. One that fades itself says so by
// switchesItself(), and by isIdle() when it is what comes in, to the bit; it must have no latency then.
#pragma once
#include "../../processors/chain/stage-frame.h"
#include "../../processors/crest/crest.h"
#include "../../processors/clipper/clipper.h"
#include "../../processors/dc/dc-filter.h"
#include "../../processors/dyn-eq/dyn-eq.h"
#include "../../processors/eq/master-eq.h"
#include "../../processors/glue/glue.h"
#include "../../processors/imager/imager.h"
#include "../../processors/multiband/multiband.h"
#include "../../processors/saturation/saturation.h"
#include "../../processors/target/target.h"

namespace deskd::DESKD_ISA {

struct MasterChain {
  DcFilter dc;
  MasterEq eq;
  DynamicEq dynEq;
  Multiband multiband;
  Glue glue;
  Crest crest;
  Saturation saturation;
  Imager imager;
  Clipper clipper;
  LoudnessTarget target;

  // Every stage with its parameters' and its meters' block: a new one is a member and a line here.
  template <class Chain, class Visit>
  static void each(Chain& c, Visit visit) noexcept {
    namespace p = deskd::params::master;
    namespace m = deskd::meters::master;
    visit(ChainStage::Dc, c.dc, p::dc::base, p::dc::size, m::dc::base);
    visit(ChainStage::Eq, c.eq, p::eq::base, p::eq::size, m::eq::base);
    visit(ChainStage::DynEq, c.dynEq, p::dynEq::base, p::dynEq::size, m::dynEq::base);
    visit(ChainStage::Multiband, c.multiband, p::multiband::base, p::multiband::size, m::multiband::base);
    visit(ChainStage::Glue, c.glue, p::glue::base, p::glue::size, m::glue::base);
    visit(ChainStage::Crest, c.crest, p::crest::base, p::crest::size, m::crest::base);
    visit(ChainStage::Saturation, c.saturation, p::saturation::base, p::saturation::size, m::saturation::base);
    visit(ChainStage::Imager, c.imager, p::imager::base, p::imager::size, m::imager::base);
    visit(ChainStage::Clipper, c.clipper, p::clipper::base, p::clipper::size, m::clipper::base);
    visit(ChainStage::Target, c.target, p::target::base, p::target::size, m::target::base);
  }

  StageFrame frame[kChainStageCount], whole;
  SmoothGain dip, trim;
  uint8_t order[kChainStageCount], slot[kChainStageCount];  // as it runs; as the parameters say
  int32_t reordering, dipFrames, latency, matchLevels;
  uint32_t busy;  // in this quantum

  // `fixed`: the master's block of parameters. Gives the doubles that the chain's lines take.
  int64_t init(double sampleRateHz, const float* fixed) noexcept {
    int64_t lines = 0;
    latency = 0;
    each(*this, [&](ChainStage s, auto& stage, uint32_t base, uint32_t, uint32_t) {
      stage.init(sampleRateHz, fixed + base);
      frame[(int)s].init(sampleRateHz, stage.latencyFrames(), lines);
      latency += stage.latencyFrames();
      frame[(int)s].memoryAt = lines;
      if constexpr (requires { stage.memoryDoubles(); }) lines += (stage.memoryDoubles() + 7) & ~7;
    });
    whole.init(sampleRateHz, latency, lines);
    whole.isMetered = 0;
    dip.jump(1);
    trim.jump(1);
    reordering = dipFrames = matchLevels = 0;
    busy = 0;
    for (int i = 0; i < kChainStageCount; i++) order[i] = slot[i] = (uint8_t)i;
    return lines;
  }

  // What something that is no number has been through begins anew.
  void reset(double* lines) noexcept {
    each(*this, [&](ChainStage s, auto& stage, uint32_t, uint32_t, uint32_t) {
      stage.reset();
      frame[(int)s].match.reset();
      frame[(int)s].inputPower = frame[(int)s].outputPower = 0;
    });
    whole.match.reset();
    clearLines(lines);
    whole.line.clear(lines);
  }

  // [audio thread] at: offset in the master's block. Gives whether it is one of the chain's parameters.
  bool set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::chain;
    if (at - p::base < p::size) {
      const uint32_t own = at - p::base;
      if (own == p::bypass) whole.bypass = value != 0;
      else if (own == p::delta) whole.delta = value != 0;
      else if (own == p::matchLevels) matchLevels = value != 0;
      else if (own == p::trimDb) setTrim(value, jump);
      else setSlot(own - p::order::base, (int)value, jump);
      whole.jump |= jump;
      return true;
    }
    bool isOwn = false;
    each(*this, [&](ChainStage s, auto& stage, uint32_t base, uint32_t size, uint32_t) {
      if (at - base >= size) return;
      StageFrame& f = frame[(int)s];
      if (at - base == size - 2) f.bypass = value != 0;
      else if (at - base == size - 1) f.delta = value != 0;
      else {
        if (at == base) f.on = value != 0;
        stage.set(at - base, value, jump);
      }
      f.jump |= jump;
      isOwn = true;
    });
    return isOwn;
  }

  // [audio thread] In place over kQuantum frames.
  void run(const SmoothingTable& table, int64_t frameNow, double meterStep, double* lines, double* left, double* right) noexcept {
    const ChainQuantum q = {table, frameNow, lines, meterStep, matchLevels != 0, latency};
    const StereoRows x = {left, right};
    busy = busyStages();
    if (!whole.running && isIdle()) {
      if (reordering) takeOrder();
      for (StageFrame& f : frame) f.jump = 0;
    } else if (!whole.running) {
      clearLines(lines);  // not written while all was off: what they hold is of long ago
    }
    moveOrder();
    double meanSquare = -1;
    whole.run(*this, q, x, meanSquare, [&] {
      for (uint8_t s : order)
        if (busy >> s & 1) runStage(s, q, x, meanSquare);
        else frame[s].pass(q, x, meanSquare);
      if (isTrimmed()) scale(trim, table, x);
      if (reordering) fade(table, x);
    });
  }

  void writeMeters(float* m) const noexcept {
    namespace own = deskd::meters::master::chain;
    m[own::base + own::meter::loudnessDb] = matchLevels && whole.match.isKnown ? (float)whole.match.gain : 0;
    each(*this, [&](ChainStage s, auto& stage, uint32_t, uint32_t, uint32_t meters) {
      const StageFrame& f = frame[(int)s];
      if constexpr (requires { stage.writeMeters(m, true); }) stage.writeMeters(m + meters, f.running);
      namespace first = deskd::meters::master::dc::meter;  // the same in every stage
      m[meters + first::inputDb] = (float)f.inputPower;
      m[meters + first::outputDb] = (float)f.outputPower;
      m[meters + first::gainDb] = (float)f.gain;
    });
  }

  // As the frame of the whole chain asks.
  bool switchesItself() const noexcept { return true; }
  bool isIdle() const noexcept { return busy == 0 && !isTrimmed(); }

 private:
  // A bit a stage: the others only delay.
  uint32_t busyStages() const noexcept {
    uint32_t stages = 0;
    each(*this, [&](ChainStage s, auto& stage, uint32_t, uint32_t, uint32_t) {
      stages |= (uint32_t)!frame[(int)s].isIdle(stage) << (int)s;
    });
    return stages;
  }
  bool isTrimmed() const noexcept { return trim.value != 1 || trim.moving(); }
  void setTrim(float db, bool jump) noexcept {
    trim.target = db == 0 ? 1 : __builtin_exp(db * 0.11512925464970229);
    if (jump) trim.jump(trim.target);
  }
  static void scale(SmoothGain& by, const SmoothingTable& table, const StereoRows& x) noexcept {
    alignas(64) double gain[kQuantum];
    by.run(table, gain);
    for (int n = 0; n < kQuantum; n++) x.left[n] *= gain[n], x.right[n] *= gain[n];
  }

  void runStage(int wanted, const ChainQuantum& q, const StereoRows& x, double& meanSquare) noexcept {
    each(*this, [&](ChainStage s, auto& stage, uint32_t, uint32_t, uint32_t) {
      if ((int)s != wanted) return;
      frame[wanted].run(stage, q, x, meanSquare, [&] {
        if constexpr (requires { stage.memoryDoubles(); })
          stage.run(q.table, x.left, x.right, q.lines + frame[wanted].memoryAt);
        else
          stage.run(q.table, x.left, x.right);
      });
    });
  }

  void clearLines(double* lines) const noexcept {
    for (const StageFrame& f : frame)
      if (f.line.length) f.line.clear(lines);
  }

  // The order that the slots say: a stage stands where it is named first; a slot that names one that stands already takes the
  // first that is named nowhere. So every stage is there once, whatever the slots say.
  void wantedOrder(uint8_t* to) const noexcept {
    uint32_t named = 0, taken = 0;
    for (uint8_t s : slot) named |= 1u << s;
    for (int i = 0; i < kChainStageCount; i++) {
      int s = slot[i];
      if (taken >> s & 1) s = __builtin_ctz(~named), named |= 1u << s;
      taken |= 1u << s;
      to[i] = (uint8_t)s;
    }
  }
  void takeOrder() noexcept { wantedOrder(order), reordering = 0, dipFrames = 0, dip.jump(1); }
  void setSlot(uint32_t i, int stage, bool jump) noexcept {
    slot[i] = (uint8_t)stage;
    if (jump) return takeOrder();
    uint8_t wanted[kChainStageCount];
    wantedOrder(wanted);
    if (__builtin_memcmp(wanted, order, sizeof order) != 0) reordering = 1;
  }

  // Faded out, changed, and faded in again when nothing of the old order is left in the lines.
  void moveOrder() noexcept {
    if (!reordering) return;
    uint8_t wanted[kChainStageCount];
    wantedOrder(wanted);
    if (__builtin_memcmp(wanted, order, sizeof order) != 0) {
      dip.target = 0;
      if (dip.value != 0 || dip.moving()) return;
      __builtin_memcpy(order, wanted, sizeof order);
      dipFrames = latency + kSettlingFrames;
    } else if (dipFrames > 0) {
      dipFrames -= kQuantum;
    } else {
      dip.target = 1;
    }
  }
  void fade(const SmoothingTable& table, const StereoRows& x) noexcept {
    scale(dip, table, x);
    reordering = dip.moving() || dip.value != 1 || dipFrames > 0;
    uint8_t wanted[kChainStageCount];
    wantedOrder(wanted);
    if (__builtin_memcmp(wanted, order, sizeof order) != 0) reordering = 1;
  }

  static constexpr int kSettlingFrames = 256;
};

}  // namespace deskd::DESKD_ISA
