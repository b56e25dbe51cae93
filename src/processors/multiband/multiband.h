// Three to six bands of a Linkwitz-Riley tree that sums flat, a compressor on each, both sides by the louder one.
#pragma once
#include "../../native/generated/params.h"
#include "../compressor/gain-computer.h"
#include "../crossover/crossover.h"

namespace deskd::DESKD_ISA {

struct BandCompressor {
  CompressorGain gain;
  SmoothGain heard, listened;
  int32_t on, mute, solo, listen;

  void init() noexcept {
    gain.init();
    heard.jump(1);
    listened.jump(0);
    on = 1;
  }
  void reset() noexcept {
    gain.reset();
    heard.jump(heard.target);
    listened.jump(listened.target);
  }
  void set(uint32_t at, float value, double sampleRateHz, bool jump) noexcept {
    namespace p = deskd::params::master::multiband::band;
    GainComputer& c = gain.computer;
    switch (at) {
      case p::on: on = value != 0; break;
      case p::thresholdDb: return c.setThreshold(value, jump);
      case p::ratio: return c.setRatio(value, jump);
      case p::kneeDb: return c.setKnee(value, jump);
      case p::attackMs: c.attack = onePoleStep(value * 0.001, sampleRateHz); break;
      case p::releaseMs: c.release = onePoleStep(value * 0.001, sampleRateHz); break;
      case p::makeupDb: return gain.setMakeup(value, jump);
      case p::mute: mute = value != 0; break;
      case p::solo: solo = value != 0; break;
      case p::listen: listen = value != 0; break;
    }
  }
  // What of the band is heard, in `factor`: its gain where it is, the band itself where it is listened to.
  void weigh(const SmoothingTable& table, double* factor) noexcept {
    if (!heard.moving() && heard.value == 1 && !listened.moving() && listened.value == 0) return;
    alignas(64) double own[kQuantum], plain[kQuantum];
    heard.run(table, own);
    listened.run(table, plain);
    for (int n = 0; n < kQuantum; n++) factor[n] = own[n] * factor[n] + plain[n];
  }
};

// So many bands with all that is theirs.
struct BandSet {
  static constexpr int kMost = 6;
  Crossover<kMost> tree;
  BandCompressor band[kMost];
  double mix;
  int32_t bands;

  void init() noexcept {
    const double standing[kMost - 1] = {120, 800, 5000, 9000, 14000};
    tree.init(standing);
    for (BandCompressor& b : band) b.init();
    mix = 1;
    bands = 4;
  }
  void reset() noexcept {
    tree.reset();
    for (CrossoverPoint& p : tree.point) p.reset();
    for (BandCompressor& b : band) b.reset();
  }

  // Bands at work from now on; those that are new begin in silence.
  void begin(int count) noexcept {
    for (int i = bands - 1; i < count - 1; i++) tree.resetPoint(i), tree.point[i].reset();
    for (int b = bands; b < count; b++) band[b].reset();
    bands = count;
    weigh(true);
  }

  void set(uint32_t at, float value, double sampleRateHz, bool jump) noexcept {
    namespace p = deskd::params::master::multiband;
    const uint32_t inBands = at - p::band::base, crossover = at - p::crossover1Hz;
    if (crossover < kMost - 1) return tree.point[crossover].set(value, jump);
    if (inBands < kMost * p::band::stride) band[inBands / p::band::stride].set(inBands % p::band::stride, value, sampleRateHz, jump);
    else if (at == p::mixPercent) mix = value * 0.01;
    weigh(jump);
  }

  void run(const SmoothingTable& table, double sampleRateHz, double* left, double* right) noexcept {
    tree.prepare(table, sampleRateHz);
    switch (bands) {
      case 3: return run<3>(table, left, right);
      case 4: return run<4>(table, left, right);
      case 5: return run<5>(table, left, right);
      case 6: return run<6>(table, left, right);
    }
  }

  double gainOf(int b) const noexcept { return b < bands && band[b].on ? band[b].gain.least : 1; }

