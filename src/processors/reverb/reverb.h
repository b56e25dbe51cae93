// Reverberation by a feedback delay network of 16 lines (Jot & Chaigne 1991) behind three lossless diffusers.
//
// In:   pre-delay ▸ three times (16 short delays ▸ rotation of all into all) ▸ the network
// Loop: 16 delays of prime lengths ▸ losses ▸ Hadamard matrix ▸ slow rotation of pairs
// Out:  what enters the lines, summed with signs of its own for each side ▸ width ▸ high-pass, low-pass
//
// All mixing is orthogonal, so only the losses make the decay: in dB they are proportional to a line's length, which gives
// every frequency the decay that is set. The modulation turns pairs of lines into each other (a time-varying matrix,
// Schlecht & Habets 2015): it moves the modes without interpolating, so it costs neither treble nor decay.
#pragma once
#include "../fx/fx-filters.h"
#include "reverb-plan.h"

namespace deskd::DESKD_ISA {

constexpr int kLineGroups = kReverbLines / kLanes, kLineVectors = kQuantum / kLanes, kLinePairs = kReverbLines / 2;
static_assert(kReverbLines % kLanes == 0 && kQuantum % kLanes == 0);
constexpr float kSideGain = 0.35355339f;  // 1/√8: a side feeds eight lines
// The lines that a side hears with a minus, one bit each: bent sequences, flat under the matrix and under the diffusers, so
// that a side hears every echo there is and not a few of them eight times; the two are orthogonal.
constexpr uint32_t kOutSigns[2] = {0xfca6, 0xf95c};
constexpr double kMostTurn = 0.7853981633974483;  // of the modulation and of the diffusers: π/4, halves into halves

// 1 2 … of a quantum's frames as fractions: how far a ramp has come.
struct RampTable {
  alignas(64) float at[kQuantum];
  constexpr RampTable() : at{} {
    for (int n = 0; n < kQuantum; n++) at[n] = (float)(n + 1) / kQuantum;
  }
};
inline constexpr RampTable kRamp;

// A line's losses: low shelf and high shelf of the first order, transposed direct form II; the middle's gain is in the first.
struct LineLosses {
  Vf b0, b1, a1, c0, c1, d1;
};

struct Reverb {
  // What is set. Lanes of `decay`: 1/s to −60 dB, log2 of low and of high ratio; of `corner`: log2 Hz of low and high crossover,
  // diffusion and modulation depth 0…1.
  SmoothValues decay, corner;
  SmoothGain hold, width;  // hold: 1 is frozen
  FxFilters filters;
  float size, modRateHz;
  int32_t moving, fresh;

  // What sounds.
  FadingTap preDelay;
  int32_t tap[kReverbBanks][kReverbLines], next[kReverbBanks][kReverbLines];
  float tapSize, nextSize;
  int32_t fade;  // frames done of the change from `tap` to `next`
  int32_t at[kReverbBanks][kReverbLines], preAt[2];
  int64_t valid;
  double phase[kLinePairs];
  float turnCos[kLinePairs], turnSin[kLinePairs], diffuseCos, diffuseSin;  // at the quantum's end
  LineLosses losses[kLineGroups];
  Vf lowState[kLineGroups], highState[kLineGroups];

  void init(const ReverbPlan& plan) noexcept {
    filters.init();
    decay.jump(0, 1 / 1.8f), decay.jump(1, 0), decay.jump(2, 0);
    corner.jump(0, 8), corner.jump(1, 13), corner.jump(2, 1), corner.jump(3, 0);
    hold.jump(0), width.jump(1);
    size = 1;
    modRateHz = 1;
    preDelay.jump(0);
    for (int k = 0; k < kLinePairs; k++) phase[k] = k * 0.61803398875 - (int)(k * 0.61803398875);
    reset(plan);
  }

  // Silent and without a past: nothing is cleared, `valid` tells what may be read.
  void reset(const ReverbPlan& plan) noexcept {
    valid = 0;
    fade = 0;
    preDelay.jump(preDelay.target);
    takeSize(plan);
    __builtin_memcpy(tap, next, sizeof tap);
    tapSize = nextSize;
    for (auto& bank : at)
      for (int32_t& a : bank) a = 0;
    preAt[0] = preAt[1] = 0;
    for (int g = 0; g < kLineGroups; g++) lowState[g] = highState[g] = Vf{};
    filters.reset();
    moving = fresh = 1;
  }

