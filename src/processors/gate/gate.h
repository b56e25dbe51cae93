// The strips' gate: level against a threshold with 3 dB of hysteresis, hold by counting, gain smoothed in amplitude.
// Attack and release are time constants (63 % of the way). A hold below 10 ms counts as 10 ms: half a period of 50 Hz.
#pragma once
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr float kGateHysteresis = 0.70794578f;  // −3 dB
constexpr double kGateLeastHoldSeconds = 0.010;
constexpr float kGateBypassMs = 5;  // time constant of a gate that is off
// In float a one-pole stops short of its aim (.1 dB at a release of 4 s): from there it goes on by this part a quantum.
constexpr float kGateCreepNorm = 2e-6f;

struct Gate {
  Vf threshold, holdFrames, attack, release;  // amplitude, frames, one-pole coefficients
  SmoothValues floor;                         // amplitude while closed; 1 where the gate is off
  Vf gain, count;                             // count > 0: open
  uint8_t on[kLanes];
  float rangeDb[kLanes], releaseMs[kLanes];
  int32_t used, moving;

  void init() noexcept {
    threshold = splat(0.001f);
    holdFrames = splat(1);
    attack = release = splat(1);
    gain = splat(1);
    count = Vf{};
    for (int i = 0; i < kLanes; i++) floor.jump(i, 1), releaseMs[i] = 200;
    used = 0;
  }

  void prepare(const SmoothingTable& table) noexcept {
    const bool isMoving = any(floor.advance(table, 1e-6f)), isOn = any(floor.target != splat(1));
    used = isMoving || isOn || any(gain != splat(1));
    moving = isMoving || (used && !isOn);  // one that is off is watched until its gain is 1
  }

  // In place over a tile; `pairs` marks lanes that share their neighbour's level (stereo).
  template <bool Stereo>
  void run(float* tile, Vi pairs) noexcept {
    Vf g = gain, c = count;
    const Vf open = threshold, close = threshold * kGateHysteresis, closed = floor.value;
    for (int n = 0; n < kQuantum; n++) {
      const Vf x = load(tile + n * kLanes);
      Vf level = abs(x);
      if constexpr (Stereo) level = max(level, select(pairs, swapPairs(level), level));
      const Vi isOpen = c > 0.0f;
      const Vi hit = level >= select(isOpen, close, open);
      c = select(hit, holdFrames, max(c - 1.0f, Vf{}));
      const Vi opening = c > 0.0f;
      const Vf target = select(opening, splat(1), closed);
      g = fma(select(opening, attack, release), target - g, g);
      store(tile + n * kLanes, x * g);
    }
    const Vf creep = g * kGateCreepNorm, way = select(c > 0.0f, splat(1), closed) - g;
    gain = select(g == gain, g + max(-creep, min(creep, way)), g);
    count = c;
  }

  DESKD_INLINE Vf swapPairs(Vf v) {
    Vi other;
    for (int i = 0; i < kLanes; i++) other[i] = i ^ 1;
    return __builtin_shuffle(v, other);
  }
};

}  // namespace deskd::DESKD_ISA
