// Feed-forward compressor of strips and buses after Giannoulis, Massberg and Reiss ("Digital Dynamic Range Compressor
// Design", JAES 2012): soft-knee curve in the log domain, smooth decoupled peak detector on the gain reduction.
#pragma once
#include "../gate/gate.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr double kRmsSeconds = 0.010;
// Release by the programme: what was reduced for long charges a second stage, which then releases slowly. Parts of `release`.
constexpr double kChargeTimes = 4, kSlowReleaseTimes = 8;
constexpr float kNoRangeLimit = 33.2f;  // 200 dB: more than any sample asks for

struct Compressor {
  // All in units of log2 amplitude (6.02 dB) or parts of 1, smoothed once a quantum.
  enum { kThreshold, kSlope, kHalfKnee, kMakeup, kMix, kRange, kAutoRelease, kAutoMakeup, kSmoothedCount };
  SmoothValues smoothed[kSmoothedCount];
  Vf attack, release, charge, slowRelease, rmsCoefficient;  // one-pole coefficients
  Vi isRms;
  Vf meanSquare, held, slow, reduction;  // detector, peak of the reduction and its slow stage, smoothed reduction (positive)
  Vf madeUp;  // own and automatic make-up
  int32_t moving, fresh, ramping, used;
  int32_t extended;  // a lane has a range or releases by the programme
  Vf start[kSmoothedCount], step[kSmoothedCount];
  uint8_t on[kLanes];
  float mixWanted[kLanes];

  void init() noexcept {
    constexpr float standing[kSmoothedCount] = {-3, 0, 0.5f, 0, 0, kNoRangeLimit, 0, 0};
    for (int p = 0; p < kSmoothedCount; p++)
      for (int i = 0; i < kLanes; i++) smoothed[p].jump(i, standing[p]);
    attack = release = charge = slowRelease = rmsCoefficient = splat(1);
    isRms = Vi{};
    meanSquare = held = slow = reduction = Vf{};
    fresh = moving = 1;
  }

  void prepare(const SmoothingTable& table) noexcept {
    ramping = 0;
    if (!moving) return;
    Vi still{};
    for (int p = 0; p < kSmoothedCount; p++) {
      SmoothValues& v = smoothed[p];
      if (fresh) v.value = v.target, v.velocity = Vf{};
      start[p] = v.value;
      still |= v.advance(table, 1e-5f, p == kMakeup ? kMostReach : 1e30f);
      step[p] = (v.value - start[p]) * (1.0f / kQuantum);
    }
    start[kMakeup] = madeUp;
    madeUp = makeup();
    step[kMakeup] = (madeUp - start[kMakeup]) * (1.0f / kQuantum);
    ramping = !fresh;
    moving = any(still);
    fresh = 0;
    const bool wasUsed = used;
    const auto &mix = smoothed[kMix], &autoRelease = smoothed[kAutoRelease];
    used = any((start[kMix] != Vf{}) | (mix.value != Vf{}) | (mix.target != Vf{}));
    extended = any((start[kRange] != splat(kNoRangeLimit)) | (smoothed[kRange].value != splat(kNoRangeLimit)) |
                   (start[kAutoRelease] != Vf{}) | (autoRelease.value != Vf{}));
    if (used && !wasUsed) meanSquare = held = slow = reduction = Vf{};
  }

  // Compresses `tile` in place by the level of `key` (may be the same tile); `pairs` marks the lanes of stereo strips.
  void run(float* tile, const float* key, Vi pairs, bool stereo) noexcept {
    if (extended) stereo ? runAs<true, true>(tile, key, pairs) : runAs<false, true>(tile, key, pairs);
    else stereo ? runAs<true, false>(tile, key, pairs) : runAs<false, false>(tile, key, pairs);
  }

 private:
  // What is asked for, and where it is automatic half of what the curve takes from 0 dBFS besides.
  Vf makeup() const noexcept {
    const Vf half = smoothed[kHalfKnee].value, slope = smoothed[kSlope].value;
    const Vf over = max(half - smoothed[kThreshold].value, Vf{}), bend = min(over, half + half);
    const Vf taken = min(fma(kneeCurve(half, slope) * bend, bend, slope * (over - bend)), smoothed[kRange].value);
    return fma(smoothed[kAutoMakeup].value * 0.5f, taken, smoothed[kMakeup].value);
  }

  template <bool Stereo, bool Extended>
  void runAs(float* tile, const float* key, Vi pairs) noexcept {
    ramping ? run<Stereo, true, Extended>(tile, key, pairs) : run<Stereo, false, Extended>(tile, key, pairs);
  }

  template <bool Stereo, bool Ramp, bool Extended>
  void run(float* tile, const float* key, Vi pairs) noexcept {
    const auto at = [&](int p) { return Ramp ? start[p] : smoothed[p].value; };
    Vf t = at(kThreshold), s = at(kSlope), w = at(kHalfKnee), m = Ramp ? start[kMakeup] : madeUp, wet = at(kMix);
    Vf most = at(kRange), slowPart = at(kAutoRelease), late = slow;
    Vf knee2 = w + w, curve = kneeCurve(w, s);
    Vf ms = meanSquare, peak = held, gr = reduction;
    // First all that waits for the frame before, then all that does not: the second loop runs at full width.
    alignas(64) float exponents[kQuantum * kLanes];
    const bool rms = any(isRms), mixes = any(wet != splat(1));
#pragma GCC unroll 2
    for (int n = 0; n < kQuantum; n++) {
      if constexpr (Ramp) {
        t += step[kThreshold], s += step[kSlope], w += step[kHalfKnee], m += step[kMakeup];
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
      const Vf over = max(halfLog2(square, w - t), Vf{});
      const Vf bend = min(over, knee2);
      Vf wanted = fma(fma(curve, bend, -s), bend, s * over);
      if constexpr (Extended && Ramp) most += step[kRange], slowPart += step[kAutoRelease];
      if constexpr (Extended) wanted = min(wanted, most);
      peak = max(wanted, fma(release, wanted - peak, peak));
      Vf top = peak;
      if constexpr (Extended) {
        late = fma(select(peak > late, charge, slowRelease), peak - late, late);
        top = fma(slowPart, max(peak, late) - peak, peak);
      }
      gr = fma(attack, top - gr, gr);
      store(exponents + n * kLanes, m - gr);
    }
#pragma GCC unroll 4
    for (int n = 0; n < kQuantum; n++) {
      Vf gain = exp2(load(exponents + n * kLanes));
      if constexpr (Ramp) wet += step[kMix];
      if (Ramp || mixes) gain = fma(wet, gain - 1.0f, splat(1));
      store(tile + n * kLanes, load(tile + n * kLanes) * gain);
    }
    meanSquare = ms, held = peak, slow = late, reduction = gr;
  }

  // slope/(2·W) with W = 2·half knee; 0 for a hard knee.
  DESKD_INLINE Vf kneeCurve(Vf halfKneeWidth, Vf slopeNow) {
    return select(halfKneeWidth > 1e-4f, slopeNow / (4.0f * max(halfKneeWidth, splat(1e-4f))), Vf{});
  }
};

}  // namespace deskd::DESKD_ISA