  // Parameters, by their index in the reverb's block.
  void set(uint32_t at, float value, bool jump, const FxTables& t, const ReverbPlan& plan) noexcept {
    namespace p = deskd::params::fx::reverb;
    const auto aim = [&](SmoothValues& v, int lane, float to) {
      if (jump) v.jump(lane, to);
      else v.target[lane] = to;
    };
    switch (at) {
      case p::decayS: aim(decay, 0, 1 / value); break;
      case p::lowDecayRatio: aim(decay, 1, (float)__builtin_log2(value)); break;
      case p::highDecayRatio: aim(decay, 2, (float)__builtin_log2(value)); break;
      case p::lowCrossoverHz: aim(corner, 0, (float)__builtin_log2(value)); break;
      case p::highCrossoverHz: aim(corner, 1, (float)__builtin_log2(value)); break;
      case p::diffusionPercent: aim(corner, 2, value * 0.01f); break;
      case p::modDepthPercent: aim(corner, 3, value * 0.01f); break;
      case p::modRateHz: modRateHz = value; return;
      case p::preDelayMs:
        preDelay.target = (int)__builtin_lround(value * 0.001 * t.rate) - t.late;
        if (preDelay.target < 0) preDelay.target = 0;
        if (jump) preDelay.jump(preDelay.target);
        return;
      case p::roomSize:
        size = value;
        if (jump) reset(plan);
        return;
      case p::widthPercent:
        if (jump) width.jump(value * 0.01);
        else width.target = value * 0.01;
        return;
      case p::highPassHz: return filters.setHighPass(value, jump);
      case p::lowPassHz: return filters.setLowPass(value, jump);
      case p::freeze:
        if (jump) hold.jump(value != 0);
        else hold.target = value != 0;
        break;
    }
    moving = 1;
    if (jump) fresh = 1;
  }

  // A stereo quantum. `memory`: the lines, as planned.
  void run(const float* const* in, float* const* out, float* memory, const FxTables& t, const ReverbPlan& plan) noexcept {
    alignas(64) float rows[kReverbLines][kQuantum], loop[kReverbLines][kQuantum];
    const bool first = fresh != 0, fading = stepSize(plan);
    const int faded = fading ? fade : -1;
    takeIn(in, rows, memory, t, plan);
    const float cosFrom = diffuseCos, sinFrom = diffuseSin;
    LineLosses lossesFrom[kLineGroups];
    for (int g = 0; g < kLineGroups; g++) lossesFrom[g] = losses[g];
    const bool ramps = design(fading, t) && !first;
    for (int b = 0; b < kDiffusers; b++) {
      for (int i = 0; i < kReverbLines; i++) {
        const Line line = lineOf(memory, plan, b, i);
        line.write(rows[i]);
        readFading(line, tap[b][i], next[b][i], faded, t.fades, rows[i]);
      }
      if (ramps && cosFrom != diffuseCos) diffuse<true>(rows, cosFrom, sinFrom);
      else diffuse<false>(rows, diffuseCos, diffuseSin);
    }
    for (int i = 0; i < kReverbLines; i++)
      readFading(lineOf(memory, plan, kDiffusers, i), tap[kDiffusers][i], next[kDiffusers][i], faded, t.fades, loop[i]);
    if (ramps) lose<true>(loop, lossesFrom);
    else lose<false>(loop, losses);
    mix(loop, rows, first, t.rate);
    for (int i = 0; i < kReverbLines; i++) lineOf(memory, plan, kDiffusers, i).write(rows[i]);
    putOut(rows, out, t);
    advance(plan, fading, t.fades);
  }

  // Every line's place, and where it is written next.
  template <class Visit>
  void eachLine(const ReverbPlan& plan, Visit visit) const noexcept {
    for (int c = 0; c < 2; c++) visit(plan.preDelay[c], preAt[c]);
    for (int b = 0; b < kReverbBanks; b++)
      for (int i = 0; i < kReverbLines; i++) visit(plan.line[b][i], at[b][i]);
  }

