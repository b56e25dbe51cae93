// Loudness of a stereo signal in hops of 100 ms (ITU-R BS.1770-5), where only hops that are loud enough count: short-term of the last
// thirty of them, or of fewer at first, and integrated since reset.
#pragma once
#include "../../native/quantum.h"
#include "k-weighting.h"
#include "loudness-histogram.h"

namespace deskd::DESKD_ISA {

struct HopLoudness {
  static constexpr int kHops = 30;
  enum class Hop { GoesOn, TooQuiet, Counts };

  void init(double sampleRateHz) noexcept {
    weighting_.init(sampleRateHz);
    hopQuanta_ = (int)(sampleRateHz / (10 * kQuantum) + 0.5);
    reset();
  }
  void reset() noexcept {
    weighting_.clear();
    blocks_.reset();
    quanta_ = hops_ = last_ = 0;
    power_ = 0;
  }

  // [audio thread] kQuantum frames. What the hop came to that ends with them, if one does.
  Hop process(const double* left, const double* right, double gateLufs = LoudnessHistogram::kAbsoluteGateLufs) noexcept {
    V2d sum{};
    for (int n = 0; n < kQuantum; n++) {
      const V2d z = weighting_.next(V2d{left[n], right[n]});
      sum = fma2(z, z, sum);
    }
    power_ += sum[0] + sum[1];
    if (++quanta_ < hopQuanta_) return Hop::GoesOn;
    const double power = power_ / ((double)hopQuanta_ * kQuantum);
    quanta_ = 0, power_ = 0;
    if (!(lufsOf(power) > gateLufs)) return Hop::TooQuiet;
    const int at = last_ = hops_ % kHops;
    powers_[at] = power;
    hops_ = hops_ + 1 < 1 << 30 ? hops_ + 1 : kHops;
    if (hops_ < kBlockHops) return Hop::Counts;
    double block = 0;
    for (int back = 0; back < kBlockHops; back++) block += powers_[(at + kHops - back) % kHops];
    blocks_.add(block / kBlockHops);
    return Hop::Counts;
  }

  // That counted: many, or all since reset; of those in the last thirty, and which of them is the last.
  int hops() const noexcept { return hops_; }
  int filled() const noexcept { return hops_ < kHops ? hops_ : kHops; }
  int last() const noexcept { return last_; }
  // LUFS; while a hop counted.
  double shortTermLufs() const noexcept {
    double sum = 0;
    for (int i = 0; i < filled(); i++) sum += powers_[i];
    return lufsOf(sum / filled());
  }
  double integratedLufs() const noexcept {
    const double gated = blocks_.gatedMean(0.1);
    return gated > 0 ? lufsOf(gated) : shortTermLufs();
  }

 private:
  static constexpr int kBlockHops = 4;

  KWeighting weighting_;
  LoudnessHistogram blocks_;
  double powers_[kHops], power_;
  int hopQuanta_, quanta_, hops_, last_;
};

}  // namespace deskd::DESKD_ISA
