// Dynamic equaliser: a node is a band of the master's equaliser at its full range, H, of which a part α is heard:
// y = x + α·(H(x) − x). For a bell that is a bell of fixed poles at every gain in between; at α = 0 it is a wire, to the bit,
// and nothing recursive is modulated. α follows the level of what comes in, inside the node's own range.
#pragma once
#include "../compressor/gain-computer.h"
#include "key-filter.h"

namespace deskd::DESKD_ISA {

constexpr int kNodeCount = 6;
// A range that moves meets what is left of the reduction with a corner, which is heard the less the slower it comes.
constexpr double kMostRangeDbPerSecond = 300;

struct DynamicNode {
  MasterBand band;
  NodeKey key;
  GainComputer computer;
  SmoothGain listened;
  double rangeDb;        // as it was asked for: the band's gain goes there
  double whole;          // gain at full range − 1
  double gain;           // for the meter
  int32_t listen, running;

  void init() noexcept {
    band.init();
    band.on = 1;
    key.init();
    computer.init();
    listened.jump(0);
    gain = 1;
  }
  void reset() noexcept {
    band.S1 = band.s2 = V2d{};
    band.fresh = band.moving = 1;
    key.reset();
    computer.reset();
    listened.jump(listened.target);
    whole = 0;
    gain = 1;
  }
  // Gives whether it has something to do.
  bool begin(const SmoothingTable& table, double sampleRateHz) noexcept {
    const bool isFresh = band.fresh || !running;
    approachRange(kMostRangeDbPerSecond * kQuantum / sampleRateHz);
    band.prepare(table, sampleRateHz);
    running = isUsed();
    if (!running) gain = 1;
    else if (isFresh) key.reset(), computer.reset(), whole = __builtin_exp2(full()) - 1;
    return running;
  }
  bool isUsed() const noexcept { return band.used || band.moving || listened.moving() || listened.value != 0; }

  // [audio thread] Squares of what is heard in, reductions that are asked for by it out, in octaves. kQuantum frames.
  void ask(const SmoothingTable& table, float* row) noexcept {
    computer.most = __builtin_fabs(full());
    computer.ask(table, row);
  }
  // [audio thread] What of H(x) − x is heard, by the reductions that are given.
  void follow(const float* row, double* alpha) noexcept {
    const double before = whole;
    whole = __builtin_exp2(full()) - 1;
    const Vd step = splatd((whole - before) / kQuantum), from = splatd(before), perWhole = splatd(1 / whole);
    const bool stands = whole == before;
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd octaves = widen(row + n), most = fma(widen(kFrameNumbers + n), step, from);
      const Vd change = expm1((most < 0.0 ? -octaves : octaves) * kLn2);
      const Vd part = stands ? change * perWhole : change / most;
      stored(alpha + n, max(min(part, splatd(1)), Vd{}));  // of nothing all: 0/0
    }
    gain = __builtin_exp2(full() < 0 ? -computer.reduction : computer.reduction);
  }

 private:
  void approachRange(double mostDb) noexcept {
    double& target = band.gainDb.target;
    if (target == rangeDb) return;
    const double off = rangeDb - target;
    target = band.fresh || __builtin_fabs(off) <= mostDb ? rangeDb : target + (off < 0 ? -mostDb : mostDb);
    band.moving = 1;
  }
  static constexpr double kLn2 = 0.6931471805599453;
  double full() const noexcept { return band.gainDb.value * band.wet.value * kOctavesPerDb; }
};

struct DynamicEq {
  DynamicNode node[kNodeCount];
  SmoothGain through;  // 0 while something is listened to
  double sampleRateHz;

