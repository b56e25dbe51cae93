// Crest control: peaks more than the target above the loudness are taken down. A compressor of slope `amount`, whose threshold
// follows the loudness of what comes in; it lifts nothing, and what has less crest passes to the bit. Where peaks make up much of
// the loudness that falls with them, so that more crest than the target is left.
#pragma once
#include "../../native/generated/params.h"
#include "../compressor/gain-computer.h"
#include "crest-meter.h"

namespace deskd::DESKD_ISA {

struct Crest {
  CompressorGain gainOf;
  CrestMeter before, after;
  double sampleRateHz, targetLu;
  int32_t isPlr;

  void init(double rateHz, const float*) noexcept {
    *this = Crest{};
    sampleRateHz = rateHz;
    targetLu = 12;
    gainOf.init();
    gainOf.computer.setKnee(kKneeDb, true);
    before.init(rateHz);
    after.init(rateHz);
  }
  void reset() noexcept {
    gainOf.reset();
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
      case p::attackMs: c.attack = onePoleStep(value * 0.001, sampleRateHz); return;
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
      const double loudness = isPlr ? before.integratedLufs() : before.shortTermLufs();
      gainOf.computer.setThreshold(loudness + targetLu, !wasKnown);
    }
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
  static constexpr double kKneeDb = 2;
};

}  // namespace deskd::DESKD_ISA
