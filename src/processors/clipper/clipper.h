// The master's clipper: at four or eight times the rate everything stays below the ceiling. What the way back to the desk's
// rate swings over is the limiter's.
#pragma once
#include "../../native/generated/params.h"
#include "../oversampling/delayed-rows.h"
#include "../oversampling/oversampler.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

// A stage of the mastering chain: see native/graph/chain.h.
struct Clipper {
  void init(double sampleRateHz, const float* fixed) noexcept {
    *this = Clipper{};
    const float oversampling = fixed[params::master::clipper::oversampling];
    factor_ = oversampling >= 2 ? 8 : oversampling >= 1 ? 4 : 0;
    taps_.init(sampleRateHz);
    ceiling_.jump(1);
    width_.jump(0);
    reset();
  }
  void reset() noexcept {
    ceiling_.jump(ceiling_.target);
    width_.jump(width_.target);
    for (auto& o : over4_) o.reset();
    for (auto& o : over8_) o.reset();
    ceilings_.init(latencyFrames(), ceiling_.target);
    gain_ = 1;
  }

  // [audio thread]
  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::clipper;
    switch (at) {
      case p::ceilingDb: ceiling_.target = __builtin_exp(value * 0.11512925464970228420); break;  // ln 10 / 20
      case p::softnessPercent: width_.target = value * .01; break;
    }
    if (jump) reset();
  }

  int latencyFrames() const noexcept { return factor_ ? taps_.latencyFrames(factor_) : 0; }
  // The least of the last quantum.
  float gain() const noexcept { return gain_; }

  // [audio thread] kQuantum frames in place, 64-byte aligned.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    if (!factor_) return;
    alignas(64) double ceiling[kQuantum], width[kQuantum];
    ceiling_.run(table, ceiling);
    ceilings_.push({ceiling});
    const ClipShape from{width_.value};
    width_.run(table, width);
    const ClipShape to{width_.value};
    double* const side[2] = {left, right};
    double highest = 0;
    for (int c = 0; c < 2; c++) {
      double* x = side[c];
      for (int n = 0; n < kQuantum; n += kWide) stored(x + n, loadd(x + n) / loadd(ceiling + n));
      const double most = factor_ == 8 ? clip(over8_[c], from, to, x) : clip(over4_[c], from, to, x);
      highest = most > highest ? most : highest;
      for (int n = 0; n < kQuantum; n += kWide) stored(x + n, loadd(x + n) * loadAnywhere(ceilings_.past(0) + n));
    }
    gain_ = highest > 0 ? (float)(to.curve(splatd(highest))[0] / highest) : 1;
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

  OversamplingTaps taps_;
  Oversampler<4> over4_[2];
  Oversampler<8> over8_[2];
  DelayedRows<1> ceilings_;
  SmoothGain ceiling_, width_;
  int factor_;  // 0: it is not there
  float gain_;
};

}  // namespace deskd::DESKD_ISA
