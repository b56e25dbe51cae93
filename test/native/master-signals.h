// Synthesised programme for the tests of the master: EBU Tech 3341 and 3342, limiter torture, pseudo-music.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace signals {

using Samples = std::vector<float>;
struct Stereo {
  Samples l, r;
};

inline double amplitude(double db) { return std::pow(10, db / 20); }
inline double decibels(double x) { return 20 * std::log10(x); }

struct Noise {
  uint32_t state = 1;
  double uniform() {  // −1…1
    state = state * 1664525u + 1013904223u;
    return (double)(int32_t)state / 2147483648.0;
  }
  double gaussian() {
    double sum = 0;
    for (int i = 0; i < 12; i++) sum += uniform();
    return sum / 2;
  }
};

struct Segment {
  double seconds, dbfs;
};
constexpr double kSilence = -INFINITY;

// A 1 kHz tone of steps in level, phase-continuous, the same in both channels.
inline Stereo tones(int rate, const std::vector<Segment>& segments) {
  std::vector<float> period(rate / 100);  // 10 ms hold 10 periods at every rate
  for (size_t i = 0; i < period.size(); i++) period[i] = (float)std::sin(2 * M_PI * 1000 * (double)i / rate);
  Samples x;
  for (const Segment& s : segments) {
    const size_t end = x.size() + (size_t)std::llround(s.seconds * rate);
    const float gain = (float)amplitude(s.dbfs);
    while (x.size() < end) x.push_back(gain * period[x.size() % period.size()]);
  }
  return {x, x};
}
inline std::vector<Segment> repeat(const std::vector<Segment>& segments, int times) {
  std::vector<Segment> all;
  for (int i = 0; i < times; i++) all.insert(all.end(), segments.begin(), segments.end());
  return all;
}

// Low-pass of an odd number of taps, Kaiser-windowed; the cutoff in parts of the rate of x.
inline std::vector<double> lowPass(int taps, double cutoff, double beta) {
  std::vector<double> h(taps);
  for (int i = 0; i < taps; i++) {
    const double t = i - (taps - 1) / 2, edge = 2 * t / (taps - 1);
    const double sinc = t == 0 ? 2 * cutoff : std::sin(2 * M_PI * cutoff * t) / (M_PI * t);
    h[i] = sinc * std::cyl_bessel_i(0, beta * std::sqrt(1 - edge * edge)) / std::cyl_bessel_i(0, beta);
  }
  return h;
}
inline Samples bandLimited(const Samples& x, int rate, double topHz) {
  const std::vector<double> taps = lowPass(511, topHz / rate, 8);
  const std::vector<float> h(taps.begin(), taps.end());
  Samples padded(255), y(x.size());
  padded.insert(padded.end(), x.begin(), x.end());
  padded.resize(padded.size() + 255);
  for (int k = 0; k < 511; k++)
    for (size_t n = 0; n < y.size(); n++) y[n] += h[k] * padded[n + k];
  return y;
}

// Cases 15–19: a tone of rate/divisor with 10 ms fades.
inline Stereo peakTone(int rate, int divisor, double level, double degrees) {
  Samples x(rate);
  const int fade = rate / 100;
  for (int n = 0; n < rate; n++) {
    const int edge = std::min(n, rate - 1 - n);
    const double gain = edge < fade ? .5 - .5 * std::cos(M_PI * (edge + .5) / fade) : 1;
    x[n] = (float)(gain * level * std::sin(2 * M_PI * n / divisor + degrees * M_PI / 180));
  }
  return {x, x};
}

// Cases 20–23: at four times the rate one period of rate/4 at 1.0 within rate/6 at .5, low-passed and decimated.
inline Stereo peakBurst(int rate, int offset) {
  std::vector<double> x;
  const auto tone = [&](int period, int periods, double level) {
    for (int i = 0; i < period * periods; i++) x.push_back(level * std::sin(2 * M_PI * i / period));
  };
  tone(24, 1000, .5);
  tone(16, 1, 1);
  tone(24, 1000, .5);
  const size_t fade = rate / 25;
  for (size_t i = 0; i < fade; i++) {
    const double gain = .5 - .5 * std::cos(M_PI * (double)i / (double)fade);
    x[i] *= gain;
    x[x.size() - 1 - i] *= gain;
  }
  const std::vector<double> h = lowPass(1023, .46 / 4, 12);
  Samples y;
  for (size_t n = offset; n < x.size(); n += 4) {
    double sum = 0;
    for (size_t k = 0; k < h.size(); k++)
      if (n + k >= 511 && n + k - 511 < x.size()) sum += h[k] * x[n + k - 511];
    y.push_back((float)sum);
  }
  return {y, y};
}

inline void scaleToPeak(Stereo& x, double dbfs) {
  float peak = 0;
  for (size_t n = 0; n < x.l.size(); n++) peak = std::max({peak, std::fabs(x.l[n]), std::fabs(x.r[n])});
  const float gain = (float)(amplitude(dbfs) / peak);
  for (float& y : x.l) y *= gain;
  for (float& y : x.r) y *= gain;
}

