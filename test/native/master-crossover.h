// The crossover that sums flat: any number of bands, any order of frequencies.
#pragma once
#include "master-harness.h"

#include "../../src/processors/crossover/crossover.h"

template <int Bands>
static void crossoverSumsFlat(double rate, const double* frequencies) {
  constexpr int frames = 1 << 13;
  auto crossover = std::make_unique<Crossover<Bands>>();
  crossover->init(frequencies);
  SmoothingTable table;
  table.init(rate);
  std::vector<double> sum(frames), band0(frames);
  for (int from = 0; from < frames; from += kQuantum) {
    crossover->prepare(table, rate);
    CrossoverRows<Bands> rows;
    for (int n = 0; n < kQuantum; n++) rows.in()[n] = splat2(from + n == 0 ? 1 : 0);
    crossover->run(rows);
    for (int n = 0; n < kQuantum; n++) {
      for (int b = 0; b < Bands; b++) sum[from + n] += rows.band(b)[n][1];
      band0[from + n] = rows.band(0)[n][0];
    }
  }
  const auto levelDb = [&](const std::vector<double>& x, double hz) {
    double re = 0, im = 0;
    for (int n = 0; n < frames; n++) re += x[n] * std::cos(2 * M_PI * hz * n / rate), im += x[n] * std::sin(2 * M_PI * hz * n / rate);
    return 10 * std::log10(re * re + im * im);
  };
  for (double hz = 20; hz < 20000; hz *= 1.25) {
    const double db = levelDb(sum, hz);
    CHECK(std::fabs(db) < 0.001, "%d bands at %.0f Hz sum to %.4f dB at %.0f Hz", Bands, rate, db, hz);
  }
  // The first band falls by 24 dB an octave: −6.02 dB at its frequency, where no later crossover is near.
  const double db = levelDb(band0, frequencies[0]);
  CHECK(std::fabs(db + 6.0206) < 0.01, "the first of %d bands is at %.3f dB at its frequency", Bands, db);
}

static void crossover() {
  const double orders[][5] = {{120, 800, 2500, 5000, 10000}, {500, 1500, 1600, 1700, 18000}, {800, 1200, 400, 60, 5000},
                              {10000, 5000, 2500, 800, 120}, {1000, 1000, 1000, 1000, 1000}};
  for (const double rate : {44100.0, 48000.0, 96000.0})
    for (const auto& frequencies : orders) {
      crossoverSumsFlat<2>(rate, frequencies);
      crossoverSumsFlat<3>(rate, frequencies);
      crossoverSumsFlat<4>(rate, frequencies);
      crossoverSumsFlat<5>(rate, frequencies);
      crossoverSumsFlat<6>(rate, frequencies);
    }
}
