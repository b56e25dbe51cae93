// Takes what stands still out of a signal: a second-order Butterworth high-pass at 2 … 10 Hz, matched, in double.
#pragma once
#include "../eq/master-band.h"

namespace deskd::DESKD_ISA {

struct DcFilter {
  MasterBand band;
  double sampleRateHz;

  void init(double rateHz, const float*) noexcept {
    *this = DcFilter{};
    sampleRateHz = rateHz;
    band.init();
    band.wantedType = (int)BandType::LowCut;
    band.octaveQ.jump(-0.5);
    band.octave.jump(__builtin_log2(5.0));
    band.on = 1;
  }
  void reset() noexcept { band.S1 = band.s2 = V2d{}, band.fresh = band.moving = 1; }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool jump) noexcept {
    if (at != deskd::params::master::dc::frequencyHz) return;
    band.octave.target = __builtin_log2(value);
    band.moving = 1;
    if (jump) band.fresh = 1;
  }

  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    band.prepare(table, sampleRateHz);
    MasterBand* const bands[1] = {&band};
    if (!band.used) return;
    if (band.ramping) runMasterBands<1, true>(bands, left, right);
    else runMasterBands<1, false>(bands, left, right);
  }
};

}  // namespace deskd::DESKD_ISA
