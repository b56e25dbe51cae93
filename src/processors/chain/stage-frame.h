// What stands around a stage of the mastering chain: switching, bypass as loud and as late as the stage, listening to what it
// changes, and its meters. Out comes wet·stage + dry·(input as late as the stage).
#pragma once
#include "../smoothing/smoothing.h"
#include "level-match.h"

namespace deskd::DESKD_ISA {

// Stereo signal on its way, in double.
struct StereoRows {
  double *left, *right;
};

// What all stages need of the graph.
struct ChainQuantum {
  const SmoothingTable& table;
  int64_t frame;
  double* lines;         // of the whole chain
  double meterStep;      // of the meters' means, a quantum
  bool matchLevels;
  int chainLatency;      // frames after which all lines hold the present
};

// The past of a stereo signal. The first quantum stands again behind the end, so that any kQuantum frames lie side by side.
struct StereoLine {
  int32_t latency, length;  // frames; length 0 where there is no latency
  int64_t at;               // of the left side's first double in the chain's lines

  static int64_t doublesFor(int latency) noexcept { return latency ? 2 * (lengthFor(latency) + kQuantum) : 0; }
  static int64_t lengthFor(int latency) noexcept {
    int64_t length = 2 * kQuantum;
    while (length < latency + kQuantum) length *= 2;
    return length;
  }
  void init(int late, int64_t& next) noexcept {
    latency = late;
    length = late ? (int32_t)lengthFor(late) : 0;
    at = next;
    next += doublesFor(late);
  }
  void clear(double* lines) const noexcept { __builtin_memset(lines + at, 0, (size_t)doublesFor(latency) * sizeof(double)); }
  // Takes in a quantum.
  void write(const ChainQuantum& q, const StereoRows& x) const noexcept {
    const int64_t now = q.frame & (length - 1);
    for (int side = 0; side < 2; side++) {
      double* line = q.lines + at + side * (length + kQuantum);
      const double* from = side ? x.right : x.left;
      __builtin_memcpy(line + now, from, kQuantum * sizeof(double));
      if (now == 0) __builtin_memcpy(line + length, from, kQuantum * sizeof(double));
    }
  }
  // The quantum that is `latency` frames old.
  void read(const ChainQuantum& q, double* left, double* right) const noexcept {
    const double* line = q.lines + at + ((q.frame - latency) & (length - 1));
    __builtin_memcpy(left, line, kQuantum * sizeof(double));
    __builtin_memcpy(right, line + length + kQuantum, kQuantum * sizeof(double));
  }
};

struct StageFrame {
  LevelMatch match;
  StereoLine line;
  SmoothGain wet, dry;
  double inputPower, outputPower, gain;  // meters: mean squares, amplitude
  int32_t on, bypass, delta, isMetered;
  int32_t running, jump;   // jump: settings hold at once
  int64_t memoryAt;        // of what the stage keeps besides itself, in the chain's lines
  int32_t waitFrames;      // until what the stage holds is of now

  void init(double sampleRateHz, int latencyFrames, int64_t& nextLine) noexcept {
    *this = StageFrame{};
    match.init(sampleRateHz);
    line.init(latencyFrames, nextLine);
    wet.jump(0);
    dry.jump(1);
    gain = 1;
    jump = isMetered = 1;
  }

  // A stage that switches itself (see Stage in native/graph/chain.h) is at work as long as it says so, any other while it is on.
  template <class Stage>
  static bool switchesItself(const Stage& stage) noexcept {
    if constexpr (requires { stage.switchesItself(); }) return stage.switchesItself();
    else return false;
  }
  template <class Stage>
  bool isWanted(const Stage& stage) const noexcept {
    if constexpr (requires { stage.isIdle(); })
      if (switchesItself(stage)) return !stage.isIdle();
    return on;
  }
  template <class Stage>
  bool isIdle(const Stage& stage) const noexcept {
    return !running && !isWanted(stage);
  }

  // [audio thread] The stage is idle: what comes in, late.
  void pass(const ChainQuantum& q, const StereoRows& x, double& meanSquare) noexcept {
    jump = 0;
    if (!line.length) return;
    line.write(q, x);
    line.read(q, x.left, x.right);
    meanSquare = -1;
  }

