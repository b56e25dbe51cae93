// An effect slot: one of reverb, delay and chorus between a bus and the strips that return it.
#pragma once
#include "../chorus/chorus.h"
#include "../delay/delay.h"
#include "../reverb/reverb.h"

namespace deskd::DESKD_ISA {

// What all slots have in common, for one sample rate: tables, and where lines lie in a slot's memory.
struct FxPlan {
  FxTables tables;
  ReverbPlan reverb;
  DelayPlan delay;
  ChorusPlan chorus;
  int32_t floats;  // of a slot's memory: its kinds take turns in it

  // `late`: frames by which strips hear an effect late. `fade` holds fxFadeFrames(rate) floats, `primes` a bit for each number below kPrimesBelow; both stay where they are.
  void init(double rate, int late, float* fade, uint32_t* primes) noexcept {
    tables.rate = rate;
    tables.late = late;
    tables.smoothing.init(rate);
    tables.slow.init(rate, kSlowSeconds);
    tables.fades = {fade, fxFadeFrames(rate)};
    for (int n = 0; fade && n < tables.fades.frames; n++)
      fade[n] = (float)(0.5 - 0.5 * __builtin_cos(3.141592653589793 * (n + 1) / tables.fades.frames));
    if (primes) findPrimes(primes);
    reverb.init(rate, primes);
    delay.init(rate);
    chorus.init(rate);
    floats = reverb.floats > delay.floats ? reverb.floats : delay.floats;
    floats = floats > chorus.floats ? floats : chorus.floats;
    floats = (floats + 1023) & ~1023;
  }
};

struct FxSlot {
  alignas(64) float out[2][kQuantum];  // of the quantum just run: strips hear it in the next
  int32_t type, wantedType;
  int32_t source, wantedSource;  // bus, −1 for none
  SmoothGain input, output;      // faded while source or type change
  float inputPeak, peak;
  Reverb reverb;
  Delay delay;
  Chorus chorus;

  void init(const FxPlan& plan) noexcept {
    source = wantedSource = -1;
    input.jump(1), output.jump(0);
    reverb.init(plan.reverb);
    delay.init(plan.tables);
    chorus.init();
  }

  void set(uint32_t at, float value, bool jump, int busCount, const FxPlan& plan) noexcept {
    namespace p = deskd::params::fx;
    switch (at) {
      case p::type:
        wantedType = (int)value;
        if (jump) begin(plan), output.jump(type != 0), input.jump(1);
        return;
      case p::source:
        wantedSource = (int)value <= busCount ? (int)value - 1 : -1;
        if (jump) source = wantedSource, input.jump(1);
        return;
    }
    if (at - p::reverb::base < p::reverb::size) reverb.set(at - p::reverb::base, value, jump, plan.tables, plan.reverb);
    else if (at - p::delay::base < p::delay::size) delay.set(at - p::delay::base, value, jump, plan.tables);
    else if (at - p::chorus::base < p::chorus::size) chorus.set(at - p::chorus::base, value, jump, plan.tables);
  }

  bool isOff() const noexcept { return (type | wantedType) == 0; }

  // Steps changes of type and source. Gives whether there is anything to run.
  bool prepare(const FxPlan& plan) noexcept {
    if (type != wantedType) {
      output.target = 0;
      if (type == 0 || (output.value == 0 && !output.moving())) begin(plan);
    }
    if (source != wantedSource) {
      input.target = 0;
      if (input.value == 0 && !input.moving()) source = wantedSource;
    } else {
      input.target = 1;
    }
    return type != 0;
  }

  // `in`: the source's rows. `memory`: the slot's lines. Gives how many samples were not finite: then it starts afresh.
  int run(const float* const* in, float* memory, const FxPlan& plan, float peakDecay) noexcept {
    alignas(64) float faded[2][kQuantum];
    const float* rows[2] = {in[0], in[1]};
    if (input.moving() || input.value != 1) {
      double g[kQuantum];
      input.run(plan.tables.smoothing, g);
      for (int c = 0; c < 2; c++) {
        for (int n = 0; n < kQuantum; n++) faded[c][n] = (float)g[n] * in[c][n];
        rows[c] = faded[c];
      }
    }
    float* to[2] = {out[0], out[1]};
    switch ((FxType)type) {
      case FxType::Reverb: reverb.run(rows, to, memory, plan.tables, plan.reverb); break;
      case FxType::Delay: delay.run(rows, to, memory, plan.tables, plan.delay); break;
      case FxType::Chorus: chorus.run(rows, to, memory, plan.tables, plan.chorus); break;
      case FxType::Off: break;
    }
    if (output.moving() || output.value != 1) {
      double g[kQuantum];
      output.run(plan.tables.smoothing, g);
      for (int c = 0; c < 2; c++)
        for (int n = 0; n < kQuantum; n++) out[c][n] *= (float)g[n];
    }
    Vf top{}, topIn{}, check{};
    for (int c = 0; c < 2; c++)
      for (int n = 0; n < kQuantum; n += kLanes) {
        const Vf x = load(out[c] + n);
        top = max(abs(x), top);
        topIn = max(abs(load(rows[c] + n)), topIn);
        check = fma(x, Vf{}, check);
      }
    float most = 0, mostIn = 0, bad = 0;
    for (int i = 0; i < kLanes; i++) {
      most = top[i] > most ? top[i] : most;
      mostIn = topIn[i] > mostIn ? topIn[i] : mostIn;
      bad += check[i];
    }
    inputPeak = mostIn > inputPeak * peakDecay ? mostIn : inputPeak * peakDecay;
    if (bad != 0) {  // NaN: something went non-finite
      __builtin_memset(out, 0, sizeof out);
      restart(plan);
      return kQuantum;
    }
    peak = most > peak * peakDecay ? most : peak * peakDecay;
    return 0;
  }

  // Floats of its memory that its kind uses.
  int32_t floatsInUse(const FxPlan& plan) const noexcept {
    switch ((FxType)type) {
      case FxType::Reverb: return plan.reverb.floats;
      case FxType::Delay: return plan.delay.floats;
      case FxType::Chorus: return plan.chorus.floats;
      case FxType::Off: break;
    }
    return 0;
  }

  template <class Visit>
  void eachLine(const FxPlan& plan, Visit visit) const noexcept {
    switch ((FxType)type) {
      case FxType::Reverb: return reverb.eachLine(plan.reverb, visit);
      case FxType::Delay: return delay.eachLine(plan.delay, visit);
      case FxType::Chorus: return chorus.eachLine(plan.chorus, visit);
      case FxType::Off: return;
    }
  }

 private:
  void begin(const FxPlan& plan) noexcept {
    type = wantedType;
    output.target = type != 0;
    input.jump(0);
    restart(plan);
    __builtin_memset(out, 0, sizeof out);
    if (type == 0) inputPeak = peak = 0;
  }

  void restart(const FxPlan& plan) noexcept {
    if (type == (int)FxType::Reverb) reverb.reset(plan.reverb);
    if (type == (int)FxType::Delay) delay.reset();
    if (type == (int)FxType::Chorus) chorus.reset();
  }
};

}  // namespace deskd::DESKD_ISA
