// The strips' gate and ducker: level against a threshold with hysteresis, hold by counting, gain smoothed in amplitude.
// A gate lets through what is above the threshold, a ducker what is below; attack leads to what the key asks for, hold and
// release back. Both are time constants (63 % of the way). A hold below 10 ms counts as 10 ms: half a period of 50 Hz.
#pragma once
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr double kGateLeastHoldSeconds = 0.010;
constexpr float kGateBypassMs = 10;  // time constant of a gate that is off
// In float a one-pole stops short of its aim (.1 dB at a release of 4 s): from there it goes on by this part a quantum.
constexpr float kGateCreepNorm = 2e-6f;

struct Gate {
  Vf threshold, hysteresis, holdFrames, attack, release;  // amplitude, its part to close, frames, one-pole coefficients
  SmoothValues floor;                                     // amplitude of what is shut out; 1 where the gate is off
  Vf floorBefore, floorStep;                              // at the start of the quantum, and a frame
  Vf gain, count;                                         // count > 0: the key is or was above the threshold
  Vi ducks;                                               // −1: shut while the key is above
  float wantedFloor[kLanes];
  uint8_t wantedDucks[kLanes];
  int32_t used, moving, ramping;
  int32_t turning;  // a lane goes from gate to ducker or back, while its floor is 1

  void init() noexcept {
    threshold = splat(0.001f);
    hysteresis = holdFrames = attack = release = gain = splat(1);
    count = Vf{};
    for (int i = 0; i < kLanes; i++) floor.jump(i, wantedFloor[i] = 1);
  }

  void aim(int lane, float to, bool toDuck, bool jump) noexcept {
    wantedFloor[lane] = to;
    wantedDucks[lane] = toDuck;
    if (jump) {
      ducks[lane] = toDuck ? -1 : 0;
      floor.jump(lane, to);
    } else {
      const bool isTurning = (ducks[lane] != 0) != toDuck;
      floor.target[lane] = isTurning ? 1 : to;
      turning |= isTurning;
    }
  }

  void prepare(const SmoothingTable& table) noexcept {
    if (turning) turn();
    floorBefore = floor.value;
    const bool isMoving = any(floor.advance(table, 1e-6f)), isOn = any(floor.target != splat(1));
    used = isMoving || isOn || any(gain != splat(1));
    floorStep = (floor.value - floorBefore) * (1.0f / kQuantum);
    ramping = any(floorStep != Vf{});
    moving = turning || isMoving || ramping || (used && !isOn);  // one that is off is watched until its gain is 1
  }

  // In place over a tile, by the level of `key` (may be the same tile); `pairs` marks lanes that share their neighbour's
  // level (stereo).
  void run(float* tile, const float* key, Vi pairs, bool stereo) noexcept {
    if (stereo) ramping ? run<true, true>(tile, key, pairs) : run<true, false>(tile, key, pairs);
    else ramping ? run<false, true>(tile, key, pairs) : run<false, false>(tile, key, pairs);
  }

  DESKD_INLINE Vf swapPairs(Vf v) {
    Vi other;
    for (int i = 0; i < kLanes; i++) other[i] = i ^ 1;
    return __builtin_shuffle(v, other);
  }

 private:
  template <bool Stereo, bool Ramp>
  void run(float* tile, const float* key, Vi pairs) noexcept {
    Vf g = gain, c = count;
    const Vf open = threshold, close = threshold * hysteresis;
    Vf shut = Ramp ? floorBefore : floor.value;
    Vf above = select(ducks, shut, splat(1)), below = select(ducks, splat(1), shut);
    for (int n = 0; n < kQuantum; n++) {
      if constexpr (Ramp) {
        shut += floorStep;
        above = select(ducks, shut, splat(1)), below = select(ducks, splat(1), shut);
      }
      Vf level = abs(load(key + n * kLanes));
      if constexpr (Stereo) level = max(level, select(pairs, swapPairs(level), level));
      const Vi isOpen = c > 0.0f;
      const Vi hit = level >= select(isOpen, close, open);
      c = select(hit, holdFrames, max(c - 1.0f, Vf{}));
      const Vi opening = c > 0.0f;
      const Vf target = select(opening, above, below);
      g = fma(select(opening, attack, release), target - g, g);
      store(tile + n * kLanes, load(tile + n * kLanes) * g);
    }
    const Vf creep = g * kGateCreepNorm, way = select(c > 0.0f, above, below) - g;
    gain = select(g == gain, g + max(-creep, min(creep, way)), g);
    count = c;
  }

  void turn() noexcept {
    turning = 0;
    for (int i = 0; i < kLanes; i++) {
      if ((ducks[i] != 0) == (wantedDucks[i] != 0)) continue;
      if (floor.value[i] == 1) {
        ducks[i] = wantedDucks[i] ? -1 : 0;
        floor.target[i] = wantedFloor[i];
      } else {
        turning = 1;
      }
    }
  }
};

}  // namespace deskd::DESKD_ISA
