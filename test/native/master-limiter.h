// Sections on the limiter: its ceiling, its nulls, its time.
#pragma once
#include "master-harness.h"

static const LimiterSettings kAtWork{.on = true};
static Stereo limited(Limiter& limiter, const Stereo& x, const std::function<LimiterSettings(size_t)>& setting) {
  Stereo y;
  alignas(64) float l[kQuantum], r[kQuantum];
  quanta(x, [&](size_t n, const float* a, const float* b) {
    limiter.set(setting(n));
    if (n == 0) limiter.reset();
    limiter.process(a, b, l, r);
    y.l.insert(y.l.end(), l, l + kQuantum);
    y.r.insert(y.r.end(), r, r + kQuantum);
  });
  return y;
}
static std::unique_ptr<Limiter> newLimiter(double rate, double lookaheadMs, int points = 4) {
  auto limiter = std::make_unique<Limiter>();
  limiter->init(rate, lookaheadMs, points);
  return limiter;
}

static double samplePeak(const Stereo& x) {
  float peak = 0;
  for (size_t n = 0; n < x.l.size(); n++) peak = std::max({peak, std::fabs(x.l[n]), std::fabs(x.r[n])});
  return peak;
}

static void ceiling() {
  const double limit = amplitude(-1);
  struct Reach {
    double lookaheadMs;
    int points;
  };
  const std::vector<Reach> both = {{1.5, 4}, {1.5, 8}};
  // Where both sides are the same, what is reckoned of one holds for the other.
  const auto row = [&](const char* what, int rate, Stereo x, double driveDb, double allowedDb, bool limitBand,
                       const std::vector<Reach>& reaches) {
    const bool isMono = x.l == x.r;
    if (limitBand) x.l = bandLimited(x.l, rate, 20000), x.r = isMono ? x.l : bandLimited(x.r, rate, 20000);
    scaleToPeak(x, driveDb);
    for (const auto& [lookaheadMs, points] : reaches) {
      auto limiter = newLimiter(rate, lookaheadMs, points);
      const Stereo y = limited(*limiter, x, [](size_t) { return kAtWork; });
      const double left = truePeak(y.l, .7 * limit), right = y.l == y.r ? left : truePeak(y.r, .7 * limit);
      const double sample = samplePeak(y), sampleDb = decibels(sample / limit), overDb = decibels(std::max(left, right) / limit);
      std::printf("%-34s %6d Hz %dx %4.1f ms  SP %+.3f  TP %+.3f\n", what, rate, points, lookaheadMs, sampleDb, overDb);
      CHECK(sample <= limit, "%s at %d Hz: sample peak %.9f above %.9f", what, rate, sample, limit);
      CHECK(overDb <= allowedDb, "%s at %d Hz: true peak %+.3f dB over", what, rate, overDb);
    }
  };
  const auto periodic = [](int rate, const std::function<double(int)>& f) {
    Samples x(rate * 2);
    for (int n = 0; n < rate * 2; n++) x[n] = (float)f(n);
    return Stereo{x, x};
  };
  for (int rate : kRates) {
    row("fs/4 45 deg +6", rate, peakTone(rate, 4, 1, 45), 6, .1, false, both);
    row("fs/6 60 deg +6", rate, peakTone(rate, 6, 1, 60), 6, .1, false, both);
    row("3341-22 burst +6", rate, peakBurst(rate, 2), 6, .1, true, both);
    row("pink +12", rate, pinkNoise(rate, 2, 11), 12, .1, true, both);
    row("white +7", rate, whiteNoise(rate, 2, 12), 7, .1, true, both);
    const auto square = [&](int n) { return std::fmod(997.0 * n / rate, 1) < .5 ? 1 : -1; };
    const auto impulses = [&](int n) { return n % (rate / 50 + 7) == 100 ? 1 : 0; };
    const auto flips = [&](int n) { return ((n / 2) ^ (n / 1001)) % 2 ? -1 : 1; };
    row("square 997 +6", rate, periodic(rate, square), 6, .1, true, both);
    row("impulses +12", rate, periodic(rate, impulses), 12, .1, true, both);
    row("++-- with phase flips 0", rate, periodic(rate, flips), 0, .1, true, both);
    row("kicks and hats +6", rate, kicksAndHats(rate, 2), 6, .1, true, both);
  }
  // Energy up to Nyquist: no filter of finite length sees all of it.
  row("white +7, full band", 48000, whiteNoise(48000, 2, 13), 7, .5, false, {{1.5, 4}});
  row("white +7, full band", 48000, whiteNoise(48000, 2, 13), 7, .3, false, {{1.5, 8}});
  row("impulses +12, full band", 48000, periodic(48000, [](int n) { return n % 967 == 100 ? 1 : 0; }), 12, .3, false, both);
  row("white +7", 48000, whiteNoise(48000, 2, 12), 7, .1, true, {{5, 4}, {10, 4}});
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
      Stereo off = limited(*limiter, loud, [](size_t) { return LimiterSettings{}; });
      CHECK(delayed(loud, off, latency), "off is not a pure delay");
      Stereo below = loud;
      scaleToPeak(below, 0);
      const double over = std::max(truePeak(below.l, .5), truePeak(below.r, .5));
      scaleToPeak(below, -1.05 - decibels(over));
      limiter->init(rate, lookaheadMs);
      Stereo on = limited(*limiter, below, [](size_t) { return kAtWork; });
      CHECK(delayed(below, on, latency), "on and below the ceiling is not a pure delay");
      CHECK(limiter->minGain() == 1, "gain %.9f", limiter->minGain());
    }
  // Loud, then quiet: unity comes back exactly.
  auto limiter = newLimiter(48000, 1.5);
  Stereo x = tones(48000, {{1, 6}, {3, -20}});
  Stereo y = limited(*limiter, x, [](size_t) { return kAtWork; });
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
  const auto row = [&](const char* what, double dbfs, const std::function<LimiterSettings(size_t)>& setting) {
    auto limiter = newLimiter(rate, 1.5);
    const Stereo y = limited(*limiter, sine(dbfs), setting);
    const double db = splatterDb(y.l, rate);
    std::printf("%-40s %.1f dB above 3 kHz\n", what, db);
    CHECK(db <= -85, "%s: %.1f dB", what, db);
    return y;
  };
  row("steady, 6 dB of reduction", 5, [](size_t) { return LimiterSettings{true, -1, 200}; });
  row("on, 6 dB over", 5, [](size_t n) { return LimiterSettings{n > 24000, -1, 200}; });
  row("off, 6 dB over", 5, [](size_t n) { return LimiterSettings{n < 24000, -1, 200}; });
  const auto down = [](size_t n) { return LimiterSettings{true, n > 24000 ? -7.0 : -1.0, 200}; };
  const Stereo lowered = row("ceiling −1 → −7", 5, down);
  row("ceiling −7 → −1", 5, [](size_t n) { return LimiterSettings{true, n > 24000 ? -1.0 : -7.0, 200}; });
  const auto highest = [](const Samples& y, size_t from, size_t to) {
    return *std::max_element(y.begin() + from, y.begin() + to);
  };
  near("peak before", rate, decibels(highest(lowered.l, 20000, 23900)), -1, .05, 0);
  near("peak 30 ms after", rate, decibels(highest(lowered.l, 24000 + 1440, 40000)), -7, .05, 0);

  auto limiter = newLimiter(rate, 1.5);
  const Stereo x = sine(5);
  const Stereo y = limited(*limiter, x, [](size_t n) { return LimiterSettings{n < 20000}; });
  CHECK(delayed(x, y, limiter->latencyFrames(), 30000), "no pure delay .2 s after switching off");
}

