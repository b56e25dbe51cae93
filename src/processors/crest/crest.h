// Crest control: peaks more than the target above the loudness are taken down. A compressor of slope `amount`, whose threshold
// follows the loudness; it lifts nothing, and what has less crest passes to the bit. As the loudness falls with the peaks the
// threshold goes down with it, by at most 4 dB: of what is all peaks the crest would stay whatever is taken.
#pragma once
#include "../../native/generated/params.h"
#include "../compressor/gain-computer.h"
#include "crest-meter.h"

namespace deskd::DESKD_ISA {

struct Crest {
  CompressorGain gainOf;
  CrestMeter before, after;
  double sampleRateHz, targetLu, attack;  // attack: a one-pole step, as it was asked for
  int32_t isPlr;

  void init(double rateHz, const float*) noexcept {
    *this = Crest{};
    sampleRateHz = rateHz;
    targetLu = 12;
    attack = 1;
    gainOf.init();
    gainOf.computer.setKnee(kKneeDb, true);
    before.init(rateHz);
    after.init(rateHz);
  }
  void reset() noexcept {
    gainOf.reset();
    gainOf.computer.attack = attack;
    before.reset();
    after.reset();
  }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::crest;
    GainComputer& c = gainOf.computer;
    switch (at) {
      case p::measure: isPlr = value != 0; return;
      case p::targetLu: targetLu = value; return;
      case p::amountPercent: return aimAt(c.slope, value * 0.01, jump);
      case p::attackMs:
        attack = onePoleStep(value * 0.001, sampleRateHz);
        if (jump) c.attack = attack;
        return;
      case p::releaseMs: c.release = onePoleStep(value * 0.001, sampleRateHz); return;
    }
  }

  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    alignas(64) float row[kQuantum];
    alignas(64) double gain[kQuantum];
    const bool wasKnown = before.isKnown();
    before.process(left, right);
    for (int n = 0; n < kQuantum; n++) row[n] = before.isKnown() ? louderSquare(V2d{left[n], right[n]}) : 0;
    if (before.isKnown()) {
      const double loudness = loudnessOf(before), fallen = after.isKnown() ? loudness - loudnessOf(after) : 0;
      // The part of the peaks that stays goes by the loudness that comes in, all of what is left by the one that goes out.
      const double slope = gainOf.computer.slope.target, lower = slope > kLeastSlope ? fallen / slope : 0;
      gainOf.computer.setThreshold(loudness + targetLu - (lower < 0 ? 0 : lower > kMostLowerDb ? kMostLowerDb : lower), !wasKnown);
    }
    approachAttack();
    gainOf.run(table, row, gain);
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd g = loadd(gain + n);
      stored(left + n, loadd(left + n) * g);
      stored(right + n, loadd(right + n) * g);
    }
    after.process(left, right);
  }

  float gain() const noexcept { return (float)gainOf.least; }
  void writeMeters(float* m, bool runs) const noexcept {
    namespace p = deskd::meters::master::crest;
    m[p::beforeLu] = runs ? (float)(isPlr ? before.plr() : before.psr()) : 0;
    m[p::afterLu] = runs ? (float)(isPlr ? after.plr() : after.psr()) : 0;
  }

 private:
  // What is still to come of a slow attack would come at once by a fast one.
  void approachAttack() noexcept {
    double& now = gainOf.computer.attack;
    const double ratio = attack / now;
    now = ratio > kMostFaster ? now * kMostFaster : ratio < 1 / kMostFaster ? now / kMostFaster : attack;
  }
  double loudnessOf(const CrestMeter& meter) const noexcept { return isPlr ? meter.integratedLufs() : meter.shortTermLufs(); }

  static constexpr double kKneeDb = 2, kLeastSlope = 0.05, kMostLowerDb = 4, kMostFaster = 1.1;
};

}  // namespace deskd::DESKD_ISA
