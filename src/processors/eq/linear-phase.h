// The master's equaliser without phase: its bands' magnitudes as one FIR filter of constant delay, convolved in partitions of a
// quantum (overlap-save; W. Gardner, "Efficient Convolution without Input-Output Delay", JAES 1995), all alike, so that every
// quantum takes the same time. A new setting is designed in slices, a few a quantum, then faded to.
//
// Left and right with a filter each, then middle and side with one each, are a 2 × 2 matrix of filters: where no band is on
// middle or side, what crosses over is nought and left out.
#pragma once
#include "master-band.h"

namespace deskd::DESKD_ISA {

// In place, split into real and imaginary parts, decimation in time; the input in bit-reversed order. e^(+iωn): no scaling.
struct FftTables {
  // Of the stage whose butterflies reach `half`: cos, sin of π·j/half at [half + j].
  static void fill(double* cosines, double* sines, int size) noexcept {
    for (int half = 1; half < size; half *= 2)
      for (int j = 0; j < half; j++) {
        cosines[half + j] = __builtin_cos(3.141592653589793 * j / half);
        sines[half + j] = __builtin_sin(3.141592653589793 * j / half);
      }
  }
};

static inline int reversedBits(int i, int bits) noexcept {
  uint32_t x = (uint32_t)i;
  x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
  x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
  x = (x >> 4 & 0x0f0f0f0fu) | (x & 0x0f0f0f0fu) << 4;
  x = (x >> 8 & 0x00ff00ffu) | (x & 0x00ff00ffu) << 8;
  x = x >> 16 | x << 16;
  return (int)(x >> (32 - bits));
}

// Butterflies `first` … `first + count − 1` of a stage, in the order of the data; both multiples of kWide where half is.
static inline void runButterflies(double* re, double* im, const double* cosines, const double* sines, int half, int first,
                                  int count, double sign) noexcept {
  for (int i = first; i < first + count;) {
    const int j = i & (half - 1), at = (i - j) * 2 + j;
    double *ar = re + at, *ai = im + at, *br = ar + half, *bi = ai + half;
    if (half >= kWide) {
      const Vd c = loadd(cosines + half + j), s = sign * loadd(sines + half + j);
      const Vd r = loadd(br), t = loadd(bi);
      const Vd x = r * c - t * s, y = r * s + t * c;
      const Vd p = loadd(ar), q = loadd(ai);
      stored(ar, p + x), stored(ai, q + y);
      stored(br, p - x), stored(bi, q - y);
      i += kWide;
    } else {
      const double c = cosines[half + j], s = sign * sines[half + j];
      const double x = *br * c - *bi * s, y = *br * s + *bi * c;
      *br = *ar - x, *bi = *ai - y;
      *ar += x, *ai += y;
      i++;
    }
  }
}

struct LinearPhaseEq {
  static constexpr int kBins = kQuantum;             // of a transform of two quanta; Nyquist stands beside DC
  static constexpr int kSize = 2 * kQuantum, kBits = 6;
  static_assert(1 << kBits == kSize);
  static constexpr int kSpectrum = 2 * kBins;        // floats: real parts, imaginary parts
  enum Filter { kLeftToLeft, kRightToRight, kRightToLeft, kLeftToRight, kFilters };

  int32_t taps, bits, partitions, set;               // set: of the two that the filters are in, the one in force
  int32_t crosses[2];                                // by set: something crosses over
  int32_t position;                                  // of the newest spectrum of the input
  int32_t stale, cleared;                            // the settings are others than were last designed; the past is to be forgotten
  int32_t fadeLeft, fadeQuanta;
  enum Phase { kResting, kMagnitudes, kTransform, kPartitions, kFade };
  int32_t phase, at, stage, pair;                    // of the design
  int64_t history, filters, bufferAt, tableAt;       // places in the memory, in doubles
  alignas(64) double before[2][kQuantum];            // the quantum before: left, right
  alignas(64) double smallCos[kSize], smallSin[kSize];

  // What a design is made of: the bands as they were when it began.
  struct Curve {
    double b0, b1, b2, a0, a1, a2;  // |H|² = (b0·φ0 + b1·φ1 + b2·φ2)/(a0·φ0 + …), see band-design.h
    int32_t mode;
  } curve[kMasterBandCount];
  int32_t curves;

  // Doubles of memory that so many taps take.
  static int64_t memoryDoubles(int taps) noexcept {
    const int64_t spectra = (int64_t)(taps / kQuantum) * kSpectrum / 2;
    return spectra * 2 + spectra * kFilters * 2 + 2 * taps + 2 * taps;
  }

