// Feed-forward compressor of strips and buses after Giannoulis, Massberg and Reiss ("Digital Dynamic Range Compressor
// Design", JAES 2012): soft-knee curve in the log domain, smooth decoupled peak detector on the gain reduction.
#pragma once
#include "../gate/gate.h"
#include "../hpf/hpf.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr double kRmsSeconds = 0.010;

struct Compressor {
  // All in units of log2 amplitude (6.02 dB), smoothed once a quantum.
  SmoothValues threshold, slope, halfKnee, makeup, mix;
  Vf attack, release, rmsCoefficient;  // one-pole coefficients
  Vi isRms;
  Vf meanSquare, held, reduction;  // detector, peak of the reduction, smoothed reduction (positive)
  SmoothValues keyOctave, keyWet;
  Svf keyFilter;
  int32_t moving, fresh, ramping, used, keyFiltered, keyMoving;
  Vf start[5], step[5];
  uint8_t on[kLanes];
  float mixWanted[kLanes];

  void init() noexcept {
    for (int i = 0; i < kLanes; i++) {
      threshold.jump(i, -3);
      slope.jump(i, 0);
      halfKnee.jump(i, 0.5f);
      makeup.jump(i, 0);
      mix.jump(i, 0);
      keyOctave.jump(i, 6.6438562f);
      keyWet.jump(i, 0);
    }
    attack = release = rmsCoefficient = splat(1);
    isRms = Vi{};
    meanSquare = held = reduction = Vf{};
    const SvfDesign flat = {Vd{}, Vd{}, splatd(1), Vd{}, Vd{}, splatd(1)};
    keyFilter.set(flat, flat);
    keyFilter.reset();
    fresh = moving = keyMoving = 1;
  }

  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    SmoothValues* all[5] = {&threshold, &slope, &halfKnee, &makeup, &mix};
    ramping = 0;
    if (moving) {
      Vi still{};
      for (int i = 0; i < 5; i++) {
        if (fresh) all[i]->value = all[i]->target, all[i]->velocity = Vf{};
        start[i] = all[i]->value;
        still |= all[i]->advance(table, 1e-5f);
        step[i] = (all[i]->value - start[i]) * (1.0f / kQuantum);
      }
      ramping = !fresh;
      moving = any(still);
      fresh = 0;
      const bool wasUsed = used;
      used = any((start[4] != Vf{}) | (mix.value != Vf{}) | (mix.target != Vf{}));
      if (used && !wasUsed) meanSquare = held = reduction = Vf{};
    }
    if (keyMoving) {
      const Vi still = keyOctave.advance(table, 1e-5f) | keyWet.advance(table, 1e-5f);
      const SvfDesign low = keyDesign(lowHalf(keyOctave.value), lowHalf(keyWet.value), sampleRateHz);
      const SvfDesign high = keyDesign(highHalf(keyOctave.value), highHalf(keyWet.value), sampleRateHz);
      keyFilter.S1 = keyFilter.S1 * (keyFilter.gd / join(low.gd, high.gd));
      keyFilter.set(low, high);
      keyFiltered = any(keyWet.value != Vf{});
      keyMoving = any(still);
    }
  }

  // Compresses `tile` in place by the level of `key` (may be the same tile).
  template <bool Stereo, bool Ramp>
  void run(float* tile, const float* key, Vi pairs) noexcept {
    Vf t = Ramp ? start[0] : threshold.value, s = Ramp ? start[1] : slope.value, w = Ramp ? start[2] : halfKnee.value,
       m = Ramp ? start[3] : makeup.value, wet = Ramp ? start[4] : mix.value;
    Vf knee2 = w + w, curve = kneeCurve(w, s);
    Vf ms = meanSquare, peak = held, gr = reduction;
    // First all that waits for the frame before, then all that does not: the second loop runs at full width.
    alignas(64) float exponents[kQuantum * kLanes];
    const bool rms = any(isRms), mixes = any(wet != splat(1));
#pragma GCC unroll 2
    for (int n = 0; n < kQuantum; n++) {
      if constexpr (Ramp) {
        t += step[0], s += step[1], w += step[2], m += step[3];
        knee2 = w + w, curve = kneeCurve(w, s);
      }
      const Vf k = load(key + n * kLanes);
      Vf square = k * k;
      if constexpr (Stereo) square = max(square, select(pairs, Gate::swapPairs(square), square));
      if (rms) {
        ms = fma(rmsCoefficient, square - ms, ms);
        square = select(isRms, ms, square);
      }
      // Above the knee's start: the part inside the knee bends, the rest is straight.
      const Vf over = max(fma(splat(0.5f), log2(square), w - t), Vf{});
      const Vf bend = min(over, knee2);
      const Vf wanted = fma(curve * bend, bend, s * (over - bend));
      peak = max(wanted, fma(release, wanted - peak, peak));
      gr = fma(attack, peak - gr, gr);
      store(exponents + n * kLanes, m - gr);
    }
#pragma GCC unroll 4
    for (int n = 0; n < kQuantum; n++) {
      Vf gain = exp2(load(exponents + n * kLanes));
      if constexpr (Ramp) wet += step[4];
      if (Ramp || mixes) gain = fma(wet, gain - 1.0f, splat(1));
      store(tile + n * kLanes, load(tile + n * kLanes) * gain);
    }
    meanSquare = ms, held = peak, reduction = gr;
  }

 private:
  // slope/(2·W) with W = 2·half knee; 0 for a hard knee.
  DESKD_INLINE Vf kneeCurve(Vf halfKneeWidth, Vf slopeNow) {
    return select(halfKneeWidth > 1e-4f, slopeNow / (4.0f * max(halfKneeWidth, splat(1e-4f))), Vf{});
  }
  DESKD_INLINE SvfDesign keyDesign(Vd octave, Vd wet, double sampleRateHz) {
    const Vd w = exp2(octave) * (6.283185307179586 / sampleRateHz);
    return fadedIn(svfOf(designHighPass(w, splatd(0.70710678118654752), Vl{})), wet);
  }
};

}  // namespace deskd::DESKD_ISA
