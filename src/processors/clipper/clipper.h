// The master's clipper: at four or eight times the rate everything stays below the ceiling. What the way back to the desk's
// rate swings over is the limiter's.
#pragma once
#include "../oversampling/wet-path.h"

namespace deskd::DESKD_ISA {

struct Clipper {
  // Any sample rate to 192 kHz; `factor` 4 or 8.
  void init(double sampleRateHz, int factor) noexcept {
    *this = Clipper{};
    factor_ = factor;
    taps_.init(sampleRateHz);
    path_.init(latencyFrames());
    set(false, 0, 0);
    reset();
  }
  // Silence; the settings hold at once.
  void reset() noexcept {
    clearWet();
    path_.reset();
    ceiling_.jump(ceiling_.target);
    width_.jump(width_.target);
  }

  // [audio thread] ceilingDb −12 … 0; softnessPercent 0 … 100: where the bend begins below the ceiling, in parts of it.
  void set(bool on, double ceilingDb, double softnessPercent) noexcept {
    path_.wanted = on;
    ceiling_.target = __builtin_exp(ceilingDb * 0.11512925464970228420);  // ln 10 / 20
    width_.target = softnessPercent * .01;
  }

  int latencyFrames() const noexcept { return taps_.latencyFrames(factor_); }
  // The least gain of the last quantum, linear.
  float minGain() const noexcept { return minGain_; }


  // [audio thread] 32 frames in place, 64-byte aligned. Off it is the input of latencyFrames() ago to the bit.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    minGain_ = 1;
    double* const side[2] = {left, right};
    if (!path_.begin(left, right)) {
      ceiling_.jump(ceiling_.target);
      width_.jump(width_.target);
      for (int c = 0; c < 2; c++) __builtin_memcpy(side[c], path_.dry.past(c), kQuantum * sizeof(double));
      return;
    }
    if (path_.mustWake()) clearWet(), path_.woken();
    alignas(64) double ceiling[kQuantum], width[kQuantum], wet[kQuantum];
    ceiling_.run(table, ceiling);
    ceilings_.push({ceiling});
    const ClipShape from{width_.value};
    width_.run(table, width);
    const ClipShape to{width_.value};
    path_.fade(table, wet);
    double highest = 0;
    for (int c = 0; c < 2; c++) {
      double* x = side[c];
      for (int n = 0; n < kQuantum; n += kWide) stored(x + n, loadd(x + n) / loadd(ceiling + n));
      const double most = factor_ == 8 ? clip(over8_[c], from, to, x) : clip(over4_[c], from, to, x);
      highest = most > highest ? most : highest;
      for (int n = 0; n < kQuantum; n += kWide) stored(x + n, loadd(x + n) * loadAnywhere(ceilings_.past(0) + n));
      path_.mix(c, wet, x);
    }
    if (highest > 0) minGain_ = (float)(to.curve(splatd(highest))[0] / highest);
  }

 private:
  template <int kFactor>
  double clip(Oversampler<kFactor>& over, const ClipShape& from, const ClipShape& to, double* x) noexcept {
    over.up(taps_, x);
    const double highest = over.shape(from);
    if (from.width != to.width) over.reshape(to);
    over.down(taps_, x);
    return highest;
  }
  void clearWet() noexcept {
    for (auto& o : over4_) o.reset();
    for (auto& o : over8_) o.reset();
    ceilings_.init(latencyFrames(), ceiling_.target);
  }

  OversamplingTaps taps_;
  Oversampler<4> over4_[2];
  Oversampler<8> over8_[2];
  WetPath path_;
  DelayedRows<1> ceilings_;
  SmoothGain ceiling_, width_;
  int factor_;
  float minGain_;
};

}  // namespace deskd::DESKD_ISA
