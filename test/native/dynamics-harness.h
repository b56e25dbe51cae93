// What the sections on the master's dynamics share: stages that run over signals in double, tones and responses.
#pragma once
#include "check.h"
#include "../../src/processors/crest/crest.h"
#include "../../src/processors/dyn-eq/dyn-eq.h"
#include "../../src/processors/glue/glue.h"
#include "../../src/processors/multiband/multiband.h"

#include <cmath>
#include <complex>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

using namespace deskd;
using namespace deskd::DESKD_ISA;

using Samples = std::vector<double>;
struct Stereo {
  Samples l, r;
};

static inline double amplitude(double db) { return std::pow(10, db / 20); }
static inline double decibels(double x) { return 20 * std::log10(x); }

static Samples made(size_t frames, const std::function<double(size_t)>& f) {
  Samples x(frames);
  for (size_t n = 0; n < frames; n++) x[n] = f(n);
  return x;
}
static Samples tone(double rate, double seconds, double hz, double db) {
  return made((size_t)(rate * seconds), [=](size_t n) { return amplitude(db) * std::sin(2 * M_PI * hz * (double)n / rate); });
}
static Samples noise(size_t frames, double level, uint32_t seed) {
  return made(frames, [=](size_t) mutable {
    seed = seed * 1664525u + 1013904223u;
    return level * (double)(int32_t)seed / 2147483648.0;
  });
}
// |Σ x[n]·e^(−iwn)|, the turning pointer by recurrence: within 1e-11 over a second.
static double correlated(const double* x, size_t count, double hz, double rate) {
  const double c = std::cos(2 * M_PI * hz / rate), s = std::sin(2 * M_PI * hz / rate);
  double re = 1, im = 0, sumRe = 0, sumIm = 0;
  for (size_t n = 0; n < count; n++) {
    sumRe += x[n] * re, sumIm += x[n] * im;
    const double turned = re * c - im * s;
    im = im * c + re * s, re = turned;
  }
  return std::hypot(sumRe, sumIm);
}
// Of the sine at `hz` in `count` frames from `from`.
static double toneDb(const Samples& x, size_t from, size_t count, double hz, double rate) {
  return decibels(2 * correlated(&x[from], count, hz, rate) / (double)count);
}
// Gain at `hz` of the filter whose impulse response this is.
static double responseDb(const Samples& x, double hz, double rate) { return decibels(correlated(x.data(), x.size(), hz, rate)); }
static double rmsOfDifferenceDb(const Samples& a, const Samples& b, size_t from = 0) {
  double sum = 0;
  for (size_t n = from; n < a.size(); n++) sum += (a[n] - b[n]) * (a[n] - b[n]);
  return 10 * std::log10(sum / (double)(a.size() - from));
}
static bool sameBits(const Samples& a, const Samples& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

// A stage, its smoothing, and what is set while it runs.
template <class Stage>
struct Bench {
  std::unique_ptr<Stage> stage = std::make_unique<Stage>();
  SmoothingTable table;

  explicit Bench(double rate) {
    static_assert(std::is_trivially_copyable_v<Stage>);
    table.init(rate);
    stage->init(rate, nullptr);
  }
  Stereo run(Stereo x, const std::function<void(Stage&, size_t)>& atFrame = {}) {
    x.l.resize((x.l.size() + kQuantum - 1) / kQuantum * kQuantum);
    x.r.resize(x.l.size());
    alignas(64) double l[kQuantum], r[kQuantum];
    for (size_t n = 0; n < x.l.size(); n += kQuantum) {
      if (atFrame) atFrame(*stage, n);
      std::memcpy(l, &x.l[n], sizeof l), std::memcpy(r, &x.r[n], sizeof r);
      stage->run(table, l, r);
      std::memcpy(&x.l[n], l, sizeof l), std::memcpy(&x.r[n], r, sizeof r);
    }
    return x;
  }
  Samples run(const Samples& x) { return run(Stereo{x, x}).l; }
};

// Conformance §10: (T, R, W) and levels in → out.
struct Golden {
  double threshold, knee;
  int ratio;
  double in[4], out[4];
};
static const Golden kGolden[] = {{-20, 6, 4, {-23, -20, -17, 0}, {-23, -20.5625, -19.25, -15}},
                                 {-20, 12, 2, {-26, -20, -14, 0}, {-26, -20.75, -17, -10}}};
