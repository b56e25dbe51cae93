// Sections on K-weighting, loudness, range, gates and true peak.
#pragma once
#include "master-harness.h"
#if __has_include(<ebur128.h>) && !defined(WITHOUT_EBUR128)
#include <ebur128.h>
#define HAS_EBUR128 1
#endif

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
  const double gains[7][2] = {{25, -10.393}, {100, -1.134}, {500, .043},   {997, .691},
                              {1000, .698},  {2000, 3.071}, {10000, 4.042}};
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
        live.insert(live.end(), {{i * shift, kSilence}, {length, -38.0 + i}, {length - i * shift, kSilence}});
      double maxima[20];
      std::fill_n(maxima, 20, -INFINITY);
      measure(rate, tones(rate, live), [&](double seconds, const Loudness& m) {
        const int i = std::min(19, (int)(seconds / (2 * length)));
        maxima[i] = std::max(maxima[i], momentary ? m.momentary() : m.shortTerm());
      });
      const char* what = momentary ? "3341-14 max M" : "3341-11 max S";
      for (int i = 0; i < 20; i++) near(what, rate, maxima[i], -38 + i, .1, .1);
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
  CHECK(infinite(silent.meter->momentary()), "silence has no momentary loudness");
  CHECK(infinite(silent.meter->shortTerm()), "silence has no short-term loudness");
  CHECK(infinite(silent.meter->integrated()), "silence has no integrated loudness");
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
    const int modes = EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_S | EBUR128_MODE_M | EBUR128_MODE_TRUE_PEAK;
    ebur128_state* s = ebur128_init(2, rate, modes);
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
