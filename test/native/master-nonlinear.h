// Sections on oversampling, saturation and clipper: how flat, how late, and what folds back.
#pragma once
#include <complex>

#include "../../src/processors/clipper/clipper.h"
#include "../../src/processors/saturation/saturation.h"
#include "master-harness.h"

namespace nonlinear {

namespace clipperParams = deskd::params::master::clipper;
namespace saturationParams = deskd::params::master::saturation;
using Doubles = std::vector<double>;

static_assert(std::is_trivially_copyable_v<Saturation> && std::is_trivially_copyable_v<Clipper>);

// 32 frames after another through a stage, the same on both sides.
template <class Stage>
static Doubles through(Stage& stage, double rate, const Doubles& x) {
  SmoothingTable table;
  table.init(rate);
  Doubles y;
  alignas(64) double l[kQuantum], r[kQuantum];
  for (size_t n = 0; n < x.size(); n += kQuantum) {
    for (int i = 0; i < kQuantum; i++) l[i] = r[i] = n + i < x.size() ? x[n + i] : 0;
    stage.run(table, l, r);
    y.insert(y.end(), l, l + kQuantum);
  }
  return y;
}
static std::unique_ptr<Saturation> newSaturation(double rate, SaturationType type, double driveDb, bool autoGain, double mixPercent = 100) {
  auto s = std::make_unique<Saturation>();
  float fixed[deskd::params::master::size]{};
  fixed[saturationParams::base + saturationParams::oversampling] = 1;
  s->init(rate, fixed + saturationParams::base);
  s->set(saturationParams::type, (float)type, true);
  s->set(saturationParams::driveDb, (float)driveDb, true);
  s->set(saturationParams::autoGain, autoGain, true);
  s->set(saturationParams::mixPercent, (float)mixPercent, true);
  return s;
}
static std::unique_ptr<Clipper> newClipper(double rate, int factor, double ceilingDb, double softnessPercent) {
  float fixed[deskd::params::master::size]{};
  fixed[clipperParams::base + clipperParams::oversampling] = factor == 8 ? 2 : 1;
  auto c = std::make_unique<Clipper>();
  c->init(rate, fixed + clipperParams::base);
  c->set(clipperParams::ceilingDb, (float)ceilingDb, true);
  c->set(clipperParams::softnessPercent, (float)softnessPercent, true);
  return c;
}

static Doubles sine(double rate, double hz, double peak, size_t frames) {
  Doubles x(frames);
  for (size_t n = 0; n < frames; n++) x[n] = peak * std::sin(2 * M_PI * std::fmod(hz * (double)n / rate, 1));
  return x;
}
// In dB at a frequency, of the impulse response `h` around `centre`.
static double responseDb(const Doubles& h, int centre, double rate, double hz) {
  std::complex<double> sum = 0;
  for (size_t n = 0; n < h.size(); n++) sum += h[n] * std::polar(1.0, -2 * M_PI * hz / rate * ((int)n - centre));
  return decibels(std::abs(sum));
}

static void oversampling() {
  for (const int rate : {44100, 48000, 96000, 192000})
    for (const int stage : {4, 8, 0}) {  // clipper four and eight times, saturation
      // So quiet that every curve is a straight line.
      const double level = 1e-9;
      Doubles x(4096);
      x[1007] = level;
      const auto clipper = newClipper(rate, stage, 0, 0);
      const auto saturation = newSaturation(rate, SaturationType::Tape, 12, false);
      const int late = stage ? clipper->latencyFrames() : saturation->latencyFrames();
      Doubles h = stage ? through(*clipper, rate, x) : through(*saturation, rate, x);
      for (double& y : h) y /= level * (stage ? 1 : amplitude(12));
      double skew = 0, worst = 0;
      for (int k = 1; k < 1000; k++) skew = std::max(skew, std::fabs(h[1007 + late + k] - h[1007 + late - k]));
      for (double hz = 0; hz <= std::max(20000.0, .4 * rate); hz += 100) {
        const double db = responseDb(h, 1007 + late, rate, hz);
        worst = std::fabs(db) > std::fabs(worst) ? db : worst;
      }
      std::printf("%6d Hz, %s: %d frames late, to 20 kHz within %.5f dB\n", rate, stage == 8 ? "8x" : stage ? "4x" : "saturation", late, worst);
      // Symmetrical about a whole frame: that is its latency, at all frequencies. The stage with filters of its own is so but for those.
      CHECK(skew < 1e-6, "%d Hz: %g", rate, skew);
      CHECK(std::fabs(worst) < .001, "%d Hz: %.5f dB", rate, worst);
      CHECK(late < 90, "%d frames", late);
    }
}

// What is no harmonic, up to 20 kHz, against all, in dB.
static double aliasesDb(double rate, double hz, const std::function<Doubles(const Doubles&)>& stage) {
  constexpr size_t size = 1 << 15;
  const double turns = std::round(hz * size / rate);
  const Doubles x = sine(rate, turns * rate / size, 1, 2 * size);
  const Doubles y = stage(x);
  // One period of everything: bins that are no multiple of the tone are aliases.
  const std::vector<double> tail(y.begin() + size, y.begin() + 2 * size);
  std::vector<std::complex<double>> turn(size);
  for (size_t k = 0; k < size; k++) turn[k] = std::polar(1.0, -2 * M_PI * (double)k / size);
  std::vector<std::complex<double>> bins(tail.begin(), tail.end());
  for (size_t i = 1, j = 0; i < size; i++) {  // radix 2, in place
    size_t bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(bins[i], bins[j]);
  }
  for (size_t length = 2; length <= size; length *= 2)
    for (size_t from = 0; from < size; from += length)
      for (size_t k = 0; k < length / 2; k++) {
        const auto odd = bins[from + k + length / 2] * turn[k * (size / length)], even = bins[from + k];
        bins[from + k] = even + odd, bins[from + k + length / 2] = even - odd;
      }
  double aliases = 0, all = 0;
  for (size_t k = 1; k < size / 2; k++) {
    const double power = std::norm(bins[k]);
    all += power;
    if (std::fmod((double)k, turns) != 0 && (double)k * rate / size <= 20000) aliases += power;
  }
  return 10 * std::log10(aliases / all);
}

static void aliasing() {
  const double rate = 48000;
  const auto row = [&](const char* what, double hz, double mostDb, const std::function<Doubles(const Doubles&)>& stage) {
    const double db = aliasesDb(rate, hz, stage);
    std::printf("%-28s %5.0f Hz: %.1f dB\n", what, hz, db);
    CHECK(db <= mostDb, "%s at %.0f Hz: %.1f dB, expected at most %.0f", what, hz, db, mostDb);
  };
  const char* names[] = {"tape", "tube", "soft", "hard"};
  for (const double hz : {1244.0, 5002.0}) {
    for (int type = 0; type < 4; type++)
      row(names[type], hz, type == 3 ? -70 : -100, [&](const Doubles& x) {
        return through(*newSaturation(rate, (SaturationType)type, 12, false), rate, x);
      });
    for (const int factor : {4, 8})
      for (const double softness : {0.0, 50.0, 100.0})
        row(factor == 4 ? "clipper 4x" : "clipper 8x", hz, factor == 8 && softness > 0 ? -100 : -70, [&](const Doubles& x) {
          return through(*newClipper(rate, factor, -12, softness), rate, x);
        });
  }
}

static double rmsDbOf(const Doubles& x, size_t from) {
  double sum = 0;
  for (size_t n = from; n < x.size(); n++) sum += x[n] * x[n];
  return 10 * std::log10(sum / (double)(x.size() - from));
}

static void saturation() {
  const double rate = 48000;
  const char* names[] = {"tape", "tube", "soft", "hard"};
  for (int i = 0; i < 4; i++) {
    const auto type = (SaturationType)i;
    // A sine of −6 dBFS keeps its level, whatever the drive; at 18 dB it is distorted by more than 10 %.
    for (const double driveDb : {0.0, 6.0, 18.0}) {
      const Doubles x = sine(rate, 997, .5, 48000);
      const Doubles y = through(*newSaturation(rate, type, driveDb, true), rate, x);
      const double change = rmsDbOf(y, 24000) - rmsDbOf(x, 24000);
      std::printf("%s driven by %2.0f dB: a sine of −6 dBFS changes by %+.3f dB\n", names[i], driveDb, change);
      // Tape hears 997 Hz a little louder than the bass: that is not reckoned with.
      CHECK(std::fabs(change) < (type == SaturationType::Tape ? .3 : .02), "%+.3f dB", change);
    }
    // Far below full scale it is a straight line.
    const Doubles quiet = sine(rate, 997, 1e-3, 9600);
    const auto stage = newSaturation(rate, type, 0, false);
    const Doubles y = through(*stage, rate, quiet);
    double worst = 0;
    for (size_t n = 4800; n < quiet.size(); n++) worst = std::max(worst, std::fabs(y[n] - quiet[n - stage->latencyFrames()]));
    CHECK(worst < (type == SaturationType::Tube ? 1.5e-6 : 1e-8), "%s at −60 dBFS: off by %g", names[i], worst);
    // Nothing of it: to the bit what came in.
    Doubles loud(9600);
    Noise noise{6};
    for (double& v : loud) v = noise.uniform();
    const Doubles none = through(*newSaturation(rate, type, 18, true, 0), rate, loud);
    bool same = true;
    for (size_t n = stage->latencyFrames(); n < loud.size(); n++) same &= none[n] == loud[n - stage->latencyFrames()];
    CHECK(same, "%s at a mix of 0 %% is not a pure delay", names[i]);
    // Never beyond what the curve lets through, but for what the filters swing over.
    const Doubles driven = through(*newSaturation(rate, type, 18, false), rate, sine(rate, 100, 1, 24000));
    const double peak = decibels(*std::max_element(driven.begin(), driven.end()));
    CHECK(peak < (type == SaturationType::Tube ? 2 : 1.5) && peak > -3, "%s: peak %.2f dB", names[i], peak);
  }
  // Even harmonics from the tube alone, and no DC in the end.
  const Doubles tube = through(*newSaturation(rate, SaturationType::Tube, 12, true), rate, sine(rate, 1000, .5, 96000));
  double mean = 0;
  std::complex<double> second = 0, first = 0;
  for (int n = 48000; n < 96000; n++) {
    mean += tube[n] / 48000;
    first += tube[n] * std::polar(2.0 / 48000, -2 * M_PI * 1000 * n / rate);
    second += tube[n] * std::polar(2.0 / 48000, -2 * M_PI * 2000 * n / rate);
  }
  std::printf("tube: second harmonic %.1f dB, DC %.1e\n", decibels(std::abs(second / first)), mean);
  CHECK(std::fabs(mean) < 1e-4, "DC of %g", mean);
  CHECK(decibels(std::abs(second / first)) > -30, "second harmonic %.1f dB", decibels(std::abs(second / first)));
}

static void clipping() {
  for (const int rate : {44100, 96000})
    for (const int factor : {4, 8}) {
      // What stays below the knee goes through; what is above it comes out at the ceiling.
      const auto below = newClipper(rate, factor, -6, 20);
      const Doubles x = sine(rate, 997, amplitude(-6) * .79, 9600);
      const Doubles y = through(*below, rate, x);
      double worst = 0;
      for (size_t n = 4800; n < x.size(); n++) worst = std::max(worst, std::fabs(y[n] - x[n - below->latencyFrames()]));
      CHECK(worst < 1e-5, "%dx at %d Hz, below the knee: off by %g", factor, rate, worst);
      CHECK(below->gain() > .99999f, "gain %f", below->gain());
      for (const double softness : {0.0, 30.0, 100.0}) {
        const auto at = newClipper(rate, factor, -6, softness);
        const Doubles z = through(*at, rate, sine(rate, 50, 1.2, 9600));
        double highest = 0, flat = 0;
        for (size_t n = 4800; n < z.size(); n++) highest = std::max(highest, std::fabs(z[n]));
        flat = decibels(highest) + 6;
        std::printf("%dx at %6d Hz, softness %3.0f %%: +1.6 dBFS comes out %+.3f dB over the ceiling\n", factor, rate, softness, flat);
        CHECK(flat < .05 && flat > -.1, "%+.3f dB over the ceiling", flat);
      }
    }
}

}  // namespace nonlinear
