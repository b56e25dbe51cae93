// Chorus: voices that read a short line at a place that swings as a sine, each and each side at a phase of its own.
#pragma once
#include "../../native/generated/params.h"
#include "../fx/line.h"

namespace deskd::DESKD_ISA {

constexpr int kChorusVoices = 8;
constexpr double kChorusMostSeconds = 0.0201;  // least delay and depth at their most

struct ChorusPlan {
  LinePlace line[2];
  int32_t floats;
  void init(double rate) noexcept {
    LinePlan plan;
    for (LinePlace& p : line) p = plan.place(kChorusMostSeconds * rate + 2 * kQuantum);
    floats = plan.floats;
  }
};

// sin(2π·turns), its error below 4e-6.
DESKD_INLINE Vf sineOfTurns(Vf turns) {
  const Vf magic = splat(12582912.0f);  // 1.5·2²³: adding it rounds to the nearest whole number
  const Vf x = turns - ((turns + magic) - magic);
  const Vf folded = 0.25f - abs(abs(x) - 0.25f);  // 0…¼ of a turn
  const Vf a = folded * 6.2831853f, z = a * a;
  Vf p = splat(1.0f / 362880);
  p = fma(p, z, splat(-1.0f / 5040));
  p = fma(p, z, splat(1.0f / 120));
  p = fma(p, z, splat(-1.0f / 6));
  p = fma(p * z, a, a);
  return x < 0.0f ? -p : p;
}

DESKD_INLINE Vf gatherFrom(const float* base, Vi index) {
#if defined(__AVX512F__)
  return (Vf)_mm512_i32gather_ps((__m512i)index, base, 4);
#elif defined(__AVX2__)
  return (Vf)_mm256_i32gather_ps(base, (__m256i)index, 4);
#else
  Vf r;
  for (int i = 0; i < kLanes; i++) r[i] = base[index[i]];
  return r;
#endif
}

struct Chorus {
  SmoothGain least, depth, mix;            // frames, frames, 0…1
  SmoothGain rate;                         // Hz
  float stereoTurns, voiceTurns;
  SmoothGain turns[kChorusVoices][2];      // phase of each voice and side, in turns
  SmoothGain voice[kChorusVoices];
  double phase;  // counted, not taken from the frame: a change of rate must not jump
  int32_t at, cleared;

  void init() noexcept {
    rate.jump(0.1);
    least.jump(1), depth.jump(0), mix.jump(1);
    stereoTurns = 0.5f;
    placeVoices(true);
    setVoices(4, true);
    phase = 0;
    reset();
  }
  void reset() noexcept { at = cleared = 0; }

  void set(uint32_t index, float value, bool jump, const FxTables& t) noexcept {
    namespace p = deskd::params::fx::chorus;
    const auto aim = [jump](SmoothGain& g, double to) {
      if (jump) g.jump(to);
      else g.target = to;
    };
    switch (index) {
      case p::minDelayMs: {
        // At least one frame.
        const double frames = value * 0.001 * t.rate - t.late;
        return aim(least, frames < 1 ? 1 : frames);
      }
      case p::depthMs: return aim(depth, value * 0.001 * t.rate);
      case p::rateHz: return aim(rate, value);
      case p::voices: return setVoices((int)value, jump);
      case p::stereoPhaseDeg: stereoTurns = value / 360; return placeVoices(jump);
      case p::voicePhaseDeg: voiceTurns = value / 360; return placeVoices(jump);
      case p::mixPercent: return aim(mix, value * 0.01);
    }
  }

