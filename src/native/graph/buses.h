// Buses, level by level.
#pragma once
#include "oscillator.h"

namespace deskd::DESKD_ISA {

class GraphBuses : protected GraphOscillator {
 protected:
  using GraphOscillator::GraphOscillator;

  // Level by level, so that a bus that feeds another is done before it.
  void runBuses() noexcept {
    for (int g = 0; g < busGroupCount_; g++) {
      busGroup_[g].prepare(table_, rate_);
      prepareMix(&busMix(g, 0), busMixOutputs_[g]);
    }
    if (areBusesIdle()) {
      for (int g = 0; g < busGroupCount_; g++) passIdle(g);
      return keepBusKeys();
    }
    int levels = 0;
    for (int b = 0; b < spec_.busCount; b++) levels = bus_[b].level > levels ? bus_[b].level : levels;
    for (int level = 0; level <= levels; level++)
      for (int g = 0; g < busGroupCount_; g++) runBusGroup(g, level);
    keepBusKeys();
    for (int g = 0; g < busGroupCount_; g++) {
      if (busIdle_[g]) continue;
      busPost_[g].advance(table_);
      for (int i = 0; i < kLanes && g * kLanes + i < 2 * spec_.busCount; i++)
        applyGains(busPost_[g], i, busInMaster_ + g * tileStride_ + i * kQuantum, busOut_ + (g * kLanes + i) * kQuantum);
    }
  }

  // What keys from buses will be in the next quantum: before their faders and mutes.
  void keepBusKeys() noexcept {
    for (uint64_t todo = core_->keyBuses; todo; todo &= todo - 1) {
      const int lane = 2 * __builtin_ctzll(todo);
      __builtin_memcpy(busKeys_ + lane * kQuantum, busRows_ + lane / kLanes * tileStride_ + lane % kLanes * kQuantum,
                       2 * kQuantum * sizeof(float));
    }
  }

  // All were idle the last time (so their rows are nought), and nothing has come since.
  bool areBusesIdle() const noexcept {
    uint8_t fed = 0;
    for (int o = kFirstBus; o < outputs_; o++) fed |= summed_[o];
    if (fed) return false;
    for (int g = 0; g < busGroupCount_; g++)
      if (busIdle_[g] == 0 || busGroup_[g].processes()) return false;
    return true;
  }

  void passIdle(int g) noexcept {
    busIdle_[g]++;
    busGroup_[g].decayMeters(peakDecay_, rmsStep_);
    busPost_[g].advance(table_);
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
    busQuiet_[g] = !fed && lanes == all && !group.processes() ? busQuiet_[g] + 1 : 0;
    if (busQuiet_[g] > drainQuanta_) {
      // Nothing in, nothing that rings on: nothing out.
      if (busIdle_[g] == 0) {
        __builtin_memset(busRows_ + g * tileStride_, 0, kLanes * kQuantum * sizeof(float));
        __builtin_memset(busInMaster_ + g * tileStride_, 0, kLanes * kQuantum * sizeof(float));
        for (int i = 0; i < kLanes && g * kLanes + i < 2 * spec_.busCount; i++)
          __builtin_memset(busOut_ + (g * kLanes + i) * kQuantum, 0, kQuantum * sizeof(float));
      }
      return passIdle(g);
    }
    busIdle_[g] = 0;
    const bool shared = lanes != all;
    if (shared) *savedGroup_ = group;
    LaneGroup::gather(in, busTile_);
    SvfChain chain = group.eqChain(busTile_);
    runSvfChain(chain);
    runBusCompressor(g, busTile_, lanes);
    float *out = busRows_ + g * tileStride_, *done = shared ? levelRows_ : out;
    core_->nonFinite += group.unloadMetered(busTile_, done, peakDecay_, rmsStep_);
    if (shared) {
      group.copySignal(*savedGroup_, ~lanes);
      for (int i = 0; i < kLanes; i++)
        if (lanes >> i & 1) __builtin_memcpy(out + i * kQuantum, done + i * kQuantum, kQuantum * sizeof(float));
    }
    mixBusRows(g, out, lanes);
  }

  void mixBusRows(int g, const float* rows, uint32_t lanes) noexcept {
    const OutputSet& fed = busMixOutputs_[g].fed;
    const auto mix = [&](const OutputSet& outputs, const float* from) {
      const float* taps[kTapCount] = {from, from, from, from};
      mixLanes(&busMix(g, 0), outputs, taps, lanes);
    };
    if (!busLatency_) return mix(fed, rows);
    float* inMaster = busInMaster_ + g * tileStride_;
    alignBusRows(g, rows, inMaster, busOnwards_, lanes);
    mix(fed.before(kFirstBus), inMaster);
    mix(fed.from(kFirstBus), busOnwards_);
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
};

}  // namespace deskd::DESKD_ISA