 private:
  static Line lineIn(float* memory, const LinePlace& p, int32_t at, int64_t valid) noexcept {
    return {memory + p.offset, p.length, at, valid};
  }
  Line lineOf(float* memory, const ReverbPlan& plan, int b, int i) const noexcept {
    return lineIn(memory, plan.line[b][i], at[b][i], valid);
  }

  void takeSize(const ReverbPlan& plan) noexcept {
    nextSize = size;
    for (int b = 0; b < kReverbBanks; b++)
      for (int i = 0; i < kReverbLines; i++) next[b][i] = plan.frames(b, i, size);
  }

  // Gives whether the taps fade in this quantum.
  bool stepSize(const ReverbPlan& plan) noexcept {
    if (fade == 0 && nextSize == tapSize && size != tapSize) takeSize(plan);
    return nextSize != tapSize;
  }

  void takeIn(const float* const* in, float (*rows)[kQuantum], float* memory, const FxTables& t, const ReverbPlan& plan) noexcept {
    alignas(64) float row[2][kQuantum];
    FadingTap after = preDelay;
    for (int c = 0; c < 2; c++) {
      const Line line = lineIn(memory, plan.preDelay[c], preAt[c], valid);
      line.write(in[c]);
      after = preDelay;
      readTap(line, after, t.fades, row[c]);
    }
    preDelay = after;
    if (hold.moving() || hold.value != 0) {
      double h[kQuantum];
      moving |= hold.moving();
      hold.run(t.smoothing, h);
      for (int n = 0; n < kQuantum; n++) row[0][n] *= (float)(1 - h[n]), row[1][n] *= (float)(1 - h[n]);
    }
    for (int i = 0; i < kReverbLines; i++)
      for (int n = 0; n < kQuantum; n += kLanes) store(rows[i] + n, load(row[i & 1] + n) * kSideGain);
  }

  // The next quantum's angles and losses at its end. Gives whether they differ from those before.
  bool design(bool fading, const FxTables& t) noexcept {
    if (!moving && !fading && !fresh) return false;
    const Vi still = decay.advance(t.slow, 1e-6f) | corner.advance(t.smoothing, 1e-5f);
    moving = any(still) || hold.moving();
    fresh = 0;
    const double angle = corner.value[2] * kMostTurn;
    diffuseSin = (float)sinOf(angle);
    diffuseCos = (float)__builtin_sqrt(1 - sinOf(angle) * sinOf(angle));
    const float left = 1 - (float)hold.value;
    // Decays in 60 dB a second; log2 of a loss over d frames is −log2(1000)·rate·d/fs.
    const float mid = left * decay.value[0];
    const float low = mid * __builtin_exp2f(-decay.value[1]), high = mid * __builtin_exp2f(-decay.value[2]);
    const float perFrame = (float)(-9.965784284662087 / t.rate);
    // The low corner stays below the high one: two shelves that lie over each other could amplify.
    const float lowOctave = corner.value[0] < corner.value[1] ? corner.value[0] : corner.value[1];
    const float lowTan = tanOf(lowOctave, t.rate), highTan = tanOf(corner.value[1], t.rate);
    const int end = fade + kQuantum - 1;
    const float w = fading ? t.fades.weights[end] : 0;
    for (int g = 0; g < kLineGroups; g++) {
      Vf frames;
      for (int i = 0; i < kLanes; i++) {
        const int line = g * kLanes + i;
        frames[i] = (float)tap[kDiffusers][line] + w * (float)(next[kDiffusers][line] - tap[kDiffusers][line]);
      }
      frames = frames * perFrame;
      LineLosses& l = losses[g];
      const Vf gain = lossOf(frames * mid);
      // Shelves symmetrical about their corners: √G there, so that in dB they scale with the line.
      const Vf lowRoot = lossOf(frames * (0.5f * (low - mid))), highRoot = lossOf(frames * (0.5f * (high - mid)));
      const Vf lowPole = lowTan / lowRoot, lowZero = lowTan * lowRoot, lowScale = 1.0f / (1.0f + lowPole);
      l.b0 = gain * (1.0f + lowZero) * lowScale;
      l.b1 = gain * (lowZero - 1.0f) * lowScale;
      l.a1 = (lowPole - 1.0f) * lowScale;
      const Vf highPole = 1.0f / highRoot, highScale = 1.0f / (highTan + highPole);
      l.c0 = (highTan + highRoot) * highScale;
      l.c1 = (highTan - highRoot) * highScale;
      l.d1 = (highTan - highPole) * highScale;
    }
    return true;
  }