  void run(const float* const* in, float* const* out, float* memory, const FxTables& t, const ChorusPlan& plan) noexcept {
    alignas(64) float lowest[kQuantum], swing[kQuantum];
    rowOf(least, lowest, t.slow);
    rowOf(depth, swing, t.slow);
    // The phase is that of a rate which changes evenly over the quantum.
    const double from = phase, perQuantum = kQuantum / t.rate, begun = rate.value * perQuantum;
    step(rate, t.slow);
    const double bend = 0.5 * (rate.value * perQuantum - begun);
    phase += begun + bend;
    if (phase >= 1) phase -= (double)(int64_t)phase;
    if (!cleared) {
      for (const LinePlace& p : plan.line)
        __builtin_memset(memory + p.offset, 0, (size_t)(p.length + kLineMirror) * sizeof(float));
      cleared = 1;
    }
    for (int c = 0; c < 2; c++) {
      const Line line = {memory + plan.line[c].offset, plan.line[c].length, at, 0};
      line.write(in[c]);
      for (int n = 0; n < kQuantum; n += kLanes) store(out[c] + n, Vf{});
    }
    for (int v = 0; v < kChorusVoices; v++) {
      if (!voice[v].moving() && voice[v].value == 0) continue;
      alignas(64) float gain[kQuantum];
      rowOf(voice[v], gain, t.smoothing);
      for (int c = 0; c < 2; c++) {
        const Line line = {memory + plan.line[c].offset, plan.line[c].length, at, 0};
        const double begin = from + turns[v][c].value;
        step(turns[v][c], t.slow);
        const double moved = from + turns[v][c].value - begin;
        readVoice(line, begin, begun + moved, bend, lowest, swing, gain, out[c]);
      }
    }
    if (mix.moving() || mix.value != 1) {
      alignas(64) float wet[kQuantum];
      rowOf(mix, wet, t.smoothing);
      for (int c = 0; c < 2; c++)
        for (int n = 0; n < kQuantum; n++) out[c][n] = in[c][n] + wet[n] * (out[c][n] - in[c][n]);
    }
    at += kQuantum;
    if (at == plan.line[0].length) at = 0;
  }

  template <class Visit>
  void eachLine(const ChorusPlan& plan, Visit visit) const noexcept {
    for (const LinePlace& p : plan.line) visit(p, at);
  }

 private:
  // Voices together as loud as one.
  void setVoices(int count, bool jump) noexcept {
    for (int v = 0; v < kChorusVoices; v++) {
      const double to = v < count ? 1 / __builtin_sqrt(count) : 0;
      if (jump) voice[v].jump(to);
      else voice[v].target = to;
    }
  }

  // Each voice and side goes the short way round to its phase.
  void placeVoices(bool jump) noexcept {
    for (int v = 0; v < kChorusVoices; v++)
      for (int c = 0; c < 2; c++) {
        SmoothGain& g = turns[v][c];
        const double to = (double)v * voiceTurns + (double)c * stereoTurns, way = to - g.value;
        if (jump) g.jump(to - __builtin_floor(to));
        else g.target = g.value + way - __builtin_floor(way + 0.5);
      }
  }

  static void step(SmoothGain& value, const SmoothingTable& table) noexcept {
    double unused[kQuantum];
    if (value.moving()) value.run(table, unused);
  }

  static void rowOf(SmoothGain& value, float* row, const SmoothingTable& table) noexcept {
    double wide[kQuantum];
    value.run(table, wide);
    for (int n = 0; n < kQuantum; n++) row[n] = (float)wide[n];
  }

  // Adds one voice of one side; between samples by Lagrange's cubic.
  static void readVoice(const Line& line, double turns, double advance, double bend, const float* lowest, const float* swing,
                        const float* gain, float* out) noexcept {
    Vi count{};
    for (int i = 0; i < kLanes; i++) count[i] = i;
    const Vf first = splat((float)(turns - (double)(int64_t)turns)), even = splat((float)(advance / kQuantum)),
             bent = splat((float)(bend / (kQuantum * kQuantum)));
    for (int n = 0; n < kQuantum; n += kLanes) {
      const Vi frame = count + n;
      const Vf past = __builtin_convertvector(frame + 1, Vf);
      const Vf sine = sineOfTurns(fma(fma(bent, past, even), past, first));
      const Vf delay = fma(load(swing + n), fma(splat(0.5f), sine, splat(0.5f)), load(lowest + n));
      const Vi whole = __builtin_convertvector(delay, Vi);
      const Vf f = delay - __builtin_convertvector(whole, Vf);
      Vi oldest = line.at + frame - whole - 2;  // of four: delays whole + 2 … whole − 1
      oldest += (oldest < 0) & line.length;
      const Vf a = f + 1.0f, b = f - 1.0f, c = f - 2.0f;
      Vf y = a * f * b * (1.0f / 6) * gatherFrom(line.ring, oldest);
      y -= a * f * c * 0.5f * gatherFrom(line.ring + 1, oldest);
      y += a * b * c * 0.5f * gatherFrom(line.ring + 2, oldest);
      y -= f * b * c * (1.0f / 6) * gatherFrom(line.ring + 3, oldest);
      store(out + n, fma(load(gain + n), y, load(out + n)));
    }
  }
};

}  // namespace deskd::DESKD_ISA