  // [audio thread] In place over kQuantum frames. `process` runs the stage. `meanSquare`: of x, where it is known, else below 0.
  template <class Stage, class Process>
  void run(Stage& stage, const ChainQuantum& q, const StereoRows& x, double& meanSquare, Process process) noexcept {
    const bool wanted = isWanted(stage);
    if (!running && !wanted) return pass(q, x, meanSquare);
    if (!running) begin(stage, q);
    const bool isSelf = switchesItself(stage);
    if (waitFrames > 0 && isReady(stage)) waitFrames -= kQuantum;
    const bool through = (wanted || isSelf) && waitFrames <= 0;
    // A stage that has nothing to do is its own bypass.
    const double around = q.matchLevels && wanted ? match.gain : 1;
    wet.target = through && (delta || !bypass) ? 1 : 0;
    dry.target = !through ? 1 : delta ? -1 : bypass ? around : 0;
    if (jump) wet.jump(wet.target), dry.jump(dry.target), jump = 0;

    const bool mixed = dry.moving() || dry.value != 0 || wet.moving() || wet.value != 1;
    alignas(64) double dryLeft[kQuantum], dryRight[kQuantum];
    if (isMetered) {
      if (meanSquare < 0) meanSquare = meanSquareOf(x);
      inputPower += q.meterStep * (meanSquare - inputPower);
    }
    if (line.length) line.write(q, x);
    if (mixed || q.matchLevels) {
      if (line.length) line.read(q, dryLeft, dryRight);
      else __builtin_memcpy(dryLeft, x.left, sizeof dryLeft), __builtin_memcpy(dryRight, x.right, sizeof dryRight);
    }
    process();
    if constexpr (requires { stage.gain(); }) gain = stage.gain();
    if (q.matchLevels && through) match.measure(dryLeft, dryRight, x.left, x.right);
    else if (!q.matchLevels && match.heardQuanta) match.reset();
    if (mixed) mix(q, x, dryLeft, dryRight);
    if (isMetered) {
      meanSquare = meanSquareOf(x);
      outputPower += q.meterStep * (meanSquare - outputPower);
    }
    if (!wanted && waitFrames <= 0 && isSettledAlone(isSelf)) end();
  }

  void end() noexcept {
    running = 0;
    inputPower = outputPower = 0;
    gain = 1;
  }

 private:
  template <class Stage>
  void begin(Stage& stage, const ChainQuantum& q) noexcept {
    running = 1;
    match.reset();
    if (jump) return;
    const bool isSelf = switchesItself(stage);
    // This quantum counts as waited for already.
    waitFrames = !isSelf ? q.chainLatency + kWarmFrames : line.latency ? line.latency + kQuantum : 0;
    if constexpr (requires { stage.reset(); })
      if (!isSelf) stage.reset();
    jump = isSelf && waitFrames == 0;
    wet.jump(0);
    dry.jump(1);
  }
  template <class Stage>
  static bool isReady(const Stage& stage) noexcept {
    if constexpr (requires { stage.isReady(); }) return stage.isReady();
    else return true;
  }
  // What goes around it alone; or, where that is the same to the bit, what comes out of it.
  bool isSettledAlone(bool isSelf) const noexcept {
    if (wet.moving() || dry.moving()) return false;
    return (wet.value == 0 && dry.value == 1) || (isSelf && wet.value == 1 && dry.value == 0);
  }

  void mix(const ChainQuantum& q, const StereoRows& x, const double* dryLeft, const double* dryRight) noexcept {
    if (!wet.moving() && wet.value == 0 && !dry.moving() && dry.value == 1) {
      __builtin_memcpy(x.left, dryLeft, kQuantum * sizeof(double));
      __builtin_memcpy(x.right, dryRight, kQuantum * sizeof(double));
      return;
    }
    alignas(64) double w[kQuantum], d[kQuantum];
    wet.run(q.table, w);
    dry.run(q.table, d);
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd a = loadd(w + n), b = loadd(d + n);
      stored(x.left + n, a * loadd(x.left + n) + b * loadd(dryLeft + n));
      stored(x.right + n, a * loadd(x.right + n) + b * loadd(dryRight + n));
    }
  }

  static double meanSquareOf(const StereoRows& x) noexcept {
    Vd left{}, right{};
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd l = loadd(x.left + n), r = loadd(x.right + n);
      left = fma(l, l, left);
      right = fma(r, r, right);
    }
    const Vd sum = left + right;
    double all = 0;
    for (int i = 0; i < kWide; i++) all += sum[i];
    return all / (2 * kQuantum);
  }

  static constexpr int kWarmFrames = 512;
};

}  // namespace deskd::DESKD_ISA
