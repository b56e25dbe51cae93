// Loudness target: one gain for both sides that goes, no faster than it may, to where what comes in would have the loudness that is
// aimed at. It listens to what comes in alone, so that nothing can swing; it stands still while that is quieter than a gate.
#pragma once
#include "../../native/generated/params.h"
#include "../loudness/hop-loudness.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

struct LoudnessTarget {
  HopLoudness heard;
  double sampleRateHz, targetLufs, toleranceLu, mostBoostDb, mostCutDb, mostDbPerS, freezeBelowLufs;
  double goalDb, gainDb;
  int32_t isIntegrated, isFrozen;

  void init(double rateHz, const float*) noexcept {
    *this = LoudnessTarget{};
    sampleRateHz = rateHz;
    heard.init(rateHz);
    reset();
  }
  // Begins at 0 dB, knowing nothing.
  void reset() noexcept {
    heard.reset();
    goalDb = gainDb = 0;
    isFrozen = 1;
  }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool) noexcept {
    namespace p = deskd::params::master::target;
    switch (at) {
      case p::measure: isIntegrated = value != 0; return;
      case p::targetLufs: targetLufs = value; return;
      case p::toleranceLu: toleranceLu = value; return;
      case p::mostBoostDb: mostBoostDb = value; return;
      case p::mostCutDb: mostCutDb = value; return;
      case p::mostDbPerS: mostDbPerS = value; return;
      case p::freezeBelowLufs: freezeBelowLufs = value; return;
    }
  }

  // In place over kQuantum frames.
  void run(const SmoothingTable&, double* left, double* right) noexcept {
    const auto hop = heard.process(left, right, freezeBelowLufs);
    if (hop != HopLoudness::Hop::GoesOn) isFrozen = hop == HopLoudness::Hop::TooQuiet || !isKnown();
    if (hop == HopLoudness::Hop::Counts && isKnown()) aim();
    const double before = gainDb;
    if (!isFrozen) {
      const double most = mostDbPerS * kQuantum / sampleRateHz, off = goalDb - gainDb;
      gainDb = __builtin_fabs(off) <= most ? goalDb : gainDb + (off < 0 ? -most : most);
    }
    if (before == 0 && gainDb == 0) return;
    double g = amplitudeOf(before);
    const double step = (amplitudeOf(gainDb) - g) / kQuantum;
    for (int n = 0; n < kQuantum; n++) {
      g += step;
      left[n] *= g;
      right[n] *= g;
    }
  }

  float gain() const noexcept { return (float)amplitudeOf(gainDb); }
  void writeMeters(float* m, bool runs) const noexcept {
    m[deskd::meters::master::target::loudnessLufs] = runs && isKnown() ? (float)loudness() : -__builtin_inff();
  }

 private:
  bool isKnown() const noexcept { return heard.hops() >= kFewestHops; }
  double loudness() const noexcept { return isIntegrated ? heard.integratedLufs() : heard.shortTermLufs(); }

  // Off by more than the tolerance it goes to the nearest place within.
  void aim() noexcept {
    const double wanted = targetLufs - loudness();
    if (goalDb > wanted + toleranceLu) goalDb = wanted + toleranceLu;
    if (goalDb < wanted - toleranceLu) goalDb = wanted - toleranceLu;
    goalDb = goalDb < -mostCutDb ? -mostCutDb : goalDb > mostBoostDb ? mostBoostDb : goalDb;
  }
  static double amplitudeOf(double db) noexcept { return __builtin_exp2(db * 0.16609640474436813); }

  static constexpr int kFewestHops = 4;  // a block of BS.1770
};

}  // namespace deskd::DESKD_ISA
