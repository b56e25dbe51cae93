// The strips' expander: below the threshold every dB less comes out as `ratio` dB less, down to the range; a knee of 6 dB
// (Giannoulis, Massberg and Reiss 2012, mirrored). The key's level is its loudest within the hold, so that a tone has one
// level: its peak. Attack (opening) and release (closing, after the hold) are time constants of the gain reduction in dB.
#pragma once
#include "gate.h"

namespace deskd::DESKD_ISA {

constexpr float kExpanderHalfKnee = 0.49828921f;  // 3 dB in log2 of amplitude
constexpr float kSameLevel = 0.0166096f;           // .1 dB: a tone's sampled peaks differ by this little, and keep it held

struct Expander {
  // In units of log2 amplitude (6.02 dB), smoothed once a quantum, ramped inside it. `range` is 0 where it is off.
  SmoothValues threshold, slope, range;
  Vf attack, release, holdFrames;     // one-pole coefficients, frames
  Vf level, count;                    // of the key, frames it is still held
  Vf held, reduction;                 // what the level asks for, released; the same smoothed by the attack (positive)
  Vf start[3], step[3];
  int32_t used, moving;

  void init() noexcept {
    for (int i = 0; i < kLanes; i++) threshold.jump(i, -9.9657843f), slope.jump(i, 1), range.jump(i, 0);
    attack = release = holdFrames = splat(1);
    level = count = held = reduction = Vf{};
  }

  void prepare(const SmoothingTable& table) noexcept {
    SmoothValues* all[3] = {&threshold, &slope, &range};
    Vi still{};
    for (int i = 0; i < 3; i++) {
      start[i] = all[i]->value;
      still |= all[i]->advance(table, 1e-5f);
      step[i] = (all[i]->value - start[i]) * (1.0f / kQuantum);
    }
    const bool isOn = any((range.target != Vf{}) | (range.value != Vf{}) | (start[2] != Vf{}));
    // What is left of one that is off rings out; below 1e-8 the gain is 1 to the bit.
    used = isOn || any(reduction > 1e-8f);
    if (!used) level = count = held = reduction = Vf{};
    const Vi stepped = (step[0] != Vf{}) | (step[1] != Vf{}) | (step[2] != Vf{});
    moving = any(still | stepped) || (used && !any(range.target != Vf{}));
  }

  template <bool Stereo>
  void run(float* tile, const float* key, Vi pairs) noexcept {
    Vf t = start[0], s = start[1], most = start[2], loud = level, c = count, least = held, gr = reduction, wanted{};
    const Vf knee = splat(kExpanderHalfKnee);
    alignas(64) float exponents[kQuantum * kLanes];
    for (int n = 0; n < kQuantum; n++) {
      t += step[0], s += step[1], most += step[2];
      const Vf k = load(key + n * kLanes);
      Vf square = k * k;
      if constexpr (Stereo) square = max(square, select(pairs, Gate::swapPairs(square), square));
      const Vf now = 0.5f * log2(square);
      loud = select(c > 0.0f, max(loud, now), now);
      c = select(now + kSameLevel >= loud, holdFrames, max(c - 1.0f, Vf{}));
      const Vf under = max(t + knee - loud, Vf{});
      const Vf bend = min(under, knee + knee);
      wanted = min(s * fma(bend * (0.25f / kExpanderHalfKnee), bend, under - bend), most);
      least = min(wanted, fma(release, wanted - least, least));
      gr = fma(attack, least - gr, gr);
      store(exponents + n * kLanes, -gr);
    }
    for (int n = 0; n < kQuantum; n++)
      store(tile + n * kLanes, load(tile + n * kLanes) * exp2(load(exponents + n * kLanes)));
    // As the gate's: on by a little where float stands still.
    held = select(least == held, least + min(splat(kExpanderCreep), max(wanted - least, Vf{})), least);
    level = loud, count = c, reduction = gr;
  }

 private:
  static constexpr float kExpanderCreep = 4e-5f;  // a quantum
};

}  // namespace deskd::DESKD_ISA
