// Sections on the crest control, and what all stages keep.
#pragma once
#include "dynamics-dyn-eq.h"
#include "dynamics-glue.h"
#include "dynamics-multiband.h"
#include "dynamics-target.h"

namespace cr = deskd::params::master::crest;
static void setCrest(Crest& c, bool plr, double targetLu, double amountPercent = 100) {
  const float values[] = {plr ? 1.f : 0, (float)targetLu, (float)amountPercent, 0, 60};
  for (uint32_t i = 0; i < 5; i++) c.set(cr::measure + i, values[i], true);
}
// A bed with beats twice a second, from its second half second on: a crest of 16 LU.
static Samples drums(double rate, double seconds) {
  const Samples bed = noise((size_t)(rate * seconds), amplitude(-18), 11);
  const size_t beat = (size_t)(rate / 2);
  return made(bed.size(), [&](size_t n) {
    const double t = (double)(n % beat) / rate;
    return bed[n] + (n < beat ? 0 : 0.8 * std::exp(-t / 0.01) * std::sin(2 * M_PI * 900 * t));
  });
}

static void crest() {
  for (double rate : {44100.0, 48000.0, 96000.0})
    for (bool plr : {false, true})
      for (double amount : {100.0, 50.0}) {
        Bench<Crest> bench(rate);
        setCrest(*bench.stage, plr, 10, amount);
        const Samples x = drums(rate, 8);
        bench.run(x);
        const Crest& c = *bench.stage;
        const double before = plr ? c.before.plr() : c.before.psr(), after = plr ? c.after.plr() : c.after.psr();
        const double wanted = before - amount / 100 * (before - 10);
        std::printf("%s %.0f %% at %6.0f Hz: %.2f -> %.2f LU, wanted %.2f\n", plr ? "PLR" : "PSR", amount, rate, before, after,
                    wanted);
        // Samples keep to it; the edges that are bent have true peaks up to 1.1 dB above them.
        CHECK(before > 14 && after > wanted - 0.2 && after < wanted + 1.3, "%.2f -> %.2f LU", before, after);
      }
  // Of the last 3 s: the samples' crest, every beat taken down alike, and the bed between them let go.
  for (double rate : {44100.0, 48000.0, 96000.0}) {
    Bench<Crest> bench(rate);
    setCrest(*bench.stage, false, 10);
    const Samples x = drums(rate, 8), y = bench.run(x);
    const size_t beat = (size_t)(rate / 2);
    double least = 1e9, most = 0, bed = 0;
    for (size_t from = x.size() / beat * beat - 6 * beat; from + beat <= x.size(); from += beat) {
      double peak = 0;
      for (size_t n = from; n < from + beat; n++) peak = std::max(peak, std::fabs(y[n]));
      least = std::min(least, peak), most = std::max(most, peak);
      for (size_t n = from + beat * 9 / 10; n < from + beat; n++) bed = std::max(bed, std::fabs(y[n] - x[n]));
    }
    const double found = decibels(most) - bench.stage->after.shortTermLufs();
    std::printf("samples' crest %.2f LU, beats apart %.2f dB, bed %.1f dB\n", found, decibels(most / least), decibels(bed));
    CHECK(std::fabs(found - 10) < 0.2 && decibels(most / least) < 0.2 && decibels(bed) < -50, "%.2f LU", found);
  }
  // What is all peaks keeps its crest, and is taken down by no more than 4 dB beyond it.
  Bench<Crest> bursts(48000);
  setCrest(*bursts.stage, false, 6);
  const Samples on = tone(48000, 12, 997, -6);
  const Samples y = bursts.run(made(on.size(), [&](size_t n) { return n % 48000 < 4800 ? on[n] : 1e-3 * on[n]; }));
  const double taken = -6 - toneDb(y, 48000 * 11 + 960, 2400, 997, 48000), asked = bursts.stage->before.psr() - 6;
  std::printf("bursts of %.2f LU: %.2f LU, taken %.2f dB\n", asked + 6, bursts.stage->after.psr(), taken);
  CHECK(asked > 2 && taken < asked + 4.2, "%.2f dB of %.2f", taken, asked);
  // Less crest than asked for: a wire.
  Bench<Crest> bench(48000);
  setCrest(*bench.stage, false, 12);
  const Samples x = tone(48000, 4, 997, -12);
  CHECK(sameBits(bench.run(x), x), "a sine of 3 LU of crest is changed");
  CHECK(std::fabs(bench.stage->before.psr() - 0) < 0.2, "a stereo sine's crest: %.2f LU", bench.stage->before.psr());
}

// A copy of a stage's memory in the middle of a signal goes on with the same bits.
template <class Stage>
static void goesOn(const char* what, const std::function<void(Stage&)>& set) {
  Bench<Stage> one(48000), copy(48000);
  set(*one.stage);
  const Samples beats = drums(48000, 1), right = noise(beats.size(), 0.3, 22);
  const Stereo x = {beats, right};
  one.run(x);
  std::memcpy((void*)copy.stage.get(), one.stage.get(), sizeof(Stage));
  const Stereo a = one.run(x), b = copy.run(x);
  CHECK(sameBits(a.l, b.l) && sameBits(a.r, b.r), "%s does not go on from its memory", what);
  CHECK(!sameBits(a.l, x.l), "%s does nothing", what);
  // Silence behind what is no number.
  one.run(Stereo{Samples(320, NAN), Samples(320, INFINITY)});
  one.stage->reset();
  const Stereo y = one.run(Stereo{Samples(3200), Samples(3200)});
  size_t sounding = 0;
  for (size_t n = 0; n < y.l.size(); n++) sounding += y.l[n] != 0 || y.r[n] != 0;
  CHECK(sounding == 0, "%s sounds at %zu frames behind a reset", what, sounding);
}
static void state() {
  goesOn<Multiband>("multiband", [](Multiband& m) { setBands(m, 5, {120, 800, 5000, 9000}), setCurve(m, kGolden[0]); });
  goesOn<Glue>("glue", [](Glue& g) {
    setGlue(g, -30, kRatio4, 6, 1, kAuto);
    g.set(gl::keyHpf::base + gl::keyHpf::on, 1, true);
  });
  goesOn<DynamicEq>("dynamic EQ", [](DynamicEq& e) { for (int i = 0; i < 6; i++) setNode(e, i, {i % 3, 900.0 * (i + 1), 1, -40, -6, 3}); });
  goesOn<Crest>("crest", [](Crest& c) { setCrest(c, true, 4); });
  goesOn<LoudnessTarget>("loudness target", [](LoudnessTarget& t) { setTarget(t, {}); });
}