  // `tapCount`: a power of two.
  void init(int tapCount, double sampleRateHz) noexcept {
    *this = LinearPhaseEq{};
    taps = tapCount;
    bits = __builtin_ctz((unsigned)taps);
    partitions = taps / kQuantum;
    const int64_t spectra = (int64_t)partitions * kSpectrum / 2;
    history = 0;
    filters = 2 * spectra;
    bufferAt = filters + 2 * kFilters * spectra;
    tableAt = bufferAt + 2 * taps;
    fadeQuanta = (int)(kFadeSeconds * sampleRateHz / kQuantum) + 1;
    FftTables::fill(smallCos, smallSin, kSize);
    stale = 1;
    phase = kResting;
  }

  int latencyFrames() const noexcept { return taps / 2; }
  bool isReady() const noexcept { return phase == kResting && !stale; }

  // [audio thread] In place over kQuantum frames. `jump`: what is set holds at once, however long that takes to design.
  void run(MasterBand* bands, double sampleRateHz, bool jump, double* memory, double* left, double* right) noexcept {
    if (cleared) {
      __builtin_memset(memory + history, 0, (size_t)(filters - history) * sizeof(double));
      __builtin_memset(before, 0, sizeof before);
      cleared = 0;
    }
    if (jump) {
      begin(bands, sampleRateHz, memory);
      while (phase != kFade) design(memory);
      finish();
    } else if (phase == kResting && stale) {
      begin(bands, sampleRateHz, memory);
    } else if (phase != kResting && phase != kFade) {
      design(memory);
    }
    takeIn(memory, left, right);
    alignas(64) double out[2][kQuantum];
    convolve(memory, set, left, right);
    if (phase != kFade) return;
    convolve(memory, 1 - set, out[0], out[1]);
    for (int n = 0; n < kQuantum; n++) {
      const double done = (double)((fadeQuanta - fadeLeft) * kQuantum + n + 1) / (fadeQuanta * kQuantum);
      const double w = 0.5 - 0.5 * __builtin_cos(3.141592653589793 * done);
      left[n] += w * (out[0][n] - left[n]);
      right[n] += w * (out[1][n] - right[n]);
    }
    if (--fadeLeft == 0) finish();
  }

 private:
  static constexpr double kFadeSeconds = 0.04;
  // Of a quantum's share of a design.
  static constexpr int kBinsAtOnce = 256, kButterfliesAtOnce = 1024, kPartitionsAtOnce = 4;

  float* spectrum(double* memory, int side, int slot) const noexcept {
    return (float*)(memory + history) + ((int64_t)side * partitions + slot) * kSpectrum;
  }
  float* filter(double* memory, int which, int f) const noexcept {
    return (float*)(memory + filters) + (int64_t)(which * kFilters + f) * partitions * kSpectrum;
  }
  void finish() noexcept {
    set = 1 - set;
    phase = kResting;
  }

  // ---- Design

  void begin(const MasterBand* bands, double sampleRateHz, double* memory) noexcept {
    double* tables = memory + tableAt;
    if (tables[2] == 0) FftTables::fill(tables, tables + taps, taps);
    stale = curves = 0;
    int32_t cross = 0;
    for (int b = 0; b < kMasterBandCount; b++) {
      const MasterBand& band = bands[b];
      if (!band.on) continue;
      const double hz = __builtin_exp2(band.octave.target), highest = kHighestNorm * sampleRateHz;
      const double w = (hz < highest ? hz : highest) * (6.283185307179586 / sampleRateHz);
      const double gainDb = band.gainDb.target, size = gainDb < 0 ? -gainDb : gainDb;
      const BandType type = (BandType)band.wantedType;
      if (size < 1e-4 && (type == BandType::Bell || type == BandType::LowShelf || type == BandType::HighShelf)) continue;
      const Section s = designSection(type, splatd(w), splatd(gainDb), splatd(size), exp2(splatd(band.octaveQ.target)));
      const double atDc = s.atDc[0], atNyquist = s.atNyquist[0], zeroDc = s.gainDc[0] * atDc, zeroNyquist = s.gainNyquist[0] * atNyquist;
      const double sum = 0.5 * (zeroDc + zeroNyquist), tilt = s.tilt[0];
      curve[curves++] = {zeroDc * zeroDc, zeroNyquist * zeroNyquist, -(sum + tilt) * (sum - tilt),
                         atDc * atDc,     atNyquist * atNyquist,     -4 * (1 - s.spread[0]),
                         band.wantedMode};
      cross |= band.wantedMode == (int)BandMode::Mid || band.wantedMode == (int)BandMode::Side;
    }
    crosses[1 - set] = cross;
    pair = 0;
    phase = kMagnitudes;
    at = 0;
  }

