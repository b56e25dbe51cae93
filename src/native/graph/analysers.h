// Meters that change nothing: how left and right of the master belong together, and third-octave spectra while they are on.
#pragma once
#include "outputs.h"

namespace deskd::DESKD_ISA {

class GraphAnalysers : protected GraphOutputs {
 protected:
  using GraphOutputs::GraphOutputs;

  void runAnalysers() noexcept {
    const float *left = masterRows_, *right = masterRows_ + kQuantum;
    core_->masterPowers.process(left, right, rmsStep_);
    if (core_->ballisticsOn) {
      core_->ballistics.process(left, right, kQuantum);
      core_->recentLevels.process(left, right);
    }
    const AnalyserState& a = core_->analyser;
    if (a.masterOn) masterBank().process(thirdOctaves_, left, right, averagingStep(false));
    if (!a.on) return;
    const float *l = left, *r = right;
    findAnalysed(a, l, r);
    analyserBank().process(thirdOctaves_, l, r, averagingStep(a.slow));
  }

 private:
  double averagingStep(bool slow) const noexcept { return onePole(slow ? 1 : 0.125, rate_ / kQuantum); }

  // Rows of what is analysed; the right one null for a mono strip.
  void findAnalysed(const AnalyserState& a, const float*& l, const float*& r) noexcept {
    enum { kMonitor = 1, kBus };
    const int bus = a.source - kBus, strip = bus - spec_.busCount;
    const bool faded = a.tap == (int)AnalyserTap::PostFader;
    if (a.source == kMonitor) {
      l = monitorRows_, r = monitorRows_ + kQuantum;
    } else if (bus >= 0 && bus < spec_.busCount) {
      const int lane = 2 * bus;
      l = faded ? busOut_ + lane * kQuantum : busRows_ + lane / kLanes * tileStride_ + lane % kLanes * kQuantum;
      r = l + kQuantum;
    } else if (strip >= 0 && strip < spec_.stripCount) {
      const StripState& t = strip_[strip];
      const int g = t.lane / kLanes, i = t.lane % kLanes;
      l = tapRows_[faded ? kTapEnd : a.tap] + g * tileStride_ + i * kQuantum;
      r = t.stereo ? l + kQuantum : nullptr;
      if (!faded) return;
      for (int side = 0; side <= t.stereo; side++)
        applyGains(direct_[g], i + side, l + side * kQuantum, keyTile_ + side * kQuantum);
      l = keyTile_;
      r = t.stereo ? keyTile_ + kQuantum : nullptr;
    }
  }
};

}  // namespace deskd::DESKD_ISA