static void release() {
  const int rate = 48000;
  auto limiter = newLimiter(rate, 1.5);
  limiter->set({true, -1, 100});
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
  const Stereo y = limited(*limiter, panned, [](size_t) { return kAtWork; });
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
      const Stereo y = limited(*limiter, x, [](size_t) { return LimiterSettings{true, -1, 1}; });
      const double needed = amplitude(-1) / 4;
      const int latency = limiter->latencyFrames();
      for (int n = at; n <= at + 1; n++) {
        const double gain = y.r[n + latency] / quiet;
        measured++;
        CHECK(gain <= needed * (1 + 1e-6), "%.2f ms, peak at %d: gain %.6f, needed %.6f", ms, at, gain, needed);
      }
      // The fall begins no sooner than the look-ahead and the filter's reach before the peak, and has no steps back.
      for (int n = latency; n < at + latency; n++)
        CHECK(y.r[n + 1] <= y.r[n], "%.2f ms, peak at %d: a rise %d frames before", ms, at, at + latency - n);
    }
  std::printf("%d gains in time\n", measured);
}

static void state() {
  const Stereo x = kicksAndHats(48000, 2);
  auto limiter = newLimiter(48000, 1.5);
  auto meter = std::make_unique<Loudness>();
  meter->init(48000);
  limiter->set({true, -6, 80});
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
  CHECK(first.size() == second.size(), "%zu samples after a restore, %zu before", second.size(), first.size());
  CHECK(std::memcmp(first.data(), second.data(), first.size() * 4) == 0, "other samples after a restore");
  CHECK(std::memcmp(readings[0], readings[1], sizeof readings[0]) == 0, "other readings after a restore");

  // A sample that is not a number passes, and is forgotten.
  Stereo broken = tones(48000, {{1, 3}, {1, -20}});
  broken.l[1000] = NAN;
  broken.r[2000] = INFINITY;
  const Stereo y = limited(*limiter, broken, [](size_t) { return kAtWork; });
  CHECK(delayed(broken, y, limiter->latencyFrames(), 48000 + 40000), "no return to unity after a NaN");
  for (size_t n = 3000; n < y.l.size(); n++)
    if (!std::isfinite(y.l[n] + y.r[n])) {
      CHECK(false, "frame %zu is not finite", n);
      break;
    }
}
