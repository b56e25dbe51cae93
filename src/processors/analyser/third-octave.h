// A bank of 31 third-octave filters, 20 Hz to 20 kHz, one band a lane, in f64 at the full rate.
// Butterworth band-passes of the eighth order (IEC 61260-1 class 1 with the limits of 1995 and 2014 from 48 kHz up; at
// 44.1 kHz the 20 kHz band ends at the Nyquist frequency). The sixth order usual in analogue meters misses the limits below
// the highest bands, where the bilinear transform widens the lower skirt.
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

constexpr int kThirdOctaves = 31, kThirdOctaveLanes = 32;
constexpr int kThirdOctaveSections = 4;

struct ThirdOctaveDesign {
  alignas(64) double gain[kThirdOctaveLanes];
  alignas(64) double a1[kThirdOctaveSections][kThirdOctaveLanes], a2[kThirdOctaveSections][kThirdOctaveLanes];

  void init(double sampleRateHz) noexcept {
    for (int lane = 0; lane < kThirdOctaveLanes; lane++) {
      gain[lane] = 0;
      for (int s = 0; s < kThirdOctaveSections; s++) a1[s][lane] = a2[s][lane] = 0;
    }
    for (int band = 0; band < kThirdOctaves; band++) designBand(band, sampleRateHz);
  }

 private:
  struct Complex {
    double re, im;
  };
  static Complex times(Complex a, Complex b) noexcept { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
  static Complex over(Complex a, Complex b) noexcept {
    const double n = b.re * b.re + b.im * b.im;
    return {(a.re * b.re + a.im * b.im) / n, (a.im * b.re - a.re * b.im) / n};
  }
  static Complex root(Complex a) noexcept {
    const double size = __builtin_sqrt(__builtin_sqrt(a.re * a.re + a.im * a.im)), angle = __builtin_atan2(a.im, a.re) / 2;
    return {size * __builtin_cos(angle), size * __builtin_sin(angle)};
  }

  void designBand(int band, double sampleRateHz) noexcept {
    constexpr double pi = 3.14159265358979323846;
    const auto warped = [&](double hz) {
      const double highest = 0.4999 * sampleRateHz;
      return __builtin_tan(pi * (hz < highest ? hz : highest) / sampleRateHz);
    };
    const double exponent = (band - 17) / 10.0;
    const double centreHz = 1000 * __builtin_pow(10, exponent);
    const double low = warped(centreHz * __builtin_pow(10, -0.05)), high = warped(centreHz * __builtin_pow(10, 0.05));
    const double width = high - low, centreSquared = low * high;
    const double w = 2 * pi * centreHz / sampleRateHz;
    const Complex z1{__builtin_cos(w), -__builtin_sin(w)}, z2 = times(z1, z1);
    double magnitude = 1;
    // Each pole p of the low-pass prototype gives two: s = (p·width ± √(p²·width² − 4·centre²))/2, of which those above
    // the real axis stand for their conjugates too.
    for (int k = 0, section = 0; k < kThirdOctaveSections; k++) {
      const double angle = pi * (2 * k + kThirdOctaveSections + 1) / (2 * kThirdOctaveSections);
      const Complex b{width * __builtin_cos(angle), width * __builtin_sin(angle)};
      Complex d = times(b, b);
      d.re -= 4 * centreSquared;
      d = root(d);
      for (int sign = -1; sign <= 1; sign += 2) {
        const Complex s{(b.re + sign * d.re) / 2, (b.im + sign * d.im) / 2};
        if (s.im < 0 || section == kThirdOctaveSections) continue;
        const Complex pole = over({1 + s.re, s.im}, {1 - s.re, -s.im});
        const double c1 = -2 * pole.re, c2 = pole.re * pole.re + pole.im * pole.im;
        a1[section][band] = c1;
        a2[section][band] = c2;
        const Complex h = over({1 - z2.re, -z2.im}, {1 + c1 * z1.re + c2 * z2.re, c1 * z1.im + c2 * z2.im});
        magnitude *= __builtin_sqrt(h.re * h.re + h.im * h.im);
        section++;
      }
    }
    gain[band] = 1 / magnitude;
  }
};

struct ThirdOctaveBank {
  alignas(64) double u1[2][kThirdOctaveSections][kThirdOctaveLanes], t2[2][kThirdOctaveSections][kThirdOctaveLanes];
  alignas(64) double power[kThirdOctaveLanes];  // mean squares, averaged; of both sides where there are two

  void clear() noexcept { *this = ThirdOctaveBank{}; }

  // [audio thread] 32 frames; `right` is null for a mono signal. `step`: of the averaging, a quantum.
  void process(const ThirdOctaveDesign& design, const float* left, const float* right, double step) noexcept {
    alignas(64) double energy[kThirdOctaveLanes];
    for (double& e : energy) e = 0;
    runSide(design, 0, left, energy);
    if (right) runSide(design, 1, right, energy);
    const double scale = right ? 0.5 / kQuantum : 1.0 / kQuantum;
    double check = 0;
    for (int i = 0; i < kThirdOctaveLanes; i++) {
      power[i] += step * (energy[i] * scale - power[i]);
      check += power[i] * 0;
    }
    // A tap before a strip's end may carry what is not finite.
    if (check != 0) clear();
  }

 private:
  // y = x − x(−2) − a1·y(−1) − a2·y(−2), four times over; u1 and t2 are what the next frame needs of the two before.
  void runSide(const ThirdOctaveDesign& design, int side, const float* x, double* energy) noexcept {
    for (int v = 0; v < kThirdOctaveLanes; v += kWide) {
      Vd a1[kThirdOctaveSections], a2[kThirdOctaveSections], u[kThirdOctaveSections], t[kThirdOctaveSections];
      for (int s = 0; s < kThirdOctaveSections; s++) {
        a1[s] = loadd(design.a1[s] + v), a2[s] = loadd(design.a2[s] + v);
        u[s] = loadd(u1[side][s] + v), t[s] = loadd(t2[side][s] + v);
      }
      const Vd gain = loadd(design.gain + v);
      Vd sum = loadd(energy + v);
      for (int n = 0; n < kQuantum; n++) {
        Vd in = gain * (double)x[n];
#pragma GCC unroll 4
        for (int s = 0; s < kThirdOctaveSections; s++) {
          const Vd out = in - u[s];
          u[s] = fma(a1[s], out, t[s]);
          t[s] = fma(a2[s], out, in);
          in = out;
        }
        sum = fma(in, in, sum);
      }
      for (int s = 0; s < kThirdOctaveSections; s++) stored(u1[side][s] + v, u[s]), stored(t2[side][s] + v, t[s]);
      stored(energy + v, sum);
    }
  }
};

}  // namespace deskd::DESKD_ISA
