// Glue compressor: one gain for both sides, by the louder one behind a high-pass of 24 dB/oct (Butterworth). Released by the
// programme it has two stages: what was reduced for long is given back slowly.
#pragma once
#include "../../native/generated/params.h"
#include "../compressor/gain-computer.h"

namespace deskd::DESKD_ISA {

// Two sections of a high-pass at one frequency, two channels in a register, trapezoidal.
struct KeyHighPass {
  SmoothGain octave, wet;
  V2d s1[2], s2[2];
  double g;

  void init() noexcept {
    *this = KeyHighPass{};
    octave.jump(6.643856189774724);  // 100 Hz
  }
  void reset() noexcept {
    s1[0] = s1[1] = s2[0] = s2[1] = V2d{};
    g = 0;
    octave.jump(octave.target), wet.jump(wet.target);
  }
  bool isUsed() const noexcept { return wet.value != 0 || wet.moving(); }

  // Squares of the louder side of x behind it.
  void run(const SmoothingTable& table, double sampleRateHz, const double* left, const double* right, float* row) noexcept {
    const double before = g;
    if (octave.moving()) octave.step(table, kMostReach), g = 0;
    if (g == 0) g = __builtin_tan(3.141592653589793 * __builtin_exp2(octave.value) / sampleRateHz);
    const double step = before == 0 ? 0 : (g - before) / kQuantum;
    double now = before == 0 ? g : before;
    alignas(64) double part[kQuantum];
    wet.run(table, part);
    for (int n = 0; n < kQuantum; n++) {
      now += step;
      const V2d x = {left[n], right[n]};
      V2d y = x;
      for (int i = 0; i < 2; i++) {
        const double a1 = 1 / (1 + now * (now + kDamping[i]));
        const V2d over = y - s2[i], band = a1 * (s1[i] + now * over), low = s2[i] + now * band;
        s1[i] = 2.0 * band - s1[i];
        s2[i] = 2.0 * low - s2[i];
        y = y - kDamping[i] * band - low;
      }
      row[n] = louderSquare(x + part[n] * (y - x));
    }
  }

 private:
  static constexpr double kDamping[2] = {1.8477590650225735, 0.7653668647301796};  // 2·cos(π/8), 2·cos(3π/8)
};

struct Glue {
  CompressorGain gainOf;
  KeyHighPass key;
  double sampleRateHz;

  void init(double rateHz, const float*) noexcept {
    *this = Glue{};
    sampleRateHz = rateHz;
    gainOf.init();
    key.init();
  }
  void reset() noexcept { gainOf.reset(), key.reset(); }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::glue;
    GainComputer& c = gainOf.computer;
    switch (at) {
      case p::thresholdDb: return c.setThreshold(value, jump);
      case p::ratio: return c.setRatio(kRatios[(int)value], jump);
      case p::kneeDb: return c.setKnee(value, jump);
      case p::attackMs: c.attack = onePoleStep(kAttacksMs[(int)value] * 0.001, sampleRateHz); return;
      case p::releaseMs: return setRelease((int)value, jump);
      case p::makeupDb: return gainOf.setMakeup(value, jump);
      case p::mixPercent: return aimAt(gainOf.wet, value * 0.01, jump);
      case p::keyHpf::base + p::keyHpf::on: return aimAt(key.wet, value, jump);
      case p::keyHpf::base + p::keyHpf::frequencyHz: return aimAt(key.octave, __builtin_log2(value), jump);
    }
  }

  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    alignas(64) float row[kQuantum];
    alignas(64) double gain[kQuantum];
    if (key.isUsed()) {
      key.run(table, sampleRateHz, left, right, row);
    } else {
      key.reset();
      for (int n = 0; n < kQuantum; n++) row[n] = louderSquare(V2d{left[n], right[n]});
    }
    gainOf.run(table, row, gain);
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd g = loadd(gain + n);
      stored(left + n, loadd(left + n) * g);
      stored(right + n, loadd(right + n) * g);
    }
  }

  float gain() const noexcept { return (float)gainOf.least; }

 private:
  void setRelease(int choice, bool jump) noexcept {
    GainComputer& c = gainOf.computer;
    const bool isAuto = choice == kReleases - 1;
    c.release = onePoleStep(isAuto ? kFastSeconds : kReleasesMs[choice] * 0.001, sampleRateHz);
    c.charge = onePoleStep(kChargeSeconds, sampleRateHz);
    c.slowRelease = onePoleStep(kSlowSeconds, sampleRateHz);
    aimAt(c.slowPart, isAuto ? 1 : 0, jump);
  }

  // As params.ts names them.
  static constexpr int kReleases = 5;
  static constexpr double kRatios[] = {2, 4, 10}, kAttacksMs[] = {0.1, 0.3, 1, 3, 10, 30};
  static constexpr double kReleasesMs[kReleases - 1] = {100, 300, 600, 1200};
  static constexpr double kFastSeconds = 0.1, kChargeSeconds = 0.4, kSlowSeconds = 1.2;
};

}  // namespace deskd::DESKD_ISA
