// Gain sharing (D. Dugan, US patent 3,992,584, "Automatic microphone mixing", 1975): a microphone is as far down in dB as its
// level is below that of all together. Levels are powers, so the squares of the gains add up to 1: one voice stands at 0 dB, two
// equal ones at −3.01 dB, and the room of N open microphones is as loud as that of one.
#pragma once
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr int kAutomixGroups = 2;
// Time constants of the level as a power: up as its mean square, down slower, so that a pause between words gives nothing away.
constexpr double kAutomixMeanSeconds = 0.008, kAutomixReleaseSeconds = 0.1;
constexpr float kAutomixFloor = 1e-10f;  // −100 dBFS: in silence all share alike

// A group of lanes: their levels, and the gain that each has of them.
struct Automix {
  SmoothGains gain;
  Vf meanSquare, level;  // before the gain
  int32_t used;

  void init() noexcept {
    for (int i = 0; i < kLanes; i++) gain.jump(i, 1);
  }

  // Measures a tile and applies the gains. `mean`, `release`: steps a quantum.
  void run(const SmoothingTable& table, float* tile, float mean, float release) noexcept {
    if (!used) return;
    Vf sum{};
    const bool moving = any(gain.advance(table));
    for (int n = 0; n < kQuantum; n++) {
      const Vf x = load(tile + n * kLanes);
      sum = fma(x, x, sum);
      store(tile + n * kLanes, x * (gain.target + (gain.a * table.power[n] + gain.b * table.rampPower[n])));
    }
    // Held below where a square can overflow; what is not finite counts as silence.
    const Vf now = min(select(sum < 1e30f, sum, Vf{}) * (1.0f / kQuantum), splat(1e12f));
    meanSquare = fma(splat(mean), now - meanSquare, meanSquare);
    level = max(meanSquare, fma(splat(release), meanSquare - level, level));
    used = moving || any(gain.value != splat(1)) || used > 1;
  }
};

}  // namespace deskd::DESKD_ISA