  static Vf lossOf(Vf octaves) noexcept { return exp2(min(max(octaves, splat(-60)), splat(60))); }
  static float tanOf(float octave, double rate) noexcept {
    const double hz = __builtin_exp2(octave), most = kHighestNorm * rate;
    return (float)__builtin_tan(3.141592653589793 * (hz < most ? hz : most) / rate);
  }
  // |x| ≤ π/4.
  static double sinOf(double x) noexcept {
    const double z = x * x;
    return x * (1 + z * (-1.0 / 6 + z * (1.0 / 120 + z * (-1.0 / 5040 + z * (1.0 / 362880)))));
  }

  // All sixteen channels turned into each other by one angle: at π/4 each is in all with the same power, at 0 all pass.
  template <bool Ramp>
  void diffuse(float (*rows)[kQuantum], float cosFrom, float sinFrom) const noexcept {
    for (int v = 0; v < kQuantum; v += kLanes) {
      Vf c = splat(cosFrom), s = splat(sinFrom);
      if constexpr (Ramp) {
        const Vf r = load(kRamp.at + v);
        c = fma(splat(diffuseCos) - c, r, c);
        s = fma(splat(diffuseSin) - s, r, s);
      }
      Vf x[kReverbLines];
      for (int i = 0; i < kReverbLines; i++) x[i] = load(rows[i] + v);
#pragma GCC unroll 4
      for (int step = 1; step < kReverbLines; step *= 2)
#pragma GCC unroll 16
        for (int i = 0; i < kReverbLines; i++) {
          if (i & step) continue;
          const Vf a = x[i], b = x[i + step];
          x[i] = fma(c, a, s * b);
          x[i + step] = fnma(s, a, c * b);
        }
      for (int i = 0; i < kReverbLines; i++) store(rows[i] + v, x[i]);
    }
  }

  template <bool Ramp>
  void lose(float (*rows)[kQuantum], const LineLosses* from) noexcept {
    for (int g = 0; g < kLineGroups; g++) {
      LineLosses l = from[g], step;
      if constexpr (Ramp) {
        constexpr float perFrame = 1.0f / kQuantum;
        const LineLosses& to = losses[g];
        step = {(to.b0 - l.b0) * perFrame, (to.b1 - l.b1) * perFrame, (to.a1 - l.a1) * perFrame,
                (to.c0 - l.c0) * perFrame, (to.c1 - l.c1) * perFrame, (to.d1 - l.d1) * perFrame};
      }
      Vf s = lowState[g], t = highState[g];
      for (int v = 0; v < kQuantum; v += kLanes) {
        Vf r[kLanes];
        for (int i = 0; i < kLanes; i++) r[i] = load(rows[g * kLanes + i] + v);
        transpose(r);
#pragma GCC unroll 16
        for (int n = 0; n < kLanes; n++) {
          if constexpr (Ramp) {
            l.b0 += step.b0, l.b1 += step.b1, l.a1 += step.a1;
            l.c0 += step.c0, l.c1 += step.c1, l.d1 += step.d1;
          }
          const Vf x = r[n], y = fma(l.b0, x, s);
          s = fnma(l.a1, y, l.b1 * x);
          const Vf z = fma(l.c0, y, t);
          t = fnma(l.d1, z, l.c1 * y);
          r[n] = z;
        }
        transpose(r);
        for (int i = 0; i < kLanes; i++) store(rows[g * kLanes + i] + v, r[i]);
      }
      lowState[g] = s;
      highState[g] = t;
    }
  }

