// Sections on the crossover tree and the multiband compressor.
#pragma once
#include "dynamics-harness.h"

namespace mb = deskd::params::master::multiband;
static uint32_t bandParam(int band, uint32_t at) { return mb::band::base + (uint32_t)band * mb::band::stride + at; }

template <int Bands>
static void flatTree(double rate, const double* frequencies) {
  auto tree = std::make_unique<Crossover<Bands>>();
  SmoothingTable table;
  table.init(rate);
  tree->init(frequencies);
  Samples sum((size_t)(rate / 4) / kQuantum * kQuantum), bandSum = sum;
  Samples bands[Bands];
  for (Samples& b : bands) b = sum;
  for (size_t from = 0; from < sum.size(); from += kQuantum) {
    tree->prepare(table, rate);
    CrossoverRows<Bands> rows;
    for (size_t n = 0; n < kQuantum; n++) rows.in()[n] = splat2(from + n == 0 ? 1 : 0);
    tree->run(rows);
    for (int b = 0; b < Bands; b++)
      for (size_t n = 0; n < kQuantum; n++) bands[b][from + n] = rows.band(b)[n][0], sum[from + n] += rows.band(b)[n][0];
  }
  double worst = 0;
  for (double hz = 20; hz < 0.45 * rate; hz *= 1.09) worst = std::max(worst, std::fabs(responseDb(sum, hz, rate)));
  std::printf("%d bands at %6.0f Hz:", Bands, rate);
  for (int i = 0; i < Bands - 1; i++) std::printf(" %6.0f", frequencies[i]);
  std::printf(" Hz: flat within %.1e dB\n", worst);
  CHECK(worst < 0.001, "%d bands at %.0f Hz: %.6f dB", Bands, rate, worst);
  // Alone each side of the only crossover is 6.02 dB down there.
  if (Bands == 2)
    for (const Samples& b : bands)
      CHECK(std::fabs(responseDb(b, frequencies[0], rate) + 6.0206) < 0.01, "%.3f dB", responseDb(b, frequencies[0], rate));
}

static void crossover() {
  const double sets[][5] = {{120, 800, 5000, 9000, 14000}, {9000, 120, 800, 14000, 5000}, {500, 1500, 800, 1200, 1000},
                            {14000, 9000, 5000, 800, 120}, {20, 20000, 20, 20000, 632},  {1000, 1000, 1000, 1000, 1000}};
  for (double rate : {44100.0, 48000.0, 96000.0})
    for (const auto& f : sets) {
      flatTree<2>(rate, f);
      flatTree<3>(rate, f);
      flatTree<4>(rate, f);
      flatTree<5>(rate, f);
      flatTree<6>(rate, f);
    }
}

static void setBands(Multiband& m, int bands, std::initializer_list<double> frequencies) {
  m.set(mb::bands, (float)bands, true);
  uint32_t i = 0;
  for (double hz : frequencies) m.set(mb::crossover1Hz + i++, (float)hz, true);
  for (int b = 0; b < Multiband::kBands; b++) {
    m.set(bandParam(b, mb::band::attackMs), 1, true);
    m.set(bandParam(b, mb::band::releaseMs), 150, true);
  }
}
static void setCurve(Multiband& m, const Golden& g) {
  for (int b = 0; b < Multiband::kBands; b++) {
    m.set(bandParam(b, mb::band::thresholdDb), (float)g.threshold, true);
    m.set(bandParam(b, mb::band::ratio), (float)g.ratio, true);
    m.set(bandParam(b, mb::band::kneeDb), (float)g.knee, true);
  }
}

