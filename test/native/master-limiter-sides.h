// Sections on the limiter with its sides apart: links, the release by the programme, the input gain.
#pragma once
#include "master-limiter.h"

struct Gains {
  std::vector<double> l, r;
};
// What came out by what went in, frame by frame: x must never be 0.
static Gains gainsOf(Limiter& limiter, const Stereo& x, const LimiterSettings& settings) {
  const Stereo y = limited(limiter, x, [&](size_t) { return settings; });
  Gains g;
  const int late = limiter.latencyFrames();
  for (size_t n = 0; n + late < x.l.size(); n++) {
    g.l.push_back(y.l[n + late] / x.l[n]);
    g.r.push_back(y.r[n + late] / x.r[n]);
  }
  return g;
}
// Steady levels, segment by segment: a constant has its peaks in its samples.
static Samples levels(int rate, const std::vector<Segment>& segments) {
  Samples x;
  for (const Segment& s : segments) x.insert(x.end(), (size_t)std::llround(s.seconds * rate), (float)amplitude(s.dbfs));
  return x;
}

static void links() {
  const int rate = 48000;
  const auto run = [&](const char* what, double transient, double release, double loudSeconds, bool automatic) {
    auto limiter = newLimiter(rate, 1.5);
    Stereo x;
    x.l = levels(rate, {{.5, -20}, {loudSeconds, 5}, {1, -20}});
    x.r = levels(rate, {{1.5 + loudSeconds, -20}});
    const Gains g = gainsOf(*limiter, x, {true, -1, 50, automatic, 0, transient, release});
    const double left = decibels(g.l[(size_t)(rate * (.5 + loudSeconds)) - 200]), right = decibels(g.r[(size_t)(rate * (.5 + loudSeconds)) - 200]);
    std::printf("%-50s left %.3f right %.3f dB\n", what, left, right);
    CHECK(left <= -5.9, "%s: left %.3f dB", what, left);
    return right;
  };
  const auto is = [](double found, double expected, double tolerance) {
    CHECK(std::fabs(found - expected) <= tolerance, "%.3f dB, expected %.3f", found, expected);
  };
  is(run("all linked", 1, 1, .3, false), -6, .01);
  is(run("all apart", 0, 0, .3, false), 0, 0);
  is(run("all apart, release by the programme", 0, 0, .3, true), 0, 0);
  // Half of the reduction as an amplitude: 1 − (1 − .5)/2.
  is(run("transients linked by half", .5, 0, .3, false), decibels(1 - (1 - amplitude(-6)) / 2), .01);
  // What lasts is linked: little of a short peak, nearly all of a long one.
  const double brief = run("lasting reduction linked, 5 ms", 0, 1, .005, true), lasting = run("lasting reduction linked, .5 s", 0, 1, .5, true);
  CHECK(brief > -1 && lasting < -5.5, "%.2f dB after 5 ms, %.2f after .5 s", brief, lasting);

  // Apart or by half: each side keeps the ceiling by itself, and returns to the bits of its input.
  for (const int points : {4, 8})
    for (const double link : {0.0, .5, 1.0}) {
      Stereo x = kicksAndHats(rate, 2);
      scaleToPeak(x, 6);
      const Stereo quiet = whiteNoise(rate, 5, 5);
      for (size_t n = 0; n < quiet.l.size(); n++) x.l.push_back(quiet.l[n] * .05f), x.r.push_back(quiet.r[n] * .05f);
      x.l = bandLimited(x.l, rate, 20000), x.r = bandLimited(x.r, rate, 20000);
      auto limiter = newLimiter(rate, 1.5, points);
      const Stereo y = limited(*limiter, x, [&](size_t) { return LimiterSettings{true, -1, 50, true, 0, link, 1 - link}; });
      const double limit = amplitude(-1), over = decibels(std::max(truePeak(y.l, .7), truePeak(y.r, .7)) / limit);
      std::printf("%dx, transients linked by %.1f: TP %+.3f dB\n", points, link, over);
      CHECK(samplePeak(y) <= limit, "a sample of %.9f", samplePeak(y));
      CHECK(over <= .1, "true peak %+.3f dB over", over);
      CHECK(delayed(x, y, limiter->latencyFrames(), 48000 * 6), "no pure delay 4 s after the last peak");
    }

  // From one curve to two and back: no step in the gain, and then the bits of a limiter that was never parted.
  Stereo x = kicksAndHats(rate, 6);
  scaleToPeak(x, 6);
  auto limiter = newLimiter(rate, 1.5), plain = newLimiter(rate, 1.5);
  const Stereo y = limited(*limiter, x, [&](size_t n) {
    const bool apart = n > 48000 && n < 96000;
    return LimiterSettings{true, -1, 50, apart, 0, apart ? .3 : 1, apart ? .6 : 1};
  });
  const Stereo z = limited(*plain, x, [&](size_t) { return kAtWork; });
  size_t last = 0;
  for (size_t n = 0; n < y.l.size(); n++)
    if (y.l[n] != z.l[n] || y.r[n] != z.r[n]) last = n;
  std::printf("parted from 1 to 2 s, the last other sample at %.2f s\n", (double)last / rate);
  CHECK(last > 48000 && last < 48000 * 4, "%zu", last);
}

