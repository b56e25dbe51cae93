// Crest of a stereo signal: PSR, true peak over short-term loudness (both of the last 3 s, or of less at first), and PLR, true
// peak over integrated loudness (ITU-R BS.1770-5), both since reset. In hops of 100 ms; silent hops count for neither.
#pragma once
#include "../limiter/true-peak.h"
#include "../loudness/hop-loudness.h"

namespace deskd::DESKD_ISA {

struct CrestMeter {
  void init(double sampleRateHz) noexcept {
    loudness_.init(sampleRateHz);
    reset();
  }
  void reset() noexcept {
    loudness_.reset();
    peaks_.reset();
    hopPeak_ = highest_ = 0;
  }

  // [audio thread] kQuantum frames.
  void process(const double* left, const double* right) noexcept {
    alignas(64) float l[kQuantum], r[kQuantum];
    for (int n = 0; n < kQuantum; n++) l[n] = (float)left[n], r[n] = (float)right[n];
    const float peak = peaks_.highest(l, r);
    hopPeak_ = peak > hopPeak_ ? peak : hopPeak_;
    const auto hop = loudness_.process(left, right);
    if (hop == HopLoudness::Hop::GoesOn) return;
    if (hop == HopLoudness::Hop::Counts) {
      hopPeaks_[loudness_.last()] = hopPeak_;
      highest_ = hopPeak_ > highest_ ? hopPeak_ : highest_;
    }
    hopPeak_ = 0;
  }

  bool isKnown() const noexcept { return loudness_.hops() > 0; }
  // LUFS; while known.
  double shortTermLufs() const noexcept { return loudness_.shortTermLufs(); }
  double integratedLufs() const noexcept { return loudness_.integratedLufs(); }
  // LU; 0 while not known.
  double psr() const noexcept {
    float top = 0;
    for (int i = 0; i < loudness_.filled(); i++) top = hopPeaks_[i] > top ? hopPeaks_[i] : top;
    return isKnown() ? 20 * __builtin_log10(top) - shortTermLufs() : 0;
  }
  double plr() const noexcept { return isKnown() ? 20 * __builtin_log10(highest_) - integratedLufs() : 0; }

 private:
  HopLoudness loudness_;
  TruePeak peaks_;
  float hopPeaks_[HopLoudness::kHops], hopPeak_, highest_;
};

}  // namespace deskd::DESKD_ISA
