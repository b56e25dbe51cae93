// Sections on the dynamic equaliser.
#pragma once
#include "dynamics-harness.h"

namespace dq = deskd::params::master::dynEq::node;
struct NodeSetting {
  int type;  // bell, low shelf, high shelf
  double hz, q, threshold, range, ratio;
  double attackMs = 2, releaseMs = 80;
};
static void setNode(DynamicEq& e, int node, const NodeSetting& s) {
  const float values[] = {1, (float)s.type, (float)s.hz, (float)s.q, (float)s.threshold, (float)s.range, (float)s.ratio,
                          (float)s.attackMs, (float)s.releaseMs, 0};
  static_assert(dq::stride == sizeof values / sizeof *values);
  for (uint32_t at = 0; at < dq::stride; at++) e.set(dq::base + (uint32_t)node * dq::stride + at, values[at], true);
}

static void dynEq() {
  // Below the thresholds it is a wire; what sounds elsewhere does not move a node.
  const Samples quiet = noise(48000, amplitude(-40), 5);
  Bench<DynamicEq> bench(48000);
  for (int i = 0; i < kNodeCount; i++) setNode(*bench.stage, i, {i % 3, 100.0 * (i + 1) * (i + 1), 1, -20, i % 2 ? 12.0 : -12, 4});
  CHECK(sameBits(bench.run(quiet), quiet), "below its thresholds it changes bits");
  // Gain at the middle of a bell and in the flats of shelves: (1 − 1/R)·over, at most the range; knee 6 dB.
  for (double rate : {44100.0, 48000.0, 96000.0})
    for (int type = 0; type < 3; type++)
      for (double range : {-12.0, -4.0, 6.0, 12.0})
        for (double over : {6.0, 12.0, 30.0}) {
          const double hz = type == 1 ? 100 : type == 2 ? 12000 : 3000, corner = type == 1 ? 1000 : type == 2 ? 2000 : 3000;
          Bench<DynamicEq> one(rate);
          setNode(*one.stage, 0, {type, corner, 1, -30, range, 3});
          const double found = toneDb(one.run(tone(rate, 1, hz, over - 30)), (size_t)(rate * 0.9), (size_t)(rate / 10), hz, rate);
          const double wanted = std::copysign(std::min(std::fabs(range), over * 2 / 3), range);
          if (rate == 48000 && over == 12) std::printf("type %d, range %+5.1f dB, %2.0f dB over: %+.3f dB\n", type, range, over,
                                                       found - over + 30);
          CHECK(std::fabs(found - over + 30 - wanted) < 0.2, "type %d at %.0f Hz, range %.0f, over %.0f: %+.3f dB, expected %+.3f",
                type, rate, range, over, found - over + 30, wanted);
        }
  // At its full range a node is the equaliser's band, to the bit but for rounding.
  for (int type = 0; type < 3; type++)
    for (double range : {-9.0, 9.0}) {
      Bench<DynamicEq> full(48000);
      setNode(*full.stage, 0, {type, 2500, 1.4, -60, range, 20, 0.1, 2000});
      Samples x = noise(48000, 1, 9);
      const Samples y = full.run(x);
      MasterBand band{};
      band.init();
      band.wantedType = type, band.on = 1;
      band.octave.jump(std::log2(2500)), band.gainDb.jump(range), band.octaveQ.jump(std::log2((float)1.4));
      Samples z = x;
      alignas(64) double l[kQuantum], r[kQuantum];
      for (size_t n = 0; n < x.size(); n += kQuantum) {
        std::memcpy(l, &x[n], sizeof l), std::memcpy(r, &x[n], sizeof r);
        band.prepare(full.table, 48000);
        MasterBand* const bands[1] = {&band};
        runMasterBands<1, false>(bands, l, r);
        std::memcpy(&z[n], l, sizeof l);
      }
      const double db = rmsOfDifferenceDb(y, z, 24000);
      std::printf("type %d at its range of %+.0f dB: null with the equaliser's band %.1f dB\n", type, range, db);
      CHECK(db < -100, "%.1f dB", db);
    }
}

// A voice's vowel goes on while its sibilants are taken down.
static void deEsser() {
  Bench<DynamicEq> bench(48000);
  setNode(*bench.stage, 2, {0, 7000, 2, -30, -8, 4, 1, 60});
  const auto isSibilant = [](size_t n) { return n / 9600 % 2 == 1; };
  const Samples vowel = tone(48000, 2, 300, -12), hiss = tone(48000, 2, 7000, -12);
  const Samples x = made(96000, [&](size_t n) { return vowel[n] + (isSibilant(n) ? hiss[n] : 0.003 * hiss[n]); });
  const Samples y = bench.run(x);
  const size_t from = 9600 * 7 + 4800;
  const double s = toneDb(y, from, 4800, 7000, 48000) + 12, v = toneDb(y, from, 4800, 300, 48000) + 12;
  std::printf("sibilants at 7 kHz %+.2f dB, the vowel %+.3f dB meanwhile\n", s, v);
  CHECK(s < -7.5 && s > -8.1 && std::fabs(v) < 0.05, "%+.2f, %+.3f dB", s, v);
  const size_t calm = 9600 * 6 + 8000;
  CHECK(std::fabs(toneDb(y, calm, 1600, 7000, 48000) - toneDb(x, calm, 1600, 7000, 48000)) < 0.6, "it stays down: %.2f dB",
        toneDb(y, calm, 1600, 7000, 48000) - toneDb(x, calm, 1600, 7000, 48000));
  // Listening gives what the node hears: its range at unity, the rest down.
  bench.stage->set(dq::base + 2 * dq::stride + dq::listen, 1, true);
  const Samples heard = bench.run(x);
  const double own = toneDb(heard, from, 4800, 7000, 48000) + 12, rest = toneDb(heard, from, 4800, 300, 48000) + 12;
  CHECK(std::fabs(own) < 0.1 && rest < -25, "listening: %+.2f and %+.2f dB", own, rest);
}