  void init(double rateHz, const float*) noexcept {
    *this = DynamicEq{};
    sampleRateHz = rateHz;
    for (DynamicNode& t : node) t.init();
    through.jump(1);
  }
  void reset() noexcept {
    for (DynamicNode& t : node) t.reset();
    through.jump(through.target);
  }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool jump) noexcept {
    namespace p = deskd::params::master::dynEq::node;
    if (at - p::base >= kNodeCount * p::stride) return;
    DynamicNode& t = node[(at - p::base) / p::stride];
    GainComputer& c = t.computer;
    switch ((at - p::base) % p::stride) {
      case p::thresholdDb: return c.setThreshold(value, jump);
      case p::ratio: return c.setRatio(value, jump);
      case p::attackMs: c.attack = onePoleStep(value * 0.001, sampleRateHz); return;
      case p::releaseMs: c.release = onePoleStep(value * 0.001, sampleRateHz); return;
      case p::listen: t.listen = value != 0; return weigh(jump);
      case p::on: t.band.on = value != 0; break;
      case p::type: t.band.wantedType = (int)value; break;
      case p::frequencyHz: aimAt(t.band.octave, __builtin_log2(value), jump); break;
      case p::rangeDb: t.rangeDb = value; break;
      case p::q: aimAt(t.band.octaveQ, __builtin_log2(value), jump); break;
    }
    t.band.moving = 1;
    if (jump) t.band.fresh = 1;
    weigh(jump);
  }

  // In place over kQuantum frames. All nodes listen to what comes in, whatever those before them do.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    alignas(64) double passed[kQuantum];
    alignas(64) V2d listened[kQuantum]{};
    alignas(64) float row[kNodeCount][kQuantum];
    DynamicNode* used[kNodeCount];
    int count = 0;
    const bool listens = through.moving() || through.value != 1;
    for (DynamicNode& t : node)
      if (t.begin(table, sampleRateHz)) used[count++] = &t;
    if (listens) hear<true>(table, used, count, left, right, row, listened);
    else hear<false>(table, used, count, left, right, row, listened);
    for (int i = 0; i < count; i++) used[i]->ask(table, row[i]);
    smooth(table, used, row, count);
    filter(used, count, row, left, right);
    if (!listens) return;
    through.run(table, passed);
    for (int n = 0; n < kQuantum; n++) {
      left[n] = passed[n] * left[n] + listened[n][0];
      right[n] = passed[n] * right[n] + listened[n][1];
    }
  }

  // Of the node that is farthest from unity, and of each one.
  float gain() const noexcept {
    double most = 1, octaves = 0;
    for (const DynamicNode& t : node)
      if (t.computer.reduction > octaves && t.gain != 1) octaves = t.computer.reduction, most = t.gain;
    return (float)most;
  }
  void writeMeters(float* m, bool runs) const noexcept {
    namespace p = deskd::meters::master::dynEq::node;
    for (int i = 0; i < kNodeCount; i++) m[p::base + (uint32_t)i * p::stride + p::gainDb] = runs ? (float)node[i].gain : 1;
  }

 private:
  // What the nodes listen to, as squares of the louder side; side by side where nothing of them moves.
  template <bool Listens>
  void hear(const SmoothingTable& table, DynamicNode* const* used, int count, const double* left, const double* right,
            float (*row)[kQuantum], V2d* listened) noexcept {
    alignas(64) V2d heard[kQuantum];
    NodeKey* standing[kNodeCount + 1];
    float* to[kNodeCount + 1];
    int stands = 0;
    for (int i = 0; i < count; i++) {
      DynamicNode& t = *used[i];
      if (t.key.begin(table, t.band, sampleRateHz) && !Listens) {
        standing[stands] = &t.key;
        to[stands++] = row[i];
        continue;
      }
      t.key.run(left, right, heard);
      for (int n = 0; n < kQuantum; n++) row[i][n] = louderSquare(heard[n]);
      if constexpr (!Listens) continue;
      alignas(64) double part[kQuantum];
      t.listened.run(table, part);
      for (int n = 0; n < kQuantum; n++) listened[n] += part[n] * heard[n];
    }
    if (stands % 2) standing[stands] = standing[stands - 1], to[stands] = to[stands - 1];
    switch ((stands + 1) / 2) {
      case 1: return NodeKey::runPairs<1>(standing, left, right, to);
      case 2: return NodeKey::runPairs<2>(standing, left, right, to);
      case 3: return NodeKey::runPairs<3>(standing, left, right, to);
    }
  }

  // All of what comes in through the nodes, one behind the other.
  static void filter(DynamicNode* const* used, int count, const float (*row)[kQuantum], double* left, double* right) noexcept {
    alignas(64) double alpha[kNodeCount][kAlphaMargin + kQuantum + kAlphaMargin];
    MasterBand* bands[kNodeCount];
    const double* parts[kNodeCount];
    int filters = 0;
    bool ramps = false;
    for (int i = 0; i < count; i++) {
      double* const own = alpha[filters] + kAlphaMargin;
      used[i]->follow(row[i], own);
      if (!used[i]->band.used) continue;
      for (int n = 1; n <= kAlphaMargin; n++) own[-n] = own[kQuantum - 1 + n] = 0;
      bands[filters] = &used[i]->band;
      parts[filters++] = own;
      ramps |= used[i]->band.ramping != 0;
    }
    if (ramps) runMasterBands<true, true>(bands, filters, left, right, parts);
    else runMasterBands<false, true>(bands, filters, left, right, parts);
  }
  static constexpr int kAlphaMargin = 16;
  static_assert(kAlphaMargin >= kBandLag && kNodeCount <= 6);

  static void smooth(const SmoothingTable& table, DynamicNode* const* used, float (*row)[kQuantum], int count) noexcept {
    GainComputer* computers[kNodeCount];
    float* rows[kNodeCount];
    for (int i = 0; i < count; i++) computers[i] = &used[i]->computer, rows[i] = row[i];
    switch (count) {
      case 1: return smoothReductions<1>(table, computers, rows);
      case 2: return smoothReductions<2>(table, computers, rows);
      case 3: return smoothReductions<3>(table, computers, rows);
      case 4: return smoothReductions<4>(table, computers, rows);
      case 5: return smoothReductions<5>(table, computers, rows);
      case 6: return smoothReductions<6>(table, computers, rows);
    }
  }

  void weigh(bool jump) noexcept {
    bool isListening = false;
    for (DynamicNode& t : node) {
      const bool is = t.listen && t.band.on;
      aimAt(t.listened, is ? 1 : 0, jump);
      isListening |= is;
    }
    aimAt(through, isListening ? 0 : 1, jump);
  }
};

}  // namespace deskd::DESKD_ISA
