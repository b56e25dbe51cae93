// Crest of a stereo signal: PSR, true peak over short-term loudness (both of the last 3 s, or of less at first), and PLR, true
// peak over integrated loudness (ITU-R BS.1770-5), both since reset. In hops of 100 ms; silent hops count for neither.
#pragma once
#include "../limiter/true-peak.h"
#include "../loudness/k-weighting.h"
#include "../loudness/loudness-histogram.h"

namespace deskd::DESKD_ISA {

struct CrestMeter {
  void init(double sampleRateHz) noexcept {
    weighting_.init(sampleRateHz);
    hopQuanta_ = (int)(sampleRateHz / (10 * kQuantum) + 0.5);
    reset();
  }
  void reset() noexcept {
    weighting_.clear();
    peaks_.reset();
    blocks_.reset();
    quanta_ = hops_ = 0;
    power_ = 0;
    hopPeak_ = highest_ = 0;
  }

  // [audio thread] kQuantum frames.
  void process(const double* left, const double* right) noexcept {
    alignas(64) float l[kQuantum], r[kQuantum];
    V2d sum{};
    for (int n = 0; n < kQuantum; n++) {
      const V2d z = weighting_.next(V2d{left[n], right[n]});
      sum = fma2(z, z, sum);
      l[n] = (float)left[n], r[n] = (float)right[n];
    }
    power_ += sum[0] + sum[1];
    const float peak = peaks_.highest(l, r);
    hopPeak_ = peak > hopPeak_ ? peak : hopPeak_;
    if (++quanta_ == hopQuanta_) endHop();
  }

  bool isKnown() const noexcept { return hops_ > 0; }
  // LUFS; while known.
  double shortTermLufs() const noexcept {
    double sum = 0;
    for (int i = 0; i < filled(); i++) sum += powers_[i];
    return lufsOf(sum / filled());
  }
  double integratedLufs() const noexcept {
    const double gated = blocks_.gatedMean(0.1);
    return gated > 0 ? lufsOf(gated) : shortTermLufs();
  }
  // LU; 0 while not known.
  double psr() const noexcept {
    float top = 0;
    for (int i = 0; i < filled(); i++) top = hopPeaks_[i] > top ? hopPeaks_[i] : top;
    return isKnown() ? 20 * __builtin_log10(top) - shortTermLufs() : 0;
  }
  double plr() const noexcept { return isKnown() ? 20 * __builtin_log10(highest_) - integratedLufs() : 0; }

 private:
  static constexpr int kHops = 30, kBlockHops = 4;

  int filled() const noexcept { return hops_ < kHops ? hops_ : kHops; }

  void endHop() noexcept {
    const double power = power_ / ((double)hopQuanta_ * kQuantum);
    const float peak = hopPeak_;
    quanta_ = 0, power_ = 0, hopPeak_ = 0;
    if (!(lufsOf(power) > LoudnessHistogram::kAbsoluteGateLufs)) return;
    const int at = hops_ % kHops;
    powers_[at] = power, hopPeaks_[at] = peak;
    highest_ = peak > highest_ ? peak : highest_;
    hops_ = hops_ + 1 < 1 << 30 ? hops_ + 1 : kHops;
    if (hops_ < kBlockHops) return;
    double block = 0;
    for (int back = 0; back < kBlockHops; back++) block += powers_[(at + kHops - back) % kHops];
    blocks_.add(block / kBlockHops);
  }

  KWeighting weighting_;
  TruePeak peaks_;
  LoudnessHistogram blocks_;
  double powers_[kHops], power_;
  float hopPeaks_[kHops], hopPeak_, highest_;
  int hopQuanta_, quanta_, hops_;
};

}  // namespace deskd::DESKD_ISA