 private:
  template <int Bands>
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    CrossoverRows<Bands> rows;
    alignas(64) float key[Bands][kQuantum];
    alignas(64) double factor[kQuantum];
    GainComputer* computers[Bands];
    float* keys[Bands];
    for (int n = 0; n < kQuantum; n++) rows.in()[n] = V2d{left[n], right[n]};
    tree.run(rows);
    for (int b = 0; b < Bands; b++)
      for (int n = 0; n < kQuantum; n++) key[b][n] = louderSquare(rows.band(b)[n]);
    for (int b = 0; b < Bands; b++) {
      computers[b] = &band[b].gain.computer;
      keys[b] = key[b];
      computers[b]->ask(table, keys[b]);
    }
    smoothReductions<Bands>(table, computers, keys);
    for (int b = 0; b < Bands; b++) {
      band[b].gain.finish(table, key[b], factor);
      band[b].weigh(table, factor);
      V2d* const own = rows.band(b);
      const V2d* const lower = b > 0 ? rows.band(b - 1) : own;
      for (int n = 0; n < kQuantum; n++) own[n] = b > 0 ? fma2(splat2(factor[n]), own[n], lower[n]) : factor[n] * own[n];
    }
    const V2d* const sum = rows.band(Bands - 1);
    for (int n = 0; n < kQuantum; n++) left[n] = sum[n][0], right[n] = sum[n][1];
  }

  void weigh(bool jump) noexcept {
    bool isSolo = false, isListening = false;
    for (int i = 0; i < bands; i++) isSolo |= band[i].solo != 0, isListening |= band[i].listen != 0;
    for (BandCompressor& b : band) {
      aimAt(b.gain.wet, b.on ? mix : 0, jump);
      aimAt(b.heard, !isListening && !b.mute && (!isSolo || b.solo) ? 1 : 0, jump);
      aimAt(b.listened, isListening && b.listen ? 1 : 0, jump);
    }
  }
};

// Another number of bands is another phase: the old set is faded into a new one.
struct Multiband {
  static constexpr int kBands = BandSet::kMost;
  BandSet bandSet[2];
  SmoothGain fade;  // of the next set
  double sampleRateHz;
  int32_t now, bands;

  void init(double rateHz, const float*) noexcept {
    *this = Multiband{};
    sampleRateHz = rateHz;
    for (BandSet& s : bandSet) s.init();
    bands = bandSet[0].bands;
  }
  void reset() noexcept {
    if (current().bands != bands) current().begin(bands);
    current().reset();
    fade.jump(0);
  }
  int latencyFrames() const noexcept { return 0; }

  void set(uint32_t at, float value, bool jump) noexcept {
    for (BandSet& s : bandSet) s.set(at, value, sampleRateHz, jump);
    if (at == deskd::params::master::multiband::bands) bands = (int)value;
    if (jump && current().bands != bands) current().begin(bands), fade.jump(0);
  }

  // In place over kQuantum frames.
  void run(const SmoothingTable& table, double* left, double* right) noexcept {
    if (fade.target == 0 && current().bands != bands) {
      next() = current();
      next().begin(bands);
      fade.target = 1;
    }
    if (fade.target == 0) return current().run(table, sampleRateHz, left, right);
    alignas(64) double newLeft[kQuantum], newRight[kQuantum], part[kQuantum];
    __builtin_memcpy(newLeft, left, sizeof newLeft), __builtin_memcpy(newRight, right, sizeof newRight);
    current().run(table, sampleRateHz, left, right);
    next().run(table, sampleRateHz, newLeft, newRight);
    fade.run(table, part);
    for (int n = 0; n < kQuantum; n++) {
      left[n] += part[n] * (newLeft[n] - left[n]);
      right[n] += part[n] * (newRight[n] - right[n]);
    }
    if (!fade.moving()) now = 1 - now, fade.jump(0);
  }

  // The deepest reduction of all bands, and of each one.
  float gain() const noexcept {
    double least = 1;
    for (int b = 0; b < kBands; b++) least = bandSet[now].gainOf(b) < least ? bandSet[now].gainOf(b) : least;
    return (float)least;
  }
  void writeMeters(float* m, bool runs) const noexcept {
    namespace p = deskd::meters::master::multiband::band;
    for (int b = 0; b < kBands; b++) m[p::base + (uint32_t)b * p::stride + p::gainDb] = runs ? (float)bandSet[now].gainOf(b) : 1;
  }

 private:
  BandSet& current() noexcept { return bandSet[now]; }
  BandSet& next() noexcept { return bandSet[1 - now]; }
};

}  // namespace deskd::DESKD_ISA
