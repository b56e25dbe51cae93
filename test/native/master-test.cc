// Measures the limiter, the true-peak and the loudness kernels of one instruction set: `master-test SECTION [FILE]`.
#include "master-signals.h"

#include "../../src/processors/limiter/limiter.h"
#include "../../src/processors/loudness/loudness.h"

#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#if __has_include(<ebur128.h>)
#include <ebur128.h>
#define HAS_EBUR128 1
#endif

using namespace deskd;
using namespace deskd::DESKD_ISA;
using namespace signals;

static int failures = 0;
#define CHECK(condition, ...)                              \
  do {                                                     \
    if (!(condition)) {                                    \
      failures++;                                          \
      std::printf("FAILED %s: ", #condition);              \
      std::printf(__VA_ARGS__);                            \
      std::printf("\n");                                   \
    }                                                      \
  } while (0)

static_assert(std::is_trivially_copyable_v<Limiter> && std::is_trivially_copyable_v<Loudness>);

static const int kRates[] = {44100, 48000, 96000};

static void near(const char* what, int rate, double found, double expected, double below, double above) {
  std::printf("%-28s %6d Hz  %8.3f  (%+.3f)\n", what, rate, found, found - expected);
  CHECK(found >= expected - below && found <= expected + above, "%s at %d Hz: %.3f, expected %.3f", what, rate, found,
        expected);
}

// Hands 32 aligned frames after another; the last ones are filled up with zeros.
static void quanta(const Stereo& x, const std::function<void(size_t, const float*, const float*)>& take) {
  alignas(64) float l[kQuantum], r[kQuantum];
  for (size_t n = 0; n < x.l.size(); n += kQuantum) {
    for (int i = 0; i < kQuantum; i++) {
      l[i] = n + i < x.l.size() ? x.l[n + i] : 0;
      r[i] = n + i < x.r.size() ? x.r[n + i] : 0;
    }
    take(n, l, r);
  }
}

// --- Loudness ---------------------------------------------------------------------------------------------------

struct Reading {
  std::unique_ptr<Loudness> meter = std::make_unique<Loudness>();
  double maxM = -INFINITY, maxS = -INFINITY;
};
static Reading measure(int rate, const Stereo& x, const std::function<void(double, const Loudness&)>& watch = {}) {
  Reading reading;
  reading.meter->init(rate);
  quanta(x, [&](size_t n, const float* l, const float* r) {
    reading.meter->process(l, r);
    reading.maxM = std::max(reading.maxM, reading.meter->momentary());
    reading.maxS = std::max(reading.maxS, reading.meter->shortTerm());
    if (watch) watch((double)(n + kQuantum) / rate, *reading.meter);
  });
  return reading;
}

static void weighting() {
  KWeighting k;
  k.init(48000);
  const double printed[7] = {1.53512485958697,  -2.69169618940638, 1.19839281085285, -1.69065929318241,
                             0.73248077421585, -1.99004745483398, 0.99007225036621};
  for (int i = 0; i < 7; i++) {
    const double found = i < 5 ? k.shelf[i] : k.highPass[i - 5];
    std::printf("%.14f  %+.1e\n", found, found - printed[i]);
    CHECK(std::fabs(found - printed[i]) < 1e-12, "coefficient %d: %.14f, printed %.14f", i, found, printed[i]);
  }
  const double gains[7][2] = {{25, -10.393}, {100, -1.134}, {500, .043}, {997, .691}, {1000, .698}, {2000, 3.071}, {10000, 4.042}};
  for (int rate : {44100, 48000, 88200, 96000, 176400, 192000})
    for (const auto& [frequency, expected] : gains) {
      k.init(rate);
      double energy = 0;
      const int settle = rate / 2, period = rate;
      for (int n = 0; n < settle + period; n++) {
        const double x = std::sin(2 * M_PI * frequency * n / rate);
        const V2d y = k.next(V2d{x, x});
        if (n >= settle) energy += y[0] * y[0] + y[1] * y[1];
      }
      char what[32];
      std::snprintf(what, sizeof what, "gain at %.0f Hz", frequency);
      // The bilinear transform moves the shelf a little with the rate; the standard gives 48 kHz alone.
      near(what, rate, 10 * std::log10(energy / period), expected, .01, .01);
    }
}

static void loudness() {
  for (int rate : kRates) {
    const std::vector<std::vector<Segment>> steady = {{{20, -23}}, {{20, -33}}};
    for (int i = 0; i < 2; i++) {
      const Reading r = measure(rate, tones(rate, steady[i]));
      const double expected = i ? -33 : -23;
      near(i ? "3341-2 M" : "3341-1 M", rate, r.meter->momentary(), expected, .1, .1);
      near(i ? "3341-2 S" : "3341-1 S", rate, r.meter->shortTerm(), expected, .1, .1);
      near(i ? "3341-2 I" : "3341-1 I", rate, r.meter->integrated(), expected, .1, .1);
    }
    const auto integrated = [&](const char* what, const std::vector<Segment>& s) {
      near(what, rate, measure(rate, tones(rate, s)).meter->integrated(), -23, .1, .1);
    };
    integrated("3341-3 I", {{10, -36}, {60, -23}, {10, -36}});
    integrated("3341-4 I", {{10, -72}, {10, -36}, {60, -23}, {10, -36}, {10, -72}});
    integrated("3341-5 I", {{20, -26}, {20.1, -20}, {20, -26}});

    double low = INFINITY, high = -INFINITY;
    const auto spread = [&](double from, bool momentary) {
      low = INFINITY, high = -INFINITY;
      return [&low, &high, from, momentary](double seconds, const Loudness& m) {
        if (seconds < from + .001 || seconds > (momentary ? 10 : 15)) return;
        const double x = momentary ? m.momentary() : m.shortTerm();
        low = std::min(low, x), high = std::max(high, x);
      };
    };
    measure(rate, tones(rate, repeat({{1.34, -20}, {1.66, -30}}, 5)), spread(3, false));
    near("3341-9 lowest S", rate, low, -23, .1, .1);
    near("3341-9 highest S", rate, high, -23, .1, .1);
    measure(rate, tones(rate, repeat({{.18, -20}, {.22, -30}}, 25)), spread(1, true));
    near("3341-12 lowest M", rate, low, -23, .1, .1);
    near("3341-12 highest M", rate, high, -23, .1, .1);

    for (int i = 0; i < 20; i++) {
      char what[32];
      std::snprintf(what, sizeof what, "3341-10-%d max S", i + 1);
      near(what, rate, measure(rate, tones(rate, {{i * .15, kSilence}, {3, -23}, {1, kSilence}})).maxS, -23, .1, .1);
      std::snprintf(what, sizeof what, "3341-13-%d max M", i + 1);
      near(what, rate, measure(rate, tones(rate, {{i * .02, kSilence}, {.4, -23}, {1, kSilence}})).maxM, -23, .1, .1);
    }
    for (const bool momentary : {false, true}) {
      const double length = momentary ? .4 : 3, shift = momentary ? .02 : .15;
      std::vector<Segment> live;
      for (int i = 0; i < 20; i++)
        for (const Segment& s : {Segment{i * shift, kSilence}, {length, -38.0 + i}, {length - i * shift, kSilence}}) live.push_back(s);
      double maxima[20];
      std::fill_n(maxima, 20, -INFINITY);
      measure(rate, tones(rate, live), [&](double seconds, const Loudness& m) {
        const int i = std::min(19, (int)(seconds / (2 * length)));
        maxima[i] = std::max(maxima[i], momentary ? m.momentary() : m.shortTerm());
      });
      for (int i = 0; i < 20; i++) near(momentary ? "3341-14 max M" : "3341-11 max S", rate, maxima[i], -38 + i, .1, .1);
    }
  }
}

static void range() {
  const std::vector<std::pair<std::vector<double>, double>> cases = {
      {{-20, -30}, 10}, {{-20, -15}, 5}, {{-40, -20}, 20}, {{-50, -35, -20, -35, -50}, 15}};
  for (int rate : kRates)
    for (size_t i = 0; i < cases.size(); i++) {
      std::vector<Segment> s;
      for (double level : cases[i].first) s.push_back({20, level});
      char what[32];
      std::snprintf(what, sizeof what, "3342-%zu LRA", i + 1);
      near(what, rate, measure(rate, tones(rate, s)).meter->loudnessRange(), cases[i].second, 1, 1);
    }
}

static void truePeaks() {
  for (int rate : kRates) {
    const auto peak = [&](const char* what, Stereo x, double expected) {
      x.l.resize(x.l.size() + 64), x.r.resize(x.r.size() + 64);
      near(what, rate, decibels(measure(rate, x).meter->truePeak()), expected, .4, .2);
    };
    peak("3341-15 TP", peakTone(rate, 4, .5, 0), -6);
    peak("3341-16 TP", peakTone(rate, 4, .5, 45), -6);
    peak("3341-17 TP", peakTone(rate, 6, .5, 60), -6);
    peak("3341-18 TP", peakTone(rate, 8, .5, 67.5), -6);
    peak("3341-19 TP", peakTone(rate, 4, 1.41, 45), 3);
    peak("3341-20 TP", peakBurst(rate, 0), 0);
    peak("3341-21 TP", peakBurst(rate, 1), 0);
    peak("3341-22 TP", peakBurst(rate, 2), 0);
    peak("3341-23 TP", peakBurst(rate, 3), 0);
  }
}

// The standard's own way: all blocks in a list.
struct ListMethod {
  std::vector<double> meanSquares;
  double integrated() const {
    double gate = 0;
    for (double ratio : {0.0, .1}) {
      double sum = 0;
      size_t n = 0;
      for (double x : meanSquares)
        if (lufsOf(x) > -70 && x > gate) sum += x, n++;
      if (ratio == .1) return lufsOf(sum / (double)n);
      gate = .1 * sum / (double)n;
    }
    return 0;
  }
  double range() const {
    double sum = 0;
    std::vector<double> kept;
    for (double x : meanSquares)
      if (lufsOf(x) > -70) sum += x, kept.push_back(x);
    const double gate = .01 * sum / (double)kept.size();
    std::erase_if(kept, [gate](double x) { return x < gate; });
    std::sort(kept.begin(), kept.end());
    const auto rank = [&](double part) { return lufsOf(kept[(size_t)((double)(kept.size() - 1) * part + .5)]); };
    return rank(.95) - rank(.1);
  }
};

static void gating() {
  Noise noise{3};
  auto histogram = std::make_unique<LoudnessHistogram>();
  ListMethod list;
  std::memset((void*)histogram.get(), 0, sizeof *histogram);
  for (int round = 0; round < 2; round++) {
    histogram->reset();
    list.meanSquares.clear();
    // Ten hours of 100 ms blocks that wander from −80 to the highest bin.
    double level = -20;
    for (int i = 0; i < 360000; i++) {
      level += noise.uniform();
      if (level > 9.9) level = 9.9;
      if (level < -80) level = -80;
      const double meanSquare = std::pow(10, (level + .691) / 10);
      histogram->add(meanSquare);
      list.meanSquares.push_back(meanSquare);
    }
    near("10 h integrated, of the list", 48000, lufsOf(histogram->gatedMean(.1)), list.integrated(), .005, .005);
    near("10 h range, of the list", 48000, histogram->range(.01), list.range(), .02, .02);
  }
  for (int rate : kRates) {
    const Stereo music = pseudoMusic(rate, 40);
    ListMethod blocks, shortTerms;
    double next = .4;
    const Reading reading = measure(rate, music, [&](double seconds, const Loudness& m) {
      if (seconds < next) return;
      blocks.meanSquares.push_back(std::pow(10, (m.momentary() + .691) / 10));
      if (next > 2.999) shortTerms.meanSquares.push_back(std::pow(10, (m.shortTerm() + .691) / 10));
      next += .1;
    });
    near("music integrated, of the list", rate, reading.meter->integrated(), blocks.integrated(), .005, .005);
    near("music range, of the list", rate, reading.meter->loudnessRange(), shortTerms.range(), .02, .02);
  }
}

static void behaviour() {
  const auto infinite = [](double x) { return std::isinf(x) && x < 0; };
  Reading silent = measure(48000, tones(48000, {{5, kSilence}}));
  CHECK(infinite(silent.meter->momentary()) && infinite(silent.meter->shortTerm()) && infinite(silent.meter->integrated()),
        "silence has no loudness");
  CHECK(silent.meter->loudnessRange() == 0 && silent.meter->truePeak() == 0, "silence has neither range nor peak");

  Reading r = measure(48000, tones(48000, {{6, -20}}));
  CHECK(r.meter->integrated() > -20.1, "%.3f", r.meter->integrated());
  const double shortTerm = r.meter->shortTerm();
  r.meter->reset();
  CHECK(infinite(r.meter->integrated()) && r.meter->truePeak() == 0 && r.meter->samplePeak() == 0, "reset begins anew");
  CHECK(r.meter->shortTerm() == shortTerm, "reset leaves the live meters");
  Stereo quiet = tones(48000, {{5, -40}});
  quanta(quiet, [&](size_t, const float* a, const float* b) { r.meter->process(a, b); });
  near("integrated after a reset", 48000, r.meter->integrated(), -40, .1, .1);

  // The filter rings on for a while; then nothing is left, not even a denormal.
  Stereo silence = tones(48000, {{5, kSilence}});
  quanta(silence, [&](size_t, const float* a, const float* b) { r.meter->process(a, b); });
  CHECK(infinite(r.meter->shortTerm()) || r.meter->shortTerm() < -200, "%.1f LUFS after silence", r.meter->shortTerm());

  Stereo broken = tones(48000, {{1, -20}});
  broken.l[10000] = NAN;
  broken.r[20000] = INFINITY;
  Reading after = measure(48000, broken);
  quanta(tones(48000, {{5, -20}}), [&](size_t, const float* a, const float* b) { after.meter->process(a, b); });
  near("momentary after a NaN", 48000, after.meter->momentary(), -20, .1, .1);
  near("integrated after a NaN", 48000, after.meter->integrated(), -20, .2, .2);
}

static void libebur128() {
#if HAS_EBUR128
  for (int rate : kRates) {
    Stereo x = pseudoMusic(rate, 30);
    scaleToPeak(x, -.5);
    std::vector<float> interleaved;
    for (size_t n = 0; n < x.l.size(); n++) interleaved.push_back(x.l[n]), interleaved.push_back(x.r[n]);
    ebur128_state* s = ebur128_init(2, rate, EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_S | EBUR128_MODE_M | EBUR128_MODE_TRUE_PEAK);
    ebur128_add_frames_float(s, interleaved.data(), x.l.size());
    double i, m, t, range, peakL, peakR;
    ebur128_loudness_global(s, &i), ebur128_loudness_momentary(s, &m), ebur128_loudness_shortterm(s, &t);
    ebur128_loudness_range(s, &range), ebur128_true_peak(s, 0, &peakL), ebur128_true_peak(s, 1, &peakR);
    ebur128_destroy(&s);
    const Reading r = measure(rate, x);
    near("I, of libebur128", rate, r.meter->integrated(), i, .05, .05);
    near("M, of libebur128", rate, r.meter->momentary(), m, .05, .05);
    near("S, of libebur128", rate, r.meter->shortTerm(), t, .05, .05);
    near("LRA, of libebur128", rate, r.meter->loudnessRange(), range, .1, .1);
    // libebur128 takes two points a frame at 96 kHz.
    near("TP, of libebur128", rate, decibels(r.meter->truePeak()), decibels(std::max(peakL, peakR)), .1, .1);
  }
#else
  std::printf("skipped: libebur128-dev is not installed\n");
#endif
}

// --- Limiter ----------------------------------------------------------------------------------------------------

struct Setting {
  bool on = true;
  double ceilingDbtp = -1, releaseMs = 50;
};
static Stereo limited(Limiter& limiter, const Stereo& x, const std::function<Setting(size_t)>& setting) {
  Stereo y;
  alignas(64) float l[kQuantum], r[kQuantum];
  quanta(x, [&](size_t n, const float* a, const float* b) {
    const Setting s = setting(n);
    limiter.set(s.on, s.ceilingDbtp, s.releaseMs);
    if (n == 0) limiter.reset();
    limiter.process(a, b, l, r);
    y.l.insert(y.l.end(), l, l + kQuantum);
    y.r.insert(y.r.end(), r, r + kQuantum);
  });
  return y;
}
static std::unique_ptr<Limiter> newLimiter(double rate, double lookaheadMs) {
  auto limiter = std::make_unique<Limiter>();
  limiter->init(rate, lookaheadMs);
  return limiter;
}

static double samplePeak(const Stereo& x) {
  float peak = 0;
  for (size_t n = 0; n < x.l.size(); n++) peak = std::max({peak, std::fabs(x.l[n]), std::fabs(x.r[n])});
  return peak;
}

static void ceiling() {
  const double limit = amplitude(-1);
  const auto row = [&](const char* what, int rate, Stereo x, double driveDb, double allowedDb, bool limitBand, double lookaheadMs = 1.5) {
    if (limitBand) x.l = bandLimited(x.l, rate, 20000), x.r = bandLimited(x.r, rate, 20000);
    scaleToPeak(x, driveDb);
    auto limiter = newLimiter(rate, lookaheadMs);
    const Stereo y = limited(*limiter, x, [](size_t) { return Setting{}; });
    const double sample = samplePeak(y), peak = std::max(truePeak(y.l, .7 * limit), truePeak(y.r, .7 * limit));
    std::printf("%-34s %6d Hz %4.1f ms  SP %+.3f  TP %+.3f\n", what, rate, lookaheadMs, decibels(sample / limit), decibels(peak / limit));
    CHECK(sample <= limit, "%s at %d Hz: sample peak %.9f above %.9f", what, rate, sample, limit);
    CHECK(decibels(peak / limit) <= allowedDb, "%s at %d Hz: true peak %+.3f dB over", what, rate, decibels(peak / limit));
  };
  const auto periodic = [](int rate, const std::function<double(int)>& f) {
    Samples x(rate * 2);
    for (int n = 0; n < rate * 2; n++) x[n] = (float)f(n);
    return Stereo{x, x};
  };
  for (int rate : kRates) {
    row("fs/4 45 deg +6", rate, peakTone(rate, 4, 1, 45), 6, .1, false);
    row("fs/6 60 deg +6", rate, peakTone(rate, 6, 1, 60), 6, .1, false);
    row("3341-22 burst +6", rate, peakBurst(rate, 2), 6, .1, true);
    row("pink +12", rate, pinkNoise(rate, 2, 11), 12, .1, true);
    row("white +7", rate, whiteNoise(rate, 2, 12), 7, .1, true);
    row("square 997 +6", rate, periodic(rate, [&](int n) { return std::fmod(997.0 * n / rate, 1) < .5 ? 1 : -1; }), 6, .1, true);
    row("impulses +12", rate, periodic(rate, [&](int n) { return n % (rate / 50 + 7) == 100 ? 1 : 0; }), 12, .1, true);
    row("++-- with phase flips 0", rate, periodic(rate, [&](int n) { return ((n / 2) ^ (n / 1001)) % 2 ? -1 : 1; }), 0, .1, true);
    row("kicks and hats +6", rate, kicksAndHats(rate, 2), 6, .1, true);
  }
  // Energy up to Nyquist: no filter of finite length sees all of it.
  row("white +7, full band", 48000, whiteNoise(48000, 2, 13), 7, .5, false);
  row("impulses +12, full band", 48000, periodic(48000, [](int n) { return n % 967 == 100 ? 1 : 0; }), 12, .3, false);
  row("white +7", 48000, whiteNoise(48000, 2, 12), 7, .1, true, 5);
  row("white +7", 48000, whiteNoise(48000, 2, 12), 7, .1, true, 10);
}

static bool delayed(const Stereo& x, const Stereo& y, int frames, size_t from = 0) {
  for (size_t n = from; n + frames < x.l.size(); n++)
    if (x.l[n] != y.l[n + frames] || x.r[n] != y.r[n + frames]) return false;
  return true;
}

static void null() {
  for (double rate : {44100.0, 48000.0, 96000.0, 192000.0})
    for (double lookaheadMs : {.1, .7, 1.5, 10.0}) {
      auto limiter = newLimiter(rate, lookaheadMs);
      const int latency = limiter->latencyFrames();
      std::printf("%6.0f Hz, look-ahead %4.1f ms: latency %d frames\n", rate, lookaheadMs, latency);
      CHECK(std::abs(latency - 15 - lookaheadMs * rate / 1000) <= .5, "%d frames", latency);
      Stereo loud = whiteNoise((int)rate, .2, 21);
      Stereo off = limited(*limiter, loud, [](size_t) { return Setting{false}; });
      CHECK(delayed(loud, off, latency), "off is not a pure delay");
      Stereo below = loud;
      scaleToPeak(below, 0);
      const double over = std::max(truePeak(below.l, .5), truePeak(below.r, .5));
      scaleToPeak(below, -1.05 - decibels(over));
      limiter->init(rate, lookaheadMs);
      Stereo on = limited(*limiter, below, [](size_t) { return Setting{}; });
      CHECK(delayed(below, on, latency), "on and below the ceiling is not a pure delay");
      CHECK(limiter->minGain() == 1, "gain %.9f", limiter->minGain());
    }
  // Loud, then quiet: unity comes back exactly.
  auto limiter = newLimiter(48000, 1.5);
  Stereo x = tones(48000, {{1, 6}, {3, -20}});
  Stereo y = limited(*limiter, x, [](size_t) { return Setting{}; });
  CHECK(delayed(x, y, limiter->latencyFrames(), 48000 * 3), "gain did not return to exactly 1");
}

// Energy above 3 kHz against all, of what a change of setting leaves of a 997 Hz tone (conformance of gain moves).
static double splatterDb(const Samples& y, int rate) {
  const std::vector<double> h = lowPass(1023, 3000.0 / rate, 9);
  double high = 0, all = 0;
  for (size_t n = 1023; n + 1023 < y.size(); n++) {
    double low = 0;
    for (int k = 0; k < 1023; k++) low += h[k] * y[n + k - 511];
    high += (y[n] - low) * (y[n] - low);
    all += (double)y[n] * y[n];
  }
  return 10 * std::log10(high / all);
}

static void switching() {
  const int rate = 48000;
  const auto sine = [&](double dbfs) {
    Samples x(rate);
    for (int n = 0; n < rate; n++) x[n] = (float)(amplitude(dbfs) * std::sin(2 * M_PI * 997 * n / rate));
    return Stereo{x, x};
  };
  const auto row = [&](const char* what, double dbfs, const std::function<Setting(size_t)>& setting) {
    auto limiter = newLimiter(rate, 1.5);
    const Stereo y = limited(*limiter, sine(dbfs), setting);
    const double db = splatterDb(y.l, rate);
    std::printf("%-40s %.1f dB above 3 kHz\n", what, db);
    CHECK(db <= -85, "%s: %.1f dB", what, db);
    return y;
  };
  row("steady, 6 dB of reduction", 5, [](size_t) { return Setting{true, -1, 200}; });
  row("on, 6 dB over", 5, [](size_t n) { return Setting{n > 24000, -1, 200}; });
  row("off, 6 dB over", 5, [](size_t n) { return Setting{n < 24000, -1, 200}; });
  const Stereo lowered = row("ceiling −1 → −7", 5, [](size_t n) { return Setting{true, n > 24000 ? -7.0 : -1.0, 200}; });
  row("ceiling −7 → −1", 5, [](size_t n) { return Setting{true, n > 24000 ? -1.0 : -7.0, 200}; });
  const auto highest = [](const Samples& y, size_t from, size_t to) { return *std::max_element(y.begin() + from, y.begin() + to); };
  near("peak before", rate, decibels(highest(lowered.l, 20000, 23900)), -1, .05, 0);
  near("peak 30 ms after", rate, decibels(highest(lowered.l, 24000 + 1440, 40000)), -7, .05, 0);

  auto limiter = newLimiter(rate, 1.5);
  const Stereo x = sine(5);
  const Stereo y = limited(*limiter, x, [](size_t n) { return Setting{n < 20000}; });
  CHECK(delayed(x, y, limiter->latencyFrames(), 30000), "no pure delay .2 s after switching off");
}

static void release() {
  const int rate = 48000;
  auto limiter = newLimiter(rate, 1.5);
  limiter->set(true, -1, 100);
  limiter->reset();
  const Stereo x = tones(rate, {{.5, 5}, {.5, -30}});
  std::vector<double> gains;
  alignas(64) float l[kQuantum], r[kQuantum];
  quanta(x, [&](size_t, const float* a, const float* b) {
    limiter->process(a, b, l, r);
    gains.push_back(limiter->minGain());
  });
  near("gain reduction of +5 at −1", rate, decibels(gains[700]), -6, .1, .1);
  // 63 % of the way back after the time constant; counted from the end of the loud part at the output.
  const size_t end = (rate / 2 + limiter->latencyFrames()) / kQuantum, after = end + rate / 10 / kQuantum;
  const double start = gains[700], expected = 1 - (1 - start) * std::exp(-1);
  near("gain 100 ms into the release", rate, gains[after], expected, .01, .01);
  // Linked: the image stands.
  Stereo panned = x;
  for (float& s : panned.r) s *= .25f;
  const Stereo y = limited(*limiter, panned, [](size_t) { return Setting{}; });
  float worst = 0;
  for (size_t n = 0; n < y.l.size(); n++) worst = std::max(worst, std::fabs(y.l[n] * .25f - y.r[n]));
  CHECK(worst < 1e-6f, "image moved by %g", worst);
}

// The gain itself, read off a quiet right channel: in time for a lone peak wherever it falls, and never rising early.
static void lookahead() {
  const int rate = 48000;
  const float quiet = 1.0f / 1024;
  int measured = 0;
  for (double ms : {.02, .1, .2, .5, .7, 1.5, 3.3, 10.0})
    for (int at = 500; at < 500 + 2 * kQuantum; at++) {
      auto limiter = newLimiter(rate, ms);
      Stereo x{Samples(2048), Samples(2048, quiet)};
      x.l[at] = 4;
      const Stereo y = limited(*limiter, x, [](size_t) { return Setting{true, -1, 1}; });
      const double needed = amplitude(-1) / 4;
      const int latency = limiter->latencyFrames();
      for (int n = at; n <= at + 1; n++) {
        const double gain = y.r[n + latency] / quiet;
        measured++;
        CHECK(gain <= needed * (1 + 1e-6), "%.2f ms, peak at %d: gain %.6f, needed %.6f", ms, at, gain, needed);
      }
      // The fall begins no sooner than the look-ahead and the filter's reach before the peak, and has no steps back.
      for (int n = latency; n < at + latency; n++)
        CHECK(y.r[n + 1] <= y.r[n], "%.2f ms, peak at %d: the gain rises %d frames before it", ms, at, at + latency - n);
    }
  std::printf("%d gains in time\n", measured);
}

static void state() {
  const Stereo x = kicksAndHats(48000, 2);
  auto limiter = newLimiter(48000, 1.5);
  auto meter = std::make_unique<Loudness>();
  meter->init(48000);
  limiter->set(true, -6, 80);
  limiter->reset();
  alignas(64) float l[kQuantum], r[kQuantum];
  std::vector<uint8_t> saved(sizeof(Limiter) + sizeof(Loudness));
  std::vector<float> first, second;
  double readings[2][3];
  const auto run = [&](size_t from, std::vector<float>* out) {
    quanta(x, [&](size_t n, const float* a, const float* b) {
      if (n < from) return;
      if (n == 48000 && out == &first) {
        std::memcpy(saved.data(), limiter.get(), sizeof(Limiter));
        std::memcpy(saved.data() + sizeof(Limiter), meter.get(), sizeof(Loudness));
      }
      limiter->process(a, b, l, r);
      meter->process(l, r);
      if (n >= 48000) out->insert(out->end(), l, l + kQuantum), out->insert(out->end(), r, r + kQuantum);
    });
    double* reading = readings[out == &second];
    reading[0] = meter->integrated(), reading[1] = meter->shortTerm(), reading[2] = meter->truePeak();
  };
  run(0, &first);
  std::memcpy((void*)limiter.get(), saved.data(), sizeof(Limiter));
  std::memcpy((void*)meter.get(), saved.data() + sizeof(Limiter), sizeof(Loudness));
  run(48000, &second);
  CHECK(first.size() == second.size() && std::memcmp(first.data(), second.data(), first.size() * 4) == 0, "other samples after a restore");
  CHECK(std::memcmp(readings[0], readings[1], sizeof readings[0]) == 0, "other readings after a restore");

  // A sample that is not a number passes, and is forgotten.
  Stereo broken = tones(48000, {{1, 3}, {1, -20}});
  broken.l[1000] = NAN;
  broken.r[2000] = INFINITY;
  const Stereo y = limited(*limiter, broken, [](size_t) { return Setting{}; });
  CHECK(delayed(broken, y, limiter->latencyFrames(), 48000 + 40000), "no return to unity after a NaN");
  for (size_t n = 3000; n < y.l.size(); n++)
    if (!std::isfinite(y.l[n] + y.r[n])) {
      CHECK(false, "frame %zu is not finite", n);
      break;
    }
}

// Output and readings for a comparison between instruction sets.
static void dump(const char* file) {
  Stereo x = pseudoMusic(48000, 8);
  scaleToPeak(x, 6);
  auto limiter = newLimiter(48000, 1.5);
  const Stereo y = limited(*limiter, x, [](size_t n) { return Setting{n < 300000, n < 150000 ? -1.0 : -3.0, 50}; });
  const Reading r = measure(48000, y);
  std::FILE* out = std::fopen(file, "wb");
  CHECK(out, "cannot write %s", file);
  if (!out) return;
  const double readings[4] = {r.meter->integrated(), r.maxS, r.meter->loudnessRange(), decibels(r.meter->truePeak())};
  std::fwrite(readings, sizeof readings, 1, out);
  std::fwrite(y.l.data(), 4, y.l.size(), out);
  std::fwrite(y.r.data(), 4, y.r.size(), out);
  std::fclose(out);
}

int main(int argc, char** argv) {
#if defined(__x86_64__)
  _mm_setcsr(_mm_getcsr() | 0x8040);  // denormals flushed, as on the audio thread
#endif
  const std::string section = argc > 1 ? argv[1] : "";
  const std::pair<const char*, void (*)()> sections[] = {
      {"weighting", weighting}, {"loudness", loudness}, {"range", range},         {"true-peaks", truePeaks},
      {"gating", gating},       {"behaviour", behaviour}, {"libebur128", libebur128}, {"ceiling", ceiling},
      {"null", null},           {"switching", switching}, {"release", release},   {"look-ahead", lookahead},
      {"state", state}};
  bool found = section == "dump" && argc > 2;
  if (found) dump(argv[2]);
  for (const auto& [name, run] : sections)
    if (section == name) found = true, run();
  CHECK(found, "no section '%s'", section.c_str());
  return failures ? 1 : 0;
}
