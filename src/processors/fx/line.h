// Delay lines of the effects: rings of whole quanta, written a row at a time and read at any delay.
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

// Where a line lies in its effect's memory. Behind its end its first two quanta stand again, so that what is read lies
// side by side.
struct LinePlace {
  int32_t offset, length;  // in floats; the length is whole quanta
};
constexpr int kLineMirror = 2 * kQuantum;

constexpr int32_t wholeQuanta(double frames) { return ((int32_t)frames / kQuantum + 1) * kQuantum; }

// Lays lines one behind the other, each on cache lines of its own, never a multiple of 4 KiB apart.
struct LinePlan {
  int32_t floats = 0;
  LinePlace place(double mostFrames) noexcept {
    const LinePlace p = {floats, wholeQuanta(mostFrames) + kQuantum};
    floats += p.length + kLineMirror;
    if (floats % 1024 == 0) floats += kQuantum;
    return p;
  }
};

// One line for a quantum: `at` is where its row goes, `valid` how many frames were written before since it was switched on.
struct Line {
  float* ring;
  int32_t length, at;
  int64_t valid;

  void write(const float* row) const noexcept {
    __builtin_memcpy(ring + at, row, kQuantum * sizeof(float));
    if (at < kLineMirror) __builtin_memcpy(ring + length + at, row, kQuantum * sizeof(float));
  }

  // The row `delay` frames ago: 0 is the one at `at`, once it is written. At most length − kQuantum.
  void read(int delay, float* row) const noexcept {
    int from = at - delay;
    if (from < 0) from += length;
    const float* p = ring + from;
    // What the next quantum reads is on its way: many short rows all over the memory.
    __builtin_prefetch(p + kQuantum);
    __builtin_prefetch(p + 2 * kQuantum - 1);
    if (valid >= delay) {
      __builtin_memcpy(row, p, kQuantum * sizeof(float));
      return;
    }
    for (int n = 0; n < kQuantum; n++) row[n] = delay - n <= valid ? p[n] : 0;
  }
};

// A delay that changes by fading from one tap to the next.
struct FadingTap {
  int32_t current, next, target;
  int32_t fade;  // frames done, 0 when it stands still

  void jump(int to) noexcept { current = next = target = to, fade = 0; }
  bool moves() const noexcept { return fade != 0 || target != current; }
};

// 0 → 1 along a raised cosine: what all fades of the effects follow.
struct FadeTable {
  const float* weights;
  int32_t frames;  // whole quanta
};
// What all effects go by, for one sample rate.
struct FxTables {
  double rate;
  int32_t late;  // frames by which an effect is heard late: delays leave them out where they have room
  SmoothingTable smoothing;
  SmoothingTable slow;  // for what bends pitches or decays
  FadeTable fades;
};
constexpr double kSlowSeconds = 0.03;
constexpr double kFxFadeSeconds = 0.02;
constexpr int fxFadeFrames(double rate) { return wholeQuanta(kFxFadeSeconds * rate); }

// Reads a line at a tap, through its fade. Both rows are aligned.
static inline void readFading(const Line& line, int current, int next, int fade, const FadeTable& table, float* row) noexcept {
  line.read(current, row);
  if (fade < 0) return;
  alignas(64) float other[kQuantum];
  line.read(next, other);
  for (int n = 0; n < kQuantum; n += kLanes) {
    const Vf x = load(row + n), w = load(table.weights + fade + n);
    store(row + n, fma(load(other + n) - x, w, x));
  }
}

// The same for a single tap, stepping it.
static inline void readTap(const Line& line, FadingTap& tap, const FadeTable& table, float* row) noexcept {
  if (tap.fade == 0 && tap.target != tap.current) tap.next = tap.target;
  const bool fades = tap.next != tap.current;
  readFading(line, tap.current, tap.next, fades ? tap.fade : -1, table, row);
  if (!fades) return;
  tap.fade += kQuantum;
  if (tap.fade == table.frames) tap.current = tap.next, tap.fade = 0;
}

}  // namespace deskd::DESKD_ISA
