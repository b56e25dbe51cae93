// Sections on the loudness target.
#pragma once
#include "../../src/processors/target/target.h"
#include "dynamics-harness.h"

namespace tg = deskd::params::master::target;
struct TargetSetting {
  int measure = 0;  // short-term, integrated
  double target = -18, tolerance = 0.2, boost = 24, cut = 24, perS = 2, freezeBelow = -45;
};
static void setTarget(LoudnessTarget& t, const TargetSetting& s) {
  const float values[] = {(float)s.measure, (float)s.target, (float)s.tolerance, (float)s.boost, (float)s.cut, (float)s.perS,
                          (float)s.freezeBelow};
  for (uint32_t i = 0; i < 7; i++) t.set(tg::measure + i, values[i], true);
}
// Of the last 3 s.
static double shortTermOf(const Samples& x, double rate) {
  HopLoudness meter{};
  meter.init(rate);
  for (size_t n = x.size() - (size_t)(3.1 * rate) / kQuantum * kQuantum; n + kQuantum <= x.size(); n += kQuantum) meter.process(&x[n], &x[n]);
  return meter.shortTermLufs();
}
// Phrases of two seconds, 6 dB apart, of noise with beats on it.
static Samples phrases(double rate, double seconds, double db) {
  const Samples bed = noise((size_t)(rate * seconds), amplitude(db), 41);
  return made(bed.size(), [&](size_t n) {
    const double t = (double)n / rate, beat = std::exp(-std::fmod(t, 0.5) / 0.02) * std::sin(2 * M_PI * 300 * t);
    return (std::fmod(t, 4) < 2 ? 1 : 0.5) * (bed[n] + 2 * amplitude(db) * beat);
  });
}

static void target() {
  for (double rate : {44100.0, 48000.0, 96000.0})
    for (int measure : {0, 1})
      for (double level : {-30.0, -6.0}) {
        Bench<LoudnessTarget> bench(rate);
        setTarget(*bench.stage, {.measure = measure});
        const Samples x = phrases(rate, 24, level);
        double before = 0, fastest = 0;
        const Samples y = bench.run(Stereo{x, x}, [&](LoudnessTarget& t, size_t) {
          fastest = std::max(fastest, std::fabs(t.gainDb - before));
          before = t.gainDb;
        }).l;
        // The meter and the phrases: where the mean over both of them comes to.
        HopLoudness after{};
        after.init(rate);
        for (size_t n = (size_t)(rate * 16) / kQuantum * kQuantum; n + kQuantum <= y.size(); n += kQuantum) after.process(&y[n], &y[n]);
        const double found = after.integratedLufs(), perS = fastest * rate / kQuantum;
        std::printf("%s at %6.0f Hz, %.1f LUFS: %.2f LUFS by %+.2f dB, at most %.3f dB/s\n", measure ? "integrated" : "short-term", rate,
                    shortTermOf(x, rate), found, bench.stage->gainDb, perS);
        CHECK(std::fabs(found + 18) < 0.5, "%.2f LUFS", found);
        CHECK(perS < 2.0001 && perS > 1.9, "%.4f dB/s", perS);
      }
  // Silence, and noise below the gate: the gain stands, and goes on from there.
  Bench<LoudnessTarget> frozen(48000);
  setTarget(*frozen.stage, {.target = -18, .perS = 1});
  frozen.run(phrases(48000, 6, -30));
  const double stood = frozen.stage->gainDb;
  frozen.run(Samples(4800)), frozen.run(Samples(48000 * 20));
  const double inSilence = frozen.stage->gainDb;
  frozen.run(noise(48000 * 20, amplitude(-60), 3));
  std::printf("%.3f dB, behind silence %.3f dB, behind hiss %.3f dB\n", stood, inSilence, frozen.stage->gainDb);
  CHECK(stood > 3 && inSilence - stood < 0.11 && frozen.stage->gainDb == inSilence, "%.3f dB", frozen.stage->gainDb);
  frozen.run(phrases(48000, 3, -30));
  CHECK(frozen.stage->gainDb > inSilence + 2, "does not go on: %.3f dB", frozen.stage->gainDb);
  // Its ends, and what is as loud as asked for.
  for (double level : {-60.0, 0.0}) {
    Bench<LoudnessTarget> ends(48000);
    setTarget(*ends.stage, {.boost = 3, .cut = 5, .perS = 12, .freezeBelow = -70});
    ends.run(noise(48000 * 6, amplitude(level), 3));
    CHECK(ends.stage->gainDb == (level < -18 ? 3 : -5), "%.3f dB", ends.stage->gainDb);
  }
  const Samples right = tone(48000, 6, 997, -18.1);  // both sides: −18.1 LUFS
  Bench<LoudnessTarget> done(48000);
  setTarget(*done.stage, {});
  CHECK(sameBits(done.run(right), right), "what is within the tolerance is changed");
  // One gain for both sides.
  Bench<LoudnessTarget> linked(48000);
  setTarget(*linked.stage, {});
  const Samples loud = noise(48000 * 4, 0.5, 9);
  Samples quarter = loud;
  for (double& x : quarter) x *= 0.25;
  const Stereo y = linked.run({loud, quarter});
  size_t apart = 0;
  for (size_t n = 0; n < loud.size(); n++) apart += y.l[n] != 4 * y.r[n];
  CHECK(apart == 0 && linked.stage->gainDb < -1, "gains differ at %zu frames", apart);
}
