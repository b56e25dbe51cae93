// Loudness of a stereo signal: momentary, short-term, integrated, loudness range (EBU Tech 3341, 3342), and its peaks.
#pragma once
#include "../limiter/true-peak.h"
#include "k-weighting.h"
#include "loudness-histogram.h"

namespace deskd::DESKD_ISA {

struct Loudness {
  void init(double sampleRateHz) noexcept {
    *this = Loudness{};
    weighting_.init(sampleRateHz);
    hopFrames_ = (int)(sampleRateHz / 100 + .5);
    momentary_ = shortTerm_ = -__builtin_inf();
    reset();
  }

  // [audio thread] Begins a new measurement of integrated loudness, range and peaks. Momentary and short-term go on.
  void reset() noexcept {
    blocks_.reset();
    shortTerms_.reset();
    hopFrame_ = 0;
    hops_ = 0;
    hopEnergy_ = V2d{};
    truePeak_ = samplePeak_ = sampleBefore_ = 0;
    integrated_ = maxMomentary_ = maxShortTerm_ = -__builtin_inf();
    range_ = 0;
  }

  // [audio thread] 32 frames, 64-byte aligned.
  void process(const float* l, const float* r) noexcept {
    measurePeaks(l, r);
    for (int i = 0; i < kQuantum;) {
      const int left = hopFrames_ - hopFrame_;
      const int run = left < kQuantum - i ? left : kQuantum - i;
      weigh(l + i, r + i, run);
      i += run;
      hopFrame_ += run;
      if (hopFrame_ == hopFrames_) endHop();
    }
  }

  // LUFS over the last 400 ms and 3 s, renewed every 10 ms; before that much was heard, the rest counts as silence.
  double momentary() const noexcept { return momentary_; }
  double shortTerm() const noexcept { return shortTerm_; }
  // The highest of them since reset, of windows that began behind it; −inf before the first is full.
  double maxMomentary() const noexcept { return maxMomentary_; }
  double maxShortTerm() const noexcept { return maxShortTerm_; }
  // LUFS since reset, renewed every 100 ms; −inf before the first 400 ms block above −70 LUFS.
  double integrated() const noexcept { return integrated_; }
  // LU since reset, renewed every 100 ms; 0 before the first 3 s above −70 LUFS.
  double loudnessRange() const noexcept { return range_; }
  // Linear, the higher channel, since reset. The interpolated points of the last 16 frames are still to come.
  float truePeak() const noexcept { return samplePeak_ > truePeak_ ? samplePeak_ : truePeak_; }
  float samplePeak() const noexcept { return samplePeak_; }

 private:
  static constexpr int kMomentaryHops = 40, kShortTermHops = 300, kBlockHops = 10;

  void measurePeaks(const float* l, const float* r) noexcept {
    Vf peak{};
    for (int v = 0; v < kQuantumVectors; v++)
      peak = max(abs(load(l + v * kLanes)), max(abs(load(r + v * kLanes)), peak));
    const float sample = highestLane(peak);
    samplePeak_ = sample > samplePeak_ ? sample : samplePeak_;
    // Between samples that are far below the maximum there is nothing to find.
    const float reach = sample > sampleBefore_ ? sample : sampleBefore_;
    sampleBefore_ = sample;
    if (reach * kMostOvershoot <= truePeak_) return truePeaks_.pass(l, r);
    const float highest = truePeaks_.highest(l, r);
    truePeak_ = highest > truePeak_ ? highest : truePeak_;
  }

  void weigh(const float* l, const float* r, int frames) noexcept {
    KWeighting weighting = weighting_;
    V2d energy = hopEnergy_;
    for (int i = 0; i < frames; i++) {
      const V2d z = weighting.next(V2d{l[i], r[i]});
      energy = fma2(z, z, energy);
    }
    // A sample that is not a number must not stay in the filters for ever: this hop counts as silence.
    const V2d zero = energy - energy;
    if (!(zero[0] == 0 && zero[1] == 0)) {
      weighting.clear();
      energy = V2d{};
    }
    weighting_ = weighting;
    hopEnergy_ = energy;
  }

  void endHop() noexcept {
    const double energy = (hopEnergy_[0] + hopEnergy_[1]) / hopFrames_;
    hopEnergy_ = V2d{};
    hopFrame_ = 0;
    hops_++;
    momentaryRing_[ringHop_ % kMomentaryHops] = energy;
    shortTermRing_[ringHop_ % kShortTermHops] = energy;
    ringHop_ = (ringHop_ + 1) % (kMomentaryHops * kShortTermHops);
    // Summed anew each time, so nothing drifts.
    const double momentary = sum(momentaryRing_, kMomentaryHops) / kMomentaryHops;
    const double shortTerm = sum(shortTermRing_, kShortTermHops) / kShortTermHops;
    momentary_ = lufsOf(momentary);
    shortTerm_ = lufsOf(shortTerm);
    if (hops_ >= kMomentaryHops && momentary_ > maxMomentary_) maxMomentary_ = momentary_;
    if (hops_ >= kShortTermHops && shortTerm_ > maxShortTerm_) maxShortTerm_ = shortTerm_;
    if (hops_ % kBlockHops != 0) return;
    if (hops_ >= kMomentaryHops) {
      blocks_.add(momentary);
      integrated_ = lufsOf(blocks_.gatedMean(.1));
    }
    if (hops_ >= kShortTermHops) {
      shortTerms_.add(shortTerm);
      range_ = shortTerms_.range(.01);
    }
  }

  // Beyond `count` the array goes on with zeros to a whole register.
  static double sum(const double* x, int count) noexcept {
    Vd sums{};
    for (int i = 0; i < count; i += kWide) sums += loadd(x + i);
    double total = 0;
    for (int j = 0; j < kWide; j++) total += sums[j];
    return total;
  }

  KWeighting weighting_;
  TruePeak truePeaks_;
  LoudnessHistogram blocks_, shortTerms_;
  alignas(64) double momentaryRing_[kMomentaryHops], shortTermRing_[(kShortTermHops + 7) / 8 * 8];
  V2d hopEnergy_;
  int64_t hops_;
  int hopFrames_, hopFrame_, ringHop_;
  double momentary_, shortTerm_, maxMomentary_, maxShortTerm_, integrated_, range_;
  float truePeak_, samplePeak_, sampleBefore_;
};

}  // namespace deskd::DESKD_ISA
