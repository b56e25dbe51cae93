// Critically damped two-pole smoothing in closed form: y(n) = T + (A + B·n)·rⁿ. Its second derivative is bounded, so a
// moved fader leaves no zipper (conformance: a 20 dB jump stays below −85 dB above 3 kHz), and any block gives the same curve.
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

constexpr double kSmoothingSeconds = 0.004;  // time constant of each pole: 95 % of a move in 19 ms
// How far filters and make-up, in octaves of frequency, Q or amplitude, move in that time: all ten octaves at once, over a
// bell of 12 dB, spilled −66 dB.
constexpr float kMostReach = 2.0f;
// In float the last steps round back to where they were: a value stands still up to 24 ulp off (at 192 kHz).
constexpr float kSettledNorm = 4e-6f;  // of the target

// Powers that the closed form needs, for one sample rate.
struct SmoothingTable {
  alignas(64) float power[kQuantum];       // r^(n+1)
  alignas(64) float rampPower[kQuantum];   // (n+1)·r^(n+1)
  float decay;                             // r^kQuantum
  float perFrame;                          // 1/τ in frames
  float perQuantum;                        // kQuantum/τ

  void init(double sampleRateHz, double seconds = kSmoothingSeconds) noexcept {
    const double tauFrames = seconds * sampleRateHz;
    for (int n = 0; n < kQuantum; n++) {
      const double p = __builtin_exp(-(n + 1) / tauFrames);
      power[n] = (float)p;
      rampPower[n] = (float)((n + 1) * p);
    }
    decay = (float)__builtin_exp(-kQuantum / tauFrames);
    perFrame = (float)(1.0 / tauFrames);
    perQuantum = (float)(kQuantum / tauFrames);
  }
};

// One smoothed gain a lane, evaluated at every frame. `a` and `b` hold the curve of the quantum being run.
struct SmoothGains {
  Vf value, velocity, target, a, b;

  void jump(int lane, float to) noexcept {
    value[lane] = target[lane] = to;
    velocity[lane] = a[lane] = b[lane] = 0;
  }

  // Lays out the next quantum's curve and steps the state to its end. Gives the lanes that still move.
  Vi advance(const SmoothingTable& t) noexcept {
    if (!any((value != target) | (velocity != Vf{}) | (a != Vf{}) | (b != Vf{}))) return Vi{};
    a = value - target;
    b = velocity + a * t.perFrame;
    const Vf end = a + b * (float)kQuantum;
    value = target + end * t.decay;
    velocity = (b - end * t.perFrame) * t.decay;
    const Vf size = abs(target);
    const Vi near = abs(value - target) < max(size * kSettledNorm, splat(1e-7f));
    const Vi settled = near & (abs(velocity) < max(size, splat(1)) * 1e-8f);
    value = select(settled, target, value);
    velocity = select(settled, Vf{}, velocity);
    return ~settled;
  }
};

// One smoothed value a lane, stepped once a quantum.
struct SmoothValues {
  Vf value, velocity, target;

  void jump(int lane, float to) noexcept {
    value[lane] = target[lane] = to;
    velocity[lane] = 0;
  }

  // Gives the lanes that still move. What is farther off than `reach` is approached at the speed of a move that far.
  Vi advance(const SmoothingTable& t, float threshold, float reach = 1e30f) noexcept {
    const Vf aim = max(min(target, value + reach), value - reach);
    const Vf a = value - aim;
    const Vf b = velocity + a * t.perQuantum;
    value = aim + (a + b) * t.decay;
    velocity = (b - (a + b) * t.perQuantum) * t.decay;
    const Vf near = max(abs(target) * kSettledNorm, splat(threshold));
    const Vi settled = (abs(value - target) < near) & (abs(velocity) < near);
    value = select(settled, target, value);
    velocity = select(settled, Vf{}, velocity);
    return ~settled;
  }
};

// The same for a single gain, in double: faders of master and monitor.
struct SmoothGain {
  double value, velocity, target;

  void jump(double to) noexcept {
    value = target = to;
    velocity = 0;
  }
  bool moving() const noexcept { return value != target || velocity != 0; }

  // A whole quantum in one step, for what coefficients are made from. What is farther off than `reach` is approached at
  // the speed of a move that far.
  void step(const SmoothingTable& t, double reach) noexcept {
    const double off = value - target;
    const double aim = off > reach ? value - reach : off < -reach ? value + reach : target;
    const double a = value - aim, b = velocity + a * t.perQuantum;
    value = aim + (a + b) * t.decay;
    velocity = (b - (a + b) * t.perQuantum) * t.decay;
    if (__builtin_fabs(value - target) < 1e-6 && __builtin_fabs(velocity) < 1e-6) jump(target);
  }

  // Writes the next quantum's gains and steps on.
  void run(const SmoothingTable& t, double* gains) noexcept {
    if (!moving()) {
      for (int n = 0; n < kQuantum; n++) gains[n] = target;
      return;
    }
    const double a = value - target, b = velocity + a * t.perFrame;
    for (int n = 0; n < kQuantum; n++) gains[n] = target + (a * t.power[n] + b * t.rampPower[n]);
    const double end = a + b * kQuantum;
    value = target + end * t.decay;
    velocity = (b - end * t.perFrame) * t.decay;
    if (__builtin_fabs(value - target) < 1e-8 && __builtin_fabs(velocity) < 1e-9) jump(target);
  }
};

}  // namespace deskd::DESKD_ISA
