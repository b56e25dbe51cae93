// What the sections of the master's harness share: checks that print, and signals handed over in quanta.
#pragma once
#include "check.h"
#include "master-signals.h"

#include "../../src/processors/limiter/limiter.h"
#include "../../src/processors/loudness/loudness.h"

#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

using namespace deskd;
using namespace deskd::DESKD_ISA;
using namespace signals;

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
