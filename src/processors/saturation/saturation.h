// The master's saturation: drive → curve at four times the rate → level → mix.
#pragma once
#include "../oversampling/wet-path.h"
#include "emphasis.h"

namespace deskd::DESKD_ISA {

enum class SaturationType { Tape, Tube, Soft, Hard };  // in the order of params.ts

struct Saturation {
  static constexpr double kTubeBias = .35;
  static constexpr double kDcHz = 5;             // what an asymmetrical curve adds below this is taken away again
  static constexpr double kAutoGainPeak = .5;    // of the sine that keeps its level

  // Any sample rate to 192 kHz.
  void init(double sampleRateHz) noexcept {
    *this = Saturation{};
    taps_.init(sampleRateHz);
    emphasis_.init(sampleRateHz);
    dcStep_ = 1 - __builtin_exp(-2 * kPi * kDcHz / sampleRateHz);
    path_.init(latencyFrames());
    set(false, 0, 0, 100, true);
    reset();
  }
  // Silence; the settings hold at once.
  void reset() noexcept {
    type_ = wantedType_;
    clearWet();
    path_.reset();
    drive_.jump(drive_.target);
    aimMakeup();
    makeup_.jump(makeup_.target);
  }

  // [audio thread] type as in params.ts; driveDb 0 … 18; mixPercent 0 … 100. All glide; another type fades by way of the dry signal.
  void set(bool on, int type, double driveDb, double mixPercent, bool autoGain) noexcept {
    path_.wanted = on ? mixPercent * .01 : 0;
    wantedType_ = (SaturationType)type;
    drive_.target = __builtin_exp(driveDb * 0.11512925464970228420);  // ln 10 / 20
    autoGain_ = autoGain;
    aimMakeup();
  }

  int latencyFrames() const noexcept { return taps_.latencyFrames(4); }
  // The least gain of the curve in the last quantum, linear, at the highest sample.
  float minGain() const noexcept { return minGain_; }

  // [audio thread] 32 frames in place, 64-byte aligned. Off it is the input of latencyFrames() ago to the bit.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    minGain_ = 1;
    if (type_ != wantedType_ && path_.wet.value == 0 && !path_.wet.moving()) {
      type_ = wantedType_;
      path_.fillLeft = -1;
      aimMakeup();
      makeup_.jump(makeup_.target);
    }
    double* const side[2] = {left, right};
    if (!path_.begin(left, right)) {
      drive_.jump(drive_.target);
      makeup_.jump(makeup_.target);
      for (int c = 0; c < 2; c++) __builtin_memcpy(side[c], path_.dry.past(c), kQuantum * sizeof(double));
      return;
    }
    if (path_.mustWake()) clearWet(), path_.woken();
    alignas(64) double gain[kQuantum], makeup[kQuantum], wet[kQuantum];
    drive_.run(table, gain);
    makeup_.run(table, makeup);
    path_.fade(table, wet, type_ == wantedType_);
    for (int c = 0; c < 2; c++)
      for (int n = 0; n < kQuantum; n += kWide) stored(side[c] + n, loadd(side[c] + n) * loadd(gain + n));
    if (type_ == SaturationType::Tape) emphasis_.before.run(left, right);
    switch (type_) {
      case SaturationType::Tape: shape(RootShape::of(0), left, right); break;
      case SaturationType::Tube: shape(RootShape::of(kTubeBias), left, right); break;
      case SaturationType::Soft: shape(SoftShape{}, left, right); break;
      case SaturationType::Hard: shape(ClipShape{0}, left, right); break;
    }
    if (type_ == SaturationType::Tape) emphasis_.behind.run(left, right);
    for (int c = 0; c < 2; c++)
      for (int n = 0; n < kQuantum; n += kWide) stored(side[c] + n, loadd(side[c] + n) * loadd(makeup + n));
    if (type_ == SaturationType::Tube) takeDc(left, right);
    for (int c = 0; c < 2; c++) path_.mix(c, wet, side[c]);
  }

 private:
  void clearWet() noexcept {
    for (auto& o : over_) o.reset();
    emphasis_.clear();
    dc_ = V2d{};
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
    if (highest > 0) minGain_ = (float)(curve.curve(splatd(highest))[0] / highest);
  }

  void takeDc(double* left, double* right) noexcept {
    V2d dc = dc_;
    const double *dryL = path_.dry.past(0), *dryR = path_.dry.past(1);
    for (int n = 0; n < kQuantum; n++) {
      dc = fma2(splat2(dcStep_), V2d{left[n] - dryL[n], right[n] - dryR[n]} - dc, dc);
      left[n] -= dc[0], right[n] -= dc[1];
    }
    const V2d nought = dc * 0.0;
    dc_ = nought[0] + nought[1] == 0 ? dc : V2d{};
  }

  // Root mean square of a quarter of the sine, before and behind the curve.
  template <class Shape>
  double makeupOf(const Shape& curve) const noexcept {
    constexpr int points = 32;
    double in = 0, out = 0;
    for (int i = 0; i < points; i++)
      for (double sign : {-1.0, 1.0}) {
        const double x = sign * kAutoGainPeak * __builtin_sin(.5 * kPi * (i + .5) / points);
        const double y = curve.curve(splatd(drive_.target * x))[0];
        in += x * x, out += y * y;
      }
    return __builtin_sqrt(in / out);
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
  WetPath path_;
  Emphasis emphasis_;
  SmoothGain drive_, makeup_;
  V2d dc_;
  double dcStep_;
  SaturationType type_, wantedType_;
  bool autoGain_;
  float minGain_;
};

}  // namespace deskd::DESKD_ISA