inline Stereo whiteNoise(int rate, double seconds, uint32_t seed) {
  Noise noise{seed};
  Stereo x{Samples((size_t)(rate * seconds)), Samples((size_t)(rate * seconds))};
  for (float& y : x.l) y = (float)noise.gaussian();
  for (float& y : x.r) y = (float)noise.gaussian();
  return x;
}
// Paul Kellet's economical filter: within .5 dB of −3 dB an octave.
inline Stereo pinkNoise(int rate, double seconds, uint32_t seed) {
  Stereo x = whiteNoise(rate, seconds, seed);
  for (Samples* channel : {&x.l, &x.r}) {
    double a = 0, b = 0, c = 0;
    for (float& y : *channel) {
      a = .99765 * a + y * .0990460;
      b = .96300 * b + y * .2965164;
      c = .57000 * c + y * 1.0526913;
      y = (float)(a + b + c + y * .1848);
    }
  }
  return x;
}

inline void addKick(Samples& x, int rate, double atSeconds, double level) {
  double phase = 0;
  for (int n = 0; n < rate / 4; n++) {
    const double t = (double)n / rate;
    phase += 2 * M_PI * (50 + 150 * std::exp(-t / .02)) / rate;
    const size_t at = (size_t)(atSeconds * rate) + n;
    if (at < x.size()) x[at] += (float)(level * std::exp(-t / .08) * std::sin(phase));
  }
}
inline void addHat(Samples& x, int rate, double atSeconds, double level, Noise& noise) {
  double before = 0;
  for (int n = 0; n < rate / 20; n++) {
    const double now = noise.uniform();
    const size_t at = (size_t)(atSeconds * rate) + n;
    if (at < x.size()) x[at] += (float)(level * std::exp(-(double)n / rate / .012) * (now - before));
    before = now;
  }
}
inline Stereo kicksAndHats(int rate, double seconds) {
  Stereo x{Samples((size_t)(rate * seconds)), Samples((size_t)(rate * seconds))};
  Noise noise{7};
  for (double t = 0; t < seconds; t += .25) {
    addKick(x.l, rate, t, 1);
    addKick(x.r, rate, t, 1);
    addHat(x.l, rate, t + .125, .6, noise);
    addHat(x.r, rate, t, .6, noise);
  }
  return x;
}

// Chords of decaying partials, kicks and hats, loud and quiet parts: something for every gate.
inline Stereo pseudoMusic(int rate, double seconds) {
  Stereo x{Samples((size_t)(rate * seconds)), Samples((size_t)(rate * seconds))};
  Noise noise{42};
  for (double t = 0; t < seconds; t += .5) {
    const double part = std::fmod(t, 20) < 12 ? 1 : std::fmod(t, 20) < 16 ? .25 : .04;
    for (int note = 0; note < 4; note++) {
      const double frequency = 110 * std::pow(2, std::floor(12 * (noise.uniform() + 1)) / 12 + note / 3.0);
      const double pan = .5 + .4 * noise.uniform();
      for (int partial = 1; partial <= 5; partial++) {
        double s = std::sin(noise.uniform() * M_PI), c = std::sqrt(1 - s * s);
        const double w = 2 * M_PI * frequency * partial / rate, cw = std::cos(w), sw = std::sin(w);
        const double level = .12 * part / partial, decay = std::exp(-1 / (.4 * rate));
        double envelope = level;
        for (size_t n = (size_t)(t * rate); n < (size_t)((t + .5) * rate) && n < x.l.size(); n++) {
          x.l[n] += (float)(envelope * pan * s);
          x.r[n] += (float)(envelope * (1 - pan) * s);
          envelope *= decay;
          const double next = s * cw + c * sw;
          c = c * cw - s * sw;
          s = next;
        }
      }
    }
    addKick(x.l, rate, t, .5 * part);
    addKick(x.r, rate, t, .5 * part);
    addHat(x.l, rate, t + .25, .15 * part, noise);
    addHat(x.r, rate, t + .25, .25 * part, noise);
  }
  return x;
}

// True peak by 32 phases of 96 taps, independent of what is tested; only where a peak above `floor` can be.
inline double truePeak(const Samples& x, double floor) {
  constexpr int phases = 32, reach = 48;
  static std::vector<float> table;
  if (table.empty()) {
    const double beta = 9;
    for (int p = 0; p < phases; p++)
      for (int k = -reach + 1; k <= reach; k++) {
        const double t = k - (double)p / phases, edge = t / reach;
        const double sinc = t == 0 ? 1 : std::sin(M_PI * t) / (M_PI * t);
        const double rest = std::sqrt(std::max(0.0, 1 - edge * edge));
        const double window = std::cyl_bessel_i(0, beta * rest) / std::cyl_bessel_i(0, beta);
        table.push_back((float)(sinc * window));
      }
  }
  Samples padded(reach);
  padded.insert(padded.end(), x.begin(), x.end());
  padded.resize(padded.size() + reach);
  double highest = 0;
  for (size_t n = reach; n + reach < padded.size(); n++) {
    float near = 0;
    for (int k = -1; k <= 2; k++) near = std::max(near, std::fabs(padded[n + k]));
    highest = std::max(highest, (double)near);
    if (near < floor) continue;
    for (int p = 1; p < phases; p++) {
      float sums[4]{};
      const float* h = &table[(size_t)p * 2 * reach];
      const float* at = &padded[n - reach + 1];
      for (int k = 0; k < 2 * reach; k += 4)
        for (int j = 0; j < 4; j++) sums[j] += h[k + j] * at[k + j];
      highest = std::max(highest, (double)std::fabs(sums[0] + sums[1] + sums[2] + sums[3]));
    }
  }
  return highest;
}

}  // namespace signals
