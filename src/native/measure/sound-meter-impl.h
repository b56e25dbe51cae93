// The sound meter against the vector type: all channels, 32 frames at a time.
#pragma once
#include "../../processors/analyser/third-octave.h"
#include "../../processors/ballistics/ballistics.h"
#include "../../processors/loudness/k-weighting.h"
#include "fine-peak.h"
#include "sound-meter.h"

namespace deskd::DESKD_ISA {

static_assert(kThirdOctaves == kMeterThirdOctaves);

class SoundMeterImpl final : public SoundMeter {
 public:
  SoundMeterImpl(const SoundMeterSpec& spec, SoundMeterSink& sink) noexcept
      : spec_(spec), sink_(sink), hopFrames_((int)(spec.sampleRateHz / 100 + .5)) {
    design_.init(spec.sampleRateHz);
    for (int p = 0; p < kPairs; p++) {
      weighting_[p].init(spec.sampleRateHz);
      ballistics_[p].init(spec.sampleRateHz);
      banks_[p].clear();
    }
    for (FinePeak& peak : peaks_) peak = FinePeak{};
  }

  void process(const float* const* planes, int frames) noexcept override {
    for (int first = 0; first < frames; first += kQuantum) {
      const int count = frames - first < kQuantum ? frames - first : kQuantum;
      const float* rows[kMostMeterChannels];
      for (int c = 0; c < spec_.channels; c++) rows[c] = planes[c] + first;
      measurePeaks(rows);
      for (int done = 0; done < count;) {
        const int left = hopFrames_ - hopFrame_, run = left < count - done ? left : count - done;
        weigh(rows, done, run);
        done += run;
        hopFrame_ += run;
        if (hopFrame_ == hopFrames_) endHop();
      }
      if (!spec_.brief) measureDetails(rows, count);
      frames_ += count;
    }
  }

  void finish() noexcept override {
    alignas(64) static constexpr float silence[kQuantum] = {};
    const float* rows[kMostMeterChannels];
    for (const float*& row : rows) row = silence;
    for (int i = 0; i < 2; i++) {
      measurePeaks(rows);
      if (!spec_.brief) addThirdOctaves(rows);  // the lowest bands ring longer: their rest is below what matters in a whole file
    }
    sink_.hop(-1, hopPeak_);  // no whole hop: a peak alone
  }

  SoundMeterReadings readings() const noexcept override {
    SoundMeterReadings result{};
    for (int c = 0; c < spec_.channels; c++) result.truePeak[c] = highest_[c];
    for (int b = 0; b < kThirdOctaves; b++)
      result.thirdOctaves[b] = frames_ ? energy_[b] * kQuantum / (double)frames_ / spec_.channels : 0;
    result.highest = ballisticHighest_;
    return result;
  }

 private:
  static constexpr int kPairs = kMostMeterChannels / 2;
  int pairs() const noexcept { return (spec_.channels + 1) / 2; }
  // The other side of a pair; of the last of an odd number there is none.
  const float* right(const float* const* rows, int pair) const noexcept {
    return 2 * pair + 1 < spec_.channels ? rows[2 * pair + 1] : nullptr;
  }

  void measurePeaks(const float* const* rows) noexcept {
    for (int c = 0; c < spec_.channels; c++) {
      float peak = peaks_[c].process(rows[c]);
      const bool mayBeHighest = peak > .97f * highest_[c], mayBeOver = peak > .97f * spec_.overLimit;
      if (mayBeHighest || mayBeOver) {
        const FinePeak::Refined refined = peaks_[c].refined();
        peak = refined.peak;
        if (peak > highest_[c]) highest_[c] = peak;
        if (peak > spec_.overLimit) {
          const int64_t frame = peakFrames_ - kFineReach + refined.frame;
          sink_.over(c, frame < 0 ? 0 : frame, peak);
        }
      }
      hopPeak_ = peak > hopPeak_ ? peak : hopPeak_;
    }
    peakFrames_ += kQuantum;
  }

  void weigh(const float* const* rows, int first, int frames) noexcept {
    for (int p = 0; p < pairs(); p++) {
      const float *l = rows[2 * p], *r = right(rows, p);
      KWeighting weighting = weighting_[p];
      V2d energy = hopEnergy_[p];
      for (int n = first; n < first + frames; n++) {
        const V2d z = weighting.next(V2d{l[n], r ? r[n] : 0});
        energy = fma2(z, z, energy);
      }
      weighting_[p] = weighting;
      hopEnergy_[p] = energy;
    }
  }

  void endHop() noexcept {
    double sum = 0;
    for (int p = 0; p < pairs(); p++) {
      for (int side = 0; side < 2 && 2 * p + side < spec_.channels; side++) sum += spec_.weights[2 * p + side] * hopEnergy_[p][side];
      hopEnergy_[p] = V2d{};
    }
    sink_.hop(sum / hopFrames_, hopPeak_);
    hopPeak_ = 0;
    hopFrame_ = 0;
  }

  void measureDetails(const float* const* rows, int frames) noexcept {
    addThirdOctaves(rows);
    for (int p = 0; p < pairs(); p++) {
      const float* r = right(rows, p);
      ballistics_[p].process(rows[2 * p], r ? r : rows[2 * p], frames);
      const BallisticPointers at = ballistics_[p].pointers();
      const auto raise = [](double& to, V2d by) {
        for (int side = 0; side < 2; side++) to = by[side] > to ? by[side] : to;
      };
      raise(ballisticHighest_.ppm1, at.ppm1);
      raise(ballisticHighest_.ppm2, at.ppm2);
      raise(ballisticHighest_.vu, at.vu);
      raise(ballisticHighest_.k, at.k);
    }
  }

  void addThirdOctaves(const float* const* rows) noexcept {
    for (int p = 0; p < pairs(); p++) {
      const float* r = right(rows, p);
      banks_[p].process(design_, rows[2 * p], r, 1);  // step 1: the mean of this quantum alone, of both sides
      for (int b = 0; b < kThirdOctaves; b++) energy_[b] += banks_[p].power[b] * (r ? 2 : 1);
    }
  }

  const SoundMeterSpec spec_;
  SoundMeterSink& sink_;
  const int hopFrames_;
  ThirdOctaveDesign design_;
  FinePeak peaks_[kMostMeterChannels];
  KWeighting weighting_[kPairs];
  Ballistics ballistics_[kPairs];
  ThirdOctaveBank banks_[kPairs];
  V2d hopEnergy_[kPairs]{};
  double energy_[kThirdOctaves]{};
  BallisticReadings ballisticHighest_{};
  float highest_[kMostMeterChannels]{}, hopPeak_ = 0;
  int hopFrame_ = 0;
  int64_t frames_ = 0, peakFrames_ = 0;
};

}  // namespace deskd::DESKD_ISA