  // The loop through its matrix, onto what comes in.
  void mix(const float (*loop)[kQuantum], float (*rows)[kQuantum], bool first, double rate) noexcept {
    // Pairs turn at rates of their own around the one that is set.
    const double depth = corner.value[3] * kMostTurn, step = modRateHz * kQuantum / rate;
    bool turns = false;
    float cosFrom[kLinePairs], sinFrom[kLinePairs];
    for (int k = 0; k < kLinePairs; k++) {
      cosFrom[k] = turnCos[k], sinFrom[k] = turnSin[k];
      phase[k] += step * (0.75 + 0.5 * k / (kLinePairs - 1));
      if (phase[k] >= 1) phase[k] -= (double)(int64_t)phase[k];
      const double t = phase[k] - 0.5, wave = 16 * t * (0.5 - __builtin_fabs(t));  // two parabolas: a sine within 6 %
      const double s = sinOf(depth * wave);
      turnSin[k] = (float)s;
      turnCos[k] = (float)__builtin_sqrt(1 - s * s);
      if (first) cosFrom[k] = turnCos[k], sinFrom[k] = turnSin[k];
      turns |= cosFrom[k] != 1 || turnCos[k] != 1;
    }
    for (int v = 0; v < kQuantum; v += kLanes) {
      Vf x[kReverbLines];
      for (int i = 0; i < kReverbLines; i++) x[i] = load(loop[i] + v);
#pragma GCC unroll 4
      for (int h = 1; h < kReverbLines; h *= 2)
#pragma GCC unroll 16
        for (int i = 0; i < kReverbLines; i++) {
          if (i & h) continue;
          const Vf a = x[i], b = x[i + h];
          x[i] = a + b;
          x[i + h] = a - b;
        }
      const Vf r = load(kRamp.at + v);
      for (int k = 0; k < kLinePairs; k++) {
        Vf a = x[2 * k] * 0.25f, b = x[2 * k + 1] * 0.25f;
        if (turns) {
          const Vf c = fma(splat(turnCos[k] - cosFrom[k]), r, splat(cosFrom[k]));
          const Vf s = fma(splat(turnSin[k] - sinFrom[k]), r, splat(sinFrom[k]));
          const Vf turned = fma(c, a, s * b);
          b = fnma(s, a, c * b);
          a = turned;
        }
        store(rows[2 * k] + v, load(rows[2 * k] + v) + a);
        store(rows[2 * k + 1] + v, load(rows[2 * k + 1] + v) + b);
      }
    }
  }

  void putOut(const float (*rows)[kQuantum], float* const* out, const FxTables& t) noexcept {
    for (int v = 0; v < kQuantum; v += kLanes) {
      Vf side[2] = {};
#pragma GCC unroll 16
      for (int i = 0; i < kReverbLines; i++) {
        const Vf x = load(rows[i] + v);
        for (int c = 0; c < 2; c++) side[c] = kOutSigns[c] >> i & 1 ? side[c] - x : side[c] + x;
      }
      for (int c = 0; c < 2; c++) store(out[c] + v, side[c] * 0.25f);
    }
    if (width.moving() || width.value != 1) {
      double w[kQuantum];
      width.run(t.smoothing, w);
      for (int n = 0; n < kQuantum; n++) {
        const float middle = 0.5f * (out[0][n] + out[1][n]), apart = 0.5f * (float)w[n] * (out[0][n] - out[1][n]);
        out[0][n] = middle + apart;
        out[1][n] = middle - apart;
      }
    }
    filters.prepare(t.smoothing, t.rate);
    filters.run(out[0], out[1]);
  }

  void advance(const ReverbPlan& plan, bool fading, const FadeTable& fades) noexcept {
    for (int b = 0; b < kReverbBanks; b++)
      for (int i = 0; i < kReverbLines; i++) {
        at[b][i] += kQuantum;
        if (at[b][i] == plan.line[b][i].length) at[b][i] = 0;
      }
    for (int c = 0; c < 2; c++) {
      preAt[c] += kQuantum;
      if (preAt[c] == plan.preDelay[c].length) preAt[c] = 0;
    }
    valid += kQuantum;
    if (!fading) return;
    fade += kQuantum;
    if (fade < fades.frames) return;
    fade = 0;
    tapSize = nextSize;
    __builtin_memcpy(tap, next, sizeof tap);
    moving = 1;
  }
};

}  // namespace deskd::DESKD_ISA