static void multiband() {
  for (double rate : {44100.0, 48000.0, 96000.0})
    for (int bands = 3; bands <= 6; bands++) {
      Bench<Multiband> bench(rate);
      setBands(*bench.stage, bands, {9000, 500, 1500, 800, 1200});
      Samples impulse((size_t)(rate / 4));
      impulse[0] = 0.01;
      const Samples y = bench.run(impulse);
      double worst = 0;
      for (double hz = 20; hz < 0.45 * rate; hz *= 1.09)
        worst = std::max(worst, std::fabs(responseDb(y, hz, rate) + 40));
      std::printf("multiband of %d at unity, %6.0f Hz: flat within %.1e dB\n", bands, rate, worst);
      CHECK(worst < 0.001, "%d bands at %.0f Hz: %.6f dB", bands, rate, worst);
    }
  for (const Golden& g : kGolden)
    for (int i = 0; i < 4; i++) {
      Bench<Multiband> bench(48000);
      setBands(*bench.stage, 3, {60, 15000});
      setCurve(*bench.stage, g);
      const double found = toneDb(bench.run(tone(48000, 1, 1000, g.in[i])), 43200, 4800, 1000, 48000);
      std::printf("band at (%.0f, %d, %.0f): %.3f -> %.3f dB\n", g.threshold, g.ratio, g.knee, g.in[i], found);
      CHECK(std::fabs(found - g.out[i]) < 0.1, "%.3f, expected %.3f", found, g.out[i]);
    }
}

// What mix, mute, solo and listen give.
static void paths() {
  const Samples x = noise(24000, 0.5, 3);
  const auto with = [&](const std::function<void(Multiband&)>& set) {
    Bench<Multiband> bench(48000);
    setBands(*bench.stage, 4, {120, 800, 5000});
    setCurve(*bench.stage, kGolden[0]);
    set(*bench.stage);
    return bench.run(x);
  };
  const auto off = [](Multiband& m) { for (int b = 0; b < 6; b++) m.set(bandParam(b, mb::band::on), 0, true); };
  const Samples flat = with(off), dry = with([](Multiband& m) { m.set(mb::mixPercent, 0, true); });
  CHECK(sameBits(flat, dry), "a mix of 0 %% is not what all compressors off are");
  CHECK(rmsOfDifferenceDb(flat, with([](Multiband&) {})) > -40, "it compresses nothing");
  Samples sum(x.size()), listened(x.size());
  for (int b = 0; b < 4; b++) {
    const Samples solo = with([&](Multiband& m) { off(m), m.set(bandParam(b, mb::band::solo), 1, true); });
    const Samples listen = with([&](Multiband& m) { m.set(bandParam(b, mb::band::listen), 1, true); });
    const Samples others = with([&](Multiband& m) {
      off(m);
      for (int i = 0; i < 4; i++) if (i != b) m.set(bandParam(i, mb::band::mute), 1, true);
    });
    CHECK(sameBits(solo, others), "solo of band %d is not all others muted", b + 1);
    CHECK(rmsOfDifferenceDb(solo, listen) < -200, "band %d listened to is not the band uncompressed", b + 1);
    for (size_t n = 0; n < x.size(); n++) sum[n] += solo[n];
  }
  CHECK(rmsOfDifferenceDb(flat, sum) < -200, "the bands do not add up: %.1f dB", rmsOfDifferenceDb(flat, sum));
  // More bands and fewer again: nothing but an all-pass less or more, without a click.
  Bench<Multiband> bench(48000);
  setBands(*bench.stage, 3, {120, 800, 5000, 9000, 14000});
  off(*bench.stage);
  const Samples sine = tone(48000, 2, 997, -12);
  const Stereo y = bench.run({sine, sine}, [](Multiband& m, size_t n) {
    if (n == 24000) m.set(mb::bands, 6, false);
    if (n == 48000) m.set(mb::bands, 3, false);
  });
  double top = 0, curve = 0;
  for (size_t n = 4800; n + 2 < y.l.size(); n++) {
    top = std::max(top, std::fabs(y.l[n]));
    curve = std::max(curve, std::fabs(y.l[n + 2] - 2 * y.l[n + 1] + y.l[n]));
  }
  const double steady = amplitude(-12) * std::pow(2 * M_PI * 997 / 48000, 2);
  std::printf("3 -> 6 -> 3 bands: peak %+.3f dB, sharpest bend %.2f times the sine's\n", decibels(top) + 12, curve / steady);
  CHECK(decibels(top) + 12 < 1 && curve < 1.6 * steady, "peak %+.3f dB, bend %.2f", decibels(top) + 12, curve / steady);
  const size_t last = y.l.size() - 24000;
  CHECK(std::fabs(toneDb(y.l, last, 24000, 997, 48000) + 12) < 0.001, "%.4f dB", toneDb(y.l, last, 24000, 997, 48000));
}
