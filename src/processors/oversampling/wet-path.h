// What every oversampled stage of the master chain shares: a dry line as late as the wet path, and a fade between the two that
// waits until the wet path has filled. Off, only the dry line runs.
#pragma once
#include "../smoothing/smoothing.h"
#include "delayed-rows.h"
#include "oversampler.h"

namespace deskd::DESKD_ISA {

struct WetPath {
  DelayedRows<2> dry;
  SmoothGain wet;
  double wanted;
  int fillQuanta, fillLeft;

  void init(int latencyFrames) noexcept {
    *this = WetPath{};
    dry.init(latencyFrames);
    fillQuanta = (2 * latencyFrames + kQuantum - 1) / kQuantum;
  }
  // Holds at once; the wet path is as silent as the dry line is.
  void reset() noexcept {
    dry.init(dry.delay);
    wet.jump(wanted);
    fillLeft = 0;
  }
  bool asleep() const noexcept { return wanted == 0 && !wet.moving() && wet.value == 0; }
  // It was asleep, and what it holds is old: the caller clears it, and it is heard when it has filled.
  bool mustWake() const noexcept { return fillLeft < 0; }

  // [audio thread] Begins a quantum with the stage's input; false: nothing but the delayed input is to be heard.
  bool begin(const double* left, const double* right) noexcept {
    dry.push({left, right});
    if (asleep()) {
      fillLeft = -1;
      return false;
    }
    return true;
  }
  void woken() noexcept { fillLeft = fillQuanta; }
  // The share of the wet signal in each frame; `open`: whether it may be heard at all.
  void fade(const SmoothingTable& table, double* gain, bool open = true) noexcept {
    wet.target = open && fillLeft <= 0 ? wanted : 0;
    if (fillLeft > 0) fillLeft--;
    wet.run(table, gain);
  }
  // From the wet signal of a side to what leaves the stage.
  void mix(int c, const double* gain, double* x) const noexcept {
    const double* from = dry.past(c);
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd unmixed = loadAnywhere(from + n);
      stored(x + n, fma(loadd(gain + n), loadd(x + n) - unmixed, unmixed));
    }
  }
};

}  // namespace deskd::DESKD_ISA
