// The master's saturation: drive → curve at four times the rate → level → mix.
#pragma once
#include "../../native/generated/params.h"
#include "../oversampling/delayed-rows.h"
#include "../oversampling/oversampler.h"
#include "../smoothing/smoothing.h"
#include "emphasis.h"

namespace deskd::DESKD_ISA {

enum class SaturationType { Tape, Tube, Soft, Hard };  // in the order of params.ts

// A stage of the mastering chain: see native/graph/chain.h.
struct Saturation {
  static constexpr double kTubeBias = .35;
  static constexpr double kDcHz = 5;             // what an asymmetrical curve adds below this is taken away again
  static constexpr double kAutoGainPeak = .5;    // of the sine that keeps its level

  void init(double sampleRateHz, const float* fixed) noexcept {
    *this = Saturation{};
    isThere_ = fixed[params::master::saturation::oversampling] >= 1;
    taps_.init(sampleRateHz);
    emphasis_.init(sampleRateHz);
    dcStep_ = 1 - __builtin_exp(-2 * kPi * kDcHz / sampleRateHz);
    drive_.jump(1);
    mix_ = 1;
    autoGain_ = true;
    reset();
  }
  void reset() noexcept {
    dry_.init(latencyFrames());
    clearWet();
    type_ = wantedType_;
    fillFrames_ = 0;
    drive_.jump(drive_.target);
    aimMakeup();
    makeup_.jump(makeup_.target);
    wet_.jump(mix_);
    gain_ = 1;
  }

  // [audio thread] All glide; another curve fades in by way of the dry signal.
  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::saturation;
    switch (at) {
      case p::type: wantedType_ = (SaturationType)(int)value; break;
      case p::driveDb: drive_.target = __builtin_exp(value * 0.11512925464970228420); break;  // ln 10 / 20
      case p::mixPercent: mix_ = value * .01; break;
      case p::autoGain: autoGain_ = value != 0; break;
    }
    aimMakeup();
    if (jump) reset();
  }

  int latencyFrames() const noexcept { return isThere_ ? taps_.latencyFrames(4) : 0; }
  // The least of the last quantum, of the curve alone.
  float gain() const noexcept { return gain_; }

  // [audio thread] kQuantum frames in place, 64-byte aligned.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    if (!isThere_) return;
    double* const side[2] = {left, right};
    dry_.push({left, right});
    changeType();
    alignas(64) double drive[kQuantum], makeup[kQuantum], wet[kQuantum];
    drive_.run(table, drive);
    makeup_.run(table, makeup);
    wet_.run(table, wet);
    for (double* x : side)
      for (int n = 0; n < kQuantum; n += kWide) stored(x + n, loadd(x + n) * loadd(drive + n));
    if (type_ == SaturationType::Tape) emphasis_.before.run(left, right);
    switch (type_) {
      case SaturationType::Tape: shape(RootShape::of(0), left, right); break;
      case SaturationType::Tube: shape(RootShape::of(kTubeBias), left, right); break;
      case SaturationType::Soft: shape(SoftShape{}, left, right); break;
      case SaturationType::Hard: shape(ClipShape{0}, left, right); break;
    }
    if (type_ == SaturationType::Tape) emphasis_.behind.run(left, right);
    for (double* x : side)
      for (int n = 0; n < kQuantum; n += kWide) stored(x + n, loadd(x + n) * loadd(makeup + n));
    if (type_ == SaturationType::Tube) takeDc(left, right);
    if (wet_.value == 1 && !wet_.moving()) return;
    for (int c = 0; c < 2; c++)
      for (int n = 0; n < kQuantum; n += kWide) {
        const Vd unmixed = loadAnywhere(dry_.past(c) + n);
        stored(side[c] + n, fma(loadd(wet + n), loadd(side[c] + n) - unmixed, unmixed));
      }
  }

 private:
  void clearWet() noexcept {
    for (auto& o : over_) o.reset();
    emphasis_.clear();
    dc_ = V2d{};
  }

  // The wet signal fades out, the curve changes, and it fades in again when the filters have filled.
  void changeType() noexcept {
    if (type_ != wantedType_ && wet_.value == 0 && !wet_.moving()) {
      type_ = wantedType_;
      clearWet();
      fillFrames_ = 2 * latencyFrames();
      aimMakeup();
      makeup_.jump(makeup_.target);
    } else if (fillFrames_ > 0) {
      fillFrames_ -= kQuantum;
    }
    wet_.target = type_ != wantedType_ || fillFrames_ > 0 ? 0 : mix_;
  }

  template <class Shape>
  void shape(const Shape& curve, double* left, double* right) noexcept {
    double highest = 0;
    for (int c = 0; c < 2; c++) {
      double* x = c ? right : left;
      over_[c].up(taps_, x);
      const double most = over_[c].shape(curve);
      highest = most > highest ? most : highest;
      over_[c].down(taps_, x);
    }
    gain_ = highest > 0 ? (float)(curve.curve(splatd(highest))[0] / highest) : 1;
  }

  void takeDc(double* left, double* right) noexcept {
    V2d dc = dc_;
    const double *dryL = dry_.past(0), *dryR = dry_.past(1);
    for (int n = 0; n < kQuantum; n++) {
      dc = fma2(splat2(dcStep_), V2d{left[n] - dryL[n], right[n] - dryR[n]} - dc, dc);
      left[n] -= dc[0], right[n] -= dc[1];
    }
    const V2d nought = dc * 0.0;
    dc_ = nought[0] + nought[1] == 0 ? dc : V2d{};
  }

  // Of the sine, before and behind the curve; what it makes of DC does not count.
  template <class Shape>
  double makeupOf(const Shape& curve) const noexcept {
    constexpr int points = 32;
    double in = 0, out = 0, mean = 0;
    for (int i = 0; i < points; i++)
      for (int sign = -1; sign <= 1; sign += 2) {
        const double x = sign * kAutoGainPeak * __builtin_sin(.5 * kPi * (i + .5) / points);
        const double y = curve.curve(splatd(drive_.target * x))[0];
        in += x * x, out += y * y, mean += y;
      }
    return __builtin_sqrt(in / (out - mean * mean / (2 * points)));
  }
  void aimMakeup() noexcept {
    switch (autoGain_ ? (int)type_ : -1) {
      case (int)SaturationType::Tape: makeup_.target = makeupOf(RootShape::of(0)); break;
      case (int)SaturationType::Tube: makeup_.target = makeupOf(RootShape::of(kTubeBias)); break;
      case (int)SaturationType::Soft: makeup_.target = makeupOf(SoftShape{}); break;
      case (int)SaturationType::Hard: makeup_.target = makeupOf(ClipShape{0}); break;
      default: makeup_.target = 1;
    }
  }

  OversamplingTaps taps_;
  Oversampler<4> over_[2];
  DelayedRows<2> dry_;
  Emphasis emphasis_;
  SmoothGain drive_, makeup_, wet_;
  V2d dc_;
  double dcStep_, mix_;
  SaturationType type_, wantedType_;
  int fillFrames_;
  bool autoGain_, isThere_;
  float gain_;
};

}  // namespace deskd::DESKD_ISA