  // A slice.
  void design(double* memory) noexcept {
    double *re = memory + bufferAt, *im = re + taps;
    const double *cosines = memory + tableAt, *sines = cosines + taps;
    switch (phase) {
      case kMagnitudes:
        writeMagnitudes(re, im);
        if (at > taps / 2) phase = kTransform, stage = at = 0;
        return;
      case kTransform:
        runButterflies(re, im, cosines, sines, 1 << stage, at, kButterfliesAtOnce, 1);
        at += kButterfliesAtOnce;
        if (at >= taps / 2) at = 0, stage++;
        if (stage == bits) phase = kPartitions, at = 0;
        return;
      case kPartitions:
        for (int i = 0; i < kPartitionsAtOnce; i++, at++) writePartition(memory, at);
        if (at < partitions) return;
        at = 0;
        if (pair == 0 && crosses[1 - set]) pair = 1, phase = kMagnitudes;
        else phase = kFade, fadeLeft = fadeQuanta;
        return;
    }
  }

  // Bins at … of what goes left to left and right to right, or crosses over, as real and imaginary parts: both become
  // filters around nought, and e^(iπk) takes them to the middle of the taps.
  void writeMagnitudes(double* re, double* im) noexcept {
    for (int end = at + kBinsAtOnce; at < end && at <= taps / 2; at += kWide) {
      Vd w;
      for (int i = 0; i < kWide; i++) w[i] = 1.5707963267948966 * (at + i < taps / 2 ? at + i : taps / 2) / (taps / 2);
      const SinCos t = sincos(w);
      const Vd phi0 = t.cos * t.cos, phi1 = t.sin * t.sin, phi2 = 4.0 * phi0 * phi1;
      Vd part[5];  // BandMode
      for (Vd& p : part) p = splatd(1);
      for (int c = 0; c < curves; c++) {
        const Curve& k = curve[c];
        const Vd b = k.b0 * phi0 + k.b1 * phi1 + k.b2 * phi2, a = k.a0 * phi0 + k.a1 * phi1 + k.a2 * phi2;
        part[k.mode] *= max(b, Vd{}) / a;
      }
      const auto root = [&](BandMode mode) { return sqrt(part[(int)mode]); };
      const Vd both = root(BandMode::Stereo), m = root(BandMode::Mid), s = root(BandMode::Side);
      const Vd l = both * root(BandMode::Left), r = both * root(BandMode::Right);
      const Vd own = 0.5 * (m + s), cross = 0.5 * (m - s);
      const Vd x = pair ? cross * r : own * l, y = pair ? cross * l : own * r;
      for (int i = 0; i < kWide && at + i <= taps / 2; i++) {
        const int k = at + i, mirror = (taps - k) & (taps - 1);
        const double sign = k % 2 ? -1.0 : 1.0;
        const int to = reversedBits(k, bits), also = reversedBits(mirror, bits);
        re[to] = re[also] = sign * x[i];
        im[to] = im[also] = sign * y[i];
      }
    }
  }

  // The outer eighth on either side goes to nought softly; the first tap has no partner.
  double window(int n) const noexcept {
    const int edge = taps / 8, from = n < taps - n ? n : taps - n;
    if (from >= edge) return 1;
    return 0.5 - 0.5 * __builtin_cos(3.141592653589793 * from / edge);
  }

  void writePartition(double* memory, int p) noexcept {
    const double *re = memory + bufferAt, *im = re + taps;
    alignas(64) double x[kSize], y[kSize];
    // 1/taps for the long transform, 1/kSize for the one that brings the signal back.
    const double scale = 1.0 / ((double)taps * kSize);
    for (int n = 0; n < kQuantum; n++) {
      const int tap = p * kQuantum + n;
      const double w = scale * window(tap);
      x[reversedBits(n, kBits)] = w * re[tap], y[reversedBits(n, kBits)] = w * im[tap];
      x[reversedBits(n + kQuantum, kBits)] = y[reversedBits(n + kQuantum, kBits)] = 0;
    }
    float* a = filter(memory, 1 - set, pair ? kRightToLeft : kLeftToLeft) + p * kSpectrum;
    float* b = filter(memory, 1 - set, pair ? kLeftToRight : kRightToRight) + p * kSpectrum;
    transform(x, y, -1);
    separate(x, y, a, b);
  }