static void automatic() {
  const int rate = 48000;
  // Seconds from the end of what was loud until half of the reduction (in amplitude) is given back.
  const auto halfLife = [&](double loudSeconds) {
    auto limiter = newLimiter(rate, 1.5);
    const Samples x = levels(rate, {{.2, -20}, {loudSeconds, 5}, {1.5, -20}});
    const Gains g = gainsOf(*limiter, {x, x}, {true, -1, 50, true});
    const size_t end = (size_t)(rate * (.2 + loudSeconds));
    size_t n = end;
    while (n < g.l.size() && g.l[n] < .75) n++;
    std::printf("loud for %6.3f s: half of the reduction back after %5.1f ms\n", loudSeconds, 1000.0 * (double)(n - end) / rate);
    return (double)(n - end) / rate;
  };
  const double ln2 = std::log(2), brief = halfLife(.002), lasting = halfLife(2);
  CHECK(std::fabs(brief - .02 * ln2) < .004, "%.4f s after a short peak, expected 20 ms · ln 2", brief);
  CHECK(std::fabs(lasting - .2 * ln2) < .01, "%.4f s after a long one, expected 200 ms · ln 2", lasting);
  CHECK(halfLife(.1) > 2 * brief && halfLife(.2) < lasting, "the release does not go by how long it was loud");

  // Never faster than the release: in one frame at most 1/τ of what is missing to 1.
  for (const auto& [settings, tauMs] : {std::pair{LimiterSettings{true, -1, 30}, 30.0}, std::pair{LimiterSettings{true, -1, 30, true}, 20.0},
                                        std::pair{LimiterSettings{true, -1, 30, false, 0, .5, .5}, 30.0}}) {
    auto limiter = newLimiter(rate, 1.5);
    Noise noise{3};
    Samples x(rate * 3);
    for (size_t n = 0; n < x.size(); n++) x[n] = (float)(amplitude(-12) * (1 + (noise.uniform() > .999 ? 20 * (noise.uniform() + 1) : 0)));
    Samples other(x.rbegin(), x.rend());
    const Gains g = gainsOf(*limiter, {x, other}, settings);
    const double most = 1 - std::exp(-1000 / (tauMs * rate));
    double fastest = 0;
    for (size_t n = 1; n < g.l.size(); n++)
      for (const auto* side : {&g.l, &g.r}) fastest = std::max(fastest, ((*side)[n] - (*side)[n - 1]) / most);
    std::printf("release %.0f ms: steepest rise %.4f of what it may be from silence\n", tauMs, fastest);
    CHECK(fastest > .3 && fastest <= 1, "rises %.4f times as fast as the release", fastest);
  }
}

static void inputGain() {
  const int rate = 48000;
  Samples x(rate);
  for (int n = 0; n < rate; n++) x[n] = (float)(amplitude(-30) * std::sin(2 * M_PI * 997 * n / rate));
  auto limiter = newLimiter(rate, 1.5);
  const Stereo raised = limited(*limiter, {x, x}, [](size_t) { return LimiterSettings{.on = true, .gainDb = 24}; });
  double worst = 0;
  const int late = limiter->latencyFrames();
  for (int n = 0; n + late < rate; n++) worst = std::max(worst, std::fabs(raised.l[n + late] - x[n] * amplitude(24)));
  CHECK(worst < 1e-7, "off by %g", worst);
  const Stereo moved = limited(*limiter, {x, x}, [](size_t n) { return LimiterSettings{.on = true, .gainDb = n < 24000 ? 0.0 : 24.0}; });
  const double db = splatterDb(moved.l, rate);
  std::printf("input gain 0 → 24 dB: %.1f dB above 3 kHz\n", db);
  CHECK(db <= -85, "%.1f dB", db);
  Stereo loud = whiteNoise(rate, 1, 9);
  scaleToPeak(loud, -6);
  const Stereo y = limited(*limiter, loud, [](size_t) { return LimiterSettings{.on = true, .gainDb = 18}; });
  CHECK(samplePeak(y) <= amplitude(-1) && samplePeak(y) > amplitude(-1.1), "driven by 18 dB: peak %.3f dB", decibels(samplePeak(y)));
}
