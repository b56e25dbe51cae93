// Sections on the glue compressor (conformance of dynamics: curve, times, what it leaves alone).
#pragma once
#include "dynamics-harness.h"

namespace gl = deskd::params::master::glue;
// Index of a choice's value: ratios 2, 4, 10; attacks .1 … 30 ms; releases 100 … 1200 ms, auto.
enum { kRatio2, kRatio4, kRatio10 };
static const double kAttackMs[] = {0.1, 0.3, 1, 3, 10, 30};
static const double kReleaseMs[] = {100, 300, 600, 1200};
constexpr int kAuto = 4;

static void setGlue(Glue& g, double threshold, int ratio, double knee, int attack, int release) {
  g.set(gl::thresholdDb, (float)threshold, true);
  g.set(gl::ratio, (float)ratio, true);
  g.set(gl::kneeDb, (float)knee, true);
  g.set(gl::attackMs, (float)attack, true);
  g.set(gl::releaseMs, (float)release, true);
  g.set(gl::mixPercent, 100, true);
}

static void glue() {
  for (const Golden& g : kGolden)
    for (int i = 0; i < 4; i++) {
      Bench<Glue> bench(48000);
      setGlue(*bench.stage, g.threshold, g.ratio == 4 ? kRatio4 : kRatio2, g.knee, 2, 1);
      const double found = toneDb(bench.run(tone(48000, 1, 1000, g.in[i])), 43200, 4800, 1000, 48000);
      std::printf("(%.0f, %d, %.0f): %.3f -> %.3f dB\n", g.threshold, g.ratio, g.knee, g.in[i], found);
      CHECK(std::fabs(found - g.out[i]) < 0.1, "%.3f, expected %.3f", found, g.out[i]);
    }
  const Samples quiet = noise(48000, amplitude(-24), 1), loud = noise(48000, 1, 2);
  Bench<Glue> below(48000), mixed(48000);
  setGlue(*below.stage, -18, kRatio10, 6, 0, 0);
  CHECK(sameBits(below.run(quiet), quiet), "below its knee it changes bits");
  setGlue(*mixed.stage, -40, kRatio10, 6, 0, 0);
  mixed.stage->set(gl::mixPercent, 0, true);
  CHECK(sameBits(mixed.run(loud), loud), "at a mix of 0 %% it changes bits");
  // One gain for both sides.
  Bench<Glue> linked(48000);
  setGlue(*linked.stage, -30, kRatio10, 6, 1, kAuto);
  Samples quarter = loud;
  for (double& x : quarter) x *= 0.25;
  const Stereo y = linked.run({loud, quarter});
  size_t apart = 0;
  for (size_t n = 0; n < loud.size(); n++) apart += y.l[n] != 4 * y.r[n];
  CHECK(apart == 0, "gains differ at %zu frames", apart);
}

// Steps of a constant: GR(t) = (1 − e^(−t/τ))·GR, τ in dB; conformance allows 5 %.
static void times() {
  for (double rate : {44100.0, 48000.0, 96000.0})
    for (int attack = 0; attack < 6; attack++) {
      Bench<Glue> bench(rate);
      setGlue(*bench.stage, -20, kRatio10, 0, attack, 3);
      const size_t start = 3200, frames = start + (size_t)(rate * 0.3);
      const Samples x = made(frames, [=](size_t n) { return n < start ? 0.01 : 1; }), y = bench.run(x);
      for (double tau : {0.5, 1.0, 2.0}) {
        const size_t after = std::max<size_t>(1, (size_t)std::llround(tau * kAttackMs[attack] * rate / 1000));
        const double t = (double)after * 1000 / rate, wanted = (1 - std::exp(-t / kAttackMs[attack])) * 18;
        const double found = -decibels(y[start + after - 1]);
        CHECK(std::fabs(found / wanted - 1) < 0.05, "attack %.1f ms at %.0f Hz, %.2f ms: %.3f dB, expected %.3f",
              kAttackMs[attack], rate, t, found, wanted);
      }
      if (attack == 4) std::printf("attack 10 ms at %.0f Hz: 63.2 %% of 18 dB after 10 ms: %.3f dB\n", rate,
                                   -decibels(y[start + (size_t)(rate / 100) - 1]));
    }
  // Reduced by 18 dB for `heldSeconds`, then given back: dB that are left after `seconds`.
  const auto left = [](int release, double heldSeconds, double seconds) {
    Bench<Glue> bench(48000);
    setGlue(*bench.stage, -20, kRatio10, 0, 0, release);
    const size_t end = (size_t)(heldSeconds * 48000);
    const Samples x = made(end + 96000, [=](size_t n) { return n < end ? 1 : 0.01; }), y = bench.run(x);
    return -decibels(y[end + (size_t)(seconds * 48000)] / 0.01);
  };
  for (int release = 0; release < 4; release++) {
    const double seconds = kReleaseMs[release] / 1000, found = left(release, 1, seconds), wanted = 18 * std::exp(-1);
    std::printf("release %4.0f ms: %.3f dB of 18 left, expected %.3f\n", kReleaseMs[release], found, wanted);
    CHECK(std::fabs(found / wanted - 1) < 0.05, "%.3f dB", found);
  }
  const double afterPeak = left(kAuto, 0.01, 0.3), afterPassage = left(kAuto, 4, 0.3);
  std::printf("auto: 300 ms behind a peak of 10 ms %.2f dB left, behind 4 s %.2f dB\n", afterPeak, afterPassage);
  CHECK(afterPeak < 4 && afterPassage > 12, "%.2f and %.2f dB", afterPeak, afterPassage);
}

static void key() {
  Bench<Glue> plain(48000), filtered(48000);
  for (Bench<Glue>* b : {&plain, &filtered}) setGlue(*b->stage, -20, kRatio4, 6, 4, 1);
  filtered.stage->set(gl::keyHpf::base + gl::keyHpf::on, 1, true);
  filtered.stage->set(gl::keyHpf::base + gl::keyHpf::frequencyHz, 200, true);
  const Samples bass = tone(48000, 1, 50, 0);
  const double without = -toneDb(plain.run(bass), 24000, 24000, 50, 48000);
  const double with = -toneDb(filtered.run(bass), 24000, 24000, 50, 48000);
  std::printf("50 Hz at 0 dBFS: reduced by %.2f dB, with the key behind 200 Hz by %.3f dB\n", without, with);
  CHECK(without > 10 && with <= 1, "%.2f and %.2f dB", without, with);
  Bench<Glue> bench(48000);
  setGlue(*bench.stage, -20, kRatio4, 0, 4, 1);
  const Samples y = bench.run(tone(48000, 2, 100, -12));
  double harmonics = 0;
  for (int k = 2; k <= 10; k++) harmonics += std::pow(amplitude(toneDb(y, 48000, 48000, 100.0 * k, 48000)), 2);
  const double percent = 100 * std::sqrt(harmonics) / amplitude(toneDb(y, 48000, 48000, 100, 48000));
  std::printf("100 Hz, 6 dB of reduction, attack 10 ms, release 300 ms: THD %.4f %%\n", percent);
  CHECK(percent < 0.03, "%.4f %%", percent);
}
