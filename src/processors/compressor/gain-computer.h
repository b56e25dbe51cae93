// From the level of a key to a gain, for the master's dynamics: the static curve of Giannoulis, Massberg and Reiss ("Digital
// Dynamic Range Compressor Design", JAES 2012) with frames in the lanes, then the smooth decoupled detector, frame
// after frame in double.
#pragma once
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

constexpr double kOctavesPerDb = 0.16609640474436813;  // of amplitude: 1/(20·log10 2)
constexpr double kNoMostReduction = 33.2;              // 200 dB

alignas(64) constexpr float kFrameNumbers[kQuantum] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16,
                                                       17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static inline double onePoleStep(double seconds, double sampleRateHz) noexcept {
  return 1 - __builtin_exp(-1 / (seconds * sampleRateHz));
}
static inline void aimAt(SmoothGain& gain, double to, bool jump) noexcept { jump ? gain.jump(to) : (void)(gain.target = to); }

// A value smoothed once a quantum, straight inside it.
struct StraightRamp {
  float start, step;

  StraightRamp(double from, double to) noexcept : start((float)from), step((float)((to - from) / kQuantum)) {}
  StraightRamp(SmoothGain& of, const SmoothingTable& table, double reach = 1e30) noexcept {
    const double from = of.value;
    if (of.moving()) of.step(table, reach);
    *this = StraightRamp(from, of.value);
  }
  // Of kLanes frames.
  Vf at(int frame) const noexcept { return fma(splat(step), load(kFrameNumbers + frame), splat(start)); }
};

struct GainComputer {
  SmoothGain threshold, slope, halfKnee, slowPart;  // in octaves of amplitude and parts of 1
  double most, mostBefore;                          // the limit of the reduction; of the quantum before
  double attack, release, charge, slowRelease;      // one-pole steps
  double held, slow, reduction;                     // the peak of what is asked for, its slow stage, what is given

  // 0 dBFS, 1:1, a knee of 6 dB, no limit, release by its time alone.
  void init() noexcept {
    *this = GainComputer{};
    halfKnee.jump(3 * kOctavesPerDb);
    most = mostBefore = kNoMostReduction;
    attack = release = charge = slowRelease = 1;
  }
  // Silence; what is set holds at once.
  void reset() noexcept {
    held = slow = reduction = 0;
    SmoothGain* const all[] = {&threshold, &slope, &halfKnee, &slowPart};
    for (SmoothGain* s : all) s->jump(s->target);
    mostBefore = most;
  }

  void setThreshold(double db, bool jump) noexcept { aimAt(threshold, db * kOctavesPerDb, jump); }
  void setRatio(double ratio, bool jump) noexcept { aimAt(slope, 1 - 1 / ratio, jump); }
  void setKnee(double db, bool jump) noexcept { aimAt(halfKnee, 0.5 * db * kOctavesPerDb, jump); }

  // [audio thread] Squares of the key's amplitude in, reductions that are asked for out, in octaves (≥ 0): kQuantum of them,
  // 64-byte aligned.
  void ask(const SmoothingTable& table, float* row) noexcept {
    const StraightRamp t(threshold, table), s(slope, table), w(halfKnee, table), limit(mostBefore, most);
    mostBefore = most;
    for (int n = 0; n < kQuantum; n += kLanes) {
      const Vf half = w.at(n), down = s.at(n);
      // Above the knee's start: the part inside the knee bends, the rest is straight.
      const Vf over = max(halfLog2(load(row + n), half - t.at(n)), Vf{}), bend = min(over, half + half);
      const Vf curve = select(half > 1e-4f, down / (4.0f * max(half, splat(1e-4f))), Vf{});
      store(row + n, min(fma(fma(curve, bend, -down), bend, down * over), limit.at(n)));
    }
  }
};

// [audio thread] From what is asked for to what is given, in place: attack and release of some computers side by side, as each
// frame waits for the one before.
template <int Count>
static inline void smoothReductions(const SmoothingTable& table, GainComputer* const* computers, float* const* rows) noexcept {
  double peak[Count], tail[Count], given[Count], keepPeak[Count], keepGiven[Count], part[Count], partStep[Count];
  bool hasTail = false;
  for (int i = 0; i < Count; i++) {
    GainComputer& c = *computers[i];
    const StraightRamp late(c.slowPart, table);
    peak[i] = c.held, tail[i] = c.slow, given[i] = c.reduction;
    keepPeak[i] = 1 - c.release, keepGiven[i] = 1 - c.attack;
    part[i] = late.start, partStep[i] = late.step;
    hasTail |= late.start != 0 || late.step != 0;
  }
  const auto run = [&]<bool Tail>() __attribute__((always_inline)) {
    for (int n = 0; n < kQuantum; n++)
      for (int i = 0; i < Count; i++) {
        const GainComputer& c = *computers[i];
        const double wanted = rows[i][n], fallen = keepPeak[i] * peak[i] + c.release * wanted;
        peak[i] = wanted > fallen ? wanted : fallen;
        double top = peak[i];
        if constexpr (Tail) {
          // What was reduced for long charges a second stage, which then releases slowly.
          const double up = c.charge * (peak[i] - tail[i]), down = c.slowRelease * (peak[i] - tail[i]);
          tail[i] += up > 0 ? up : down;
          part[i] += partStep[i];
          top += part[i] * ((peak[i] > tail[i] ? peak[i] : tail[i]) - peak[i]);
        }
        given[i] = keepGiven[i] * given[i] + c.attack * top;
        rows[i][n] = (float)given[i];
      }
  };
  if (hasTail) run.template operator()<true>();
  else run.template operator()<false>();
  for (int i = 0; i < Count; i++) {
    GainComputer& c = *computers[i];
    c.held = peak[i], c.slow = tail[i], c.reduction = given[i];
  }
}

// A compressor's gain: the computer, make-up and mix.
struct CompressorGain {
  GainComputer computer;
  SmoothGain makeup, wet;  // octaves, parts of 1
  double least;            // gain of the last quantum, for the meter

  void init() noexcept {
    computer.init();
    makeup.jump(0);
    wet.jump(1);
    least = 1;
  }
  void reset() noexcept {
    computer.reset();
    makeup.jump(makeup.target);
    wet.jump(wet.target);
    least = 1;
  }
  void setMakeup(double db, bool jump) noexcept { aimAt(makeup, db * kOctavesPerDb, jump); }

  // [audio thread] Squares of the key in `row`, which is written over; the gains in `gain`. kQuantum of each.
  void run(const SmoothingTable& table, float* row, double* gain) noexcept {
    GainComputer* const one[1] = {&computer};
    float* const rows[1] = {row};
    computer.ask(table, row);
    smoothReductions<1>(table, one, rows);
    finish(table, row, gain);
  }
  // From reductions to gains.
  void finish(const SmoothingTable& table, float* row, double* gain) noexcept {
    const StraightRamp up(makeup, table, kMostReach);
    const bool mixes = wet.moving() || wet.value != 1;
    alignas(64) double part[kQuantum];
    if (mixes) wet.run(table, part);
    for (int n = 0; n < kQuantum; n += kLanes) store(row + n, exp2(up.at(n) - load(row + n)));
    least = __builtin_exp2(-computer.reduction);
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd g = widen(row + n);
      stored(gain + n, mixes ? fma(loadd(part + n), g - 1.0, splatd(1)) : g);
    }
  }
};

// The square of the louder side.
static inline float louderSquare(V2d x) noexcept {
  const V2d square = x * x;
  return (float)(square[0] > square[1] ? square[0] : square[1]);
}

}  // namespace deskd::DESKD_ISA