  // ---- Convolution

  void transform(double* re, double* im, double sign) const noexcept {
    for (int half = 1; half < kSize; half *= 2) runButterflies(re, im, smallCos, smallSin, half, 0, kSize / 2, sign);
  }

  // The spectra of two real signals from that of the first + i·the second.
  static void separate(const double* re, const double* im, float* a, float* b) noexcept {
    a[0] = (float)re[0], b[0] = (float)im[0];
    a[kBins] = (float)re[kBins], b[kBins] = (float)im[kBins];  // Nyquist
    for (int k = 1; k < kBins; k++) {
      const int m = kSize - k;
      a[k] = (float)(0.5 * (re[k] + re[m])), a[kBins + k] = (float)(0.5 * (im[k] - im[m]));
      b[k] = (float)(0.5 * (im[k] + im[m])), b[kBins + k] = (float)(0.5 * (re[m] - re[k]));
    }
  }

  void takeIn(double* memory, const double* left, const double* right) noexcept {
    alignas(64) double re[kSize], im[kSize];
    for (int n = 0; n < kQuantum; n++) {
      const int old = reversedBits(n, kBits), now = reversedBits(n + kQuantum, kBits);
      re[old] = before[0][n], im[old] = before[1][n];
      re[now] = before[0][n] = left[n], im[now] = before[1][n] = right[n];
    }
    transform(re, im, -1);
    position = position ? position - 1 : partitions - 1;
    separate(re, im, spectrum(memory, 0, position), spectrum(memory, 1, position));
  }

  // sum += spectra · filters, partition by partition: the newest spectrum with the first.
  void accumulate(double* memory, int side, const float* h, float* sum) const noexcept {
    constexpr int vectors = kBins / kLanes;
    Vf re[vectors], im[vectors];
    for (int v = 0; v < vectors; v++) re[v] = load(sum + v * kLanes), im[v] = load(sum + kBins + v * kLanes);
    float dc = sum[0], nyquist = sum[kBins];
    const float* x = spectrum(memory, side, position);
    const float* const end = spectrum(memory, side, 0) + (int64_t)partitions * kSpectrum;
    for (int p = 0; p < partitions; p++, h += kSpectrum) {
      dc += x[0] * h[0];
      nyquist += x[kBins] * h[kBins];
      for (int v = 0; v < vectors; v++) {
        const Vf xr = load(x + v * kLanes), xi = load(x + kBins + v * kLanes);
        const Vf hr = load(h + v * kLanes), hi = load(h + kBins + v * kLanes);
        re[v] = fnma(xi, hi, fma(xr, hr, re[v]));
        im[v] = fma(xi, hr, fma(xr, hi, im[v]));
      }
      x += kSpectrum;
      if (x == end) x = spectrum(memory, side, 0);
    }
    for (int v = 0; v < vectors; v++) store(sum + v * kLanes, re[v]), store(sum + kBins + v * kLanes, im[v]);
    sum[0] = dc, sum[kBins] = nyquist;
  }

  void convolve(double* memory, int which, double* left, double* right) const noexcept {
    alignas(64) float a[kSpectrum] = {}, b[kSpectrum] = {};
    accumulate(memory, 0, filter(memory, which, kLeftToLeft), a);
    accumulate(memory, 1, filter(memory, which, kRightToRight), b);
    if (crosses[which]) {
      accumulate(memory, 1, filter(memory, which, kRightToLeft), a);
      accumulate(memory, 0, filter(memory, which, kLeftToRight), b);
    }
    alignas(64) double re[kSize], im[kSize];
    const auto put = [&](int k, double x, double y) { re[reversedBits(k, kBits)] = x, im[reversedBits(k, kBits)] = y; };
    put(0, a[0], b[0]);
    put(kBins, a[kBins], b[kBins]);
    for (int k = 1; k < kBins; k++) {
      put(k, (double)a[k] - b[kBins + k], (double)a[kBins + k] + b[k]);
      put(kSize - k, (double)a[k] + b[kBins + k], (double)b[k] - a[kBins + k]);
    }
    transform(re, im, 1);
    for (int n = 0; n < kQuantum; n++) left[n] = re[kQuantum + n], right[n] = im[kQuantum + n];
  }
};

}  // namespace deskd::DESKD_ISA
