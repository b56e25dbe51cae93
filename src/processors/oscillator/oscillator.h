// Sine, pink and white noise, one for the desk.
#pragma once
#include "../channel/pan.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

// −3 dB an octave: poles and zeros fitted to 1/√f from 8e-5 to .475 of the sample rate, within .017 dB. So the same filter serves
// every rate: from 15.4 Hz at 192 kHz, below that a plateau.
constexpr int kPinkSections = 8;
constexpr double kPinkPoles[kPinkSections] = {0.9996148617110076, 0.9979516722071121, 0.991709224752766,  0.9678683398118704,
                                              0.8820880748322144, 0.6190592189888476, 0.08122141824546786, -0.6561947282628705};
constexpr double kPinkZeros[kPinkSections] = {0.999030571477058,  0.9958482735650356, 0.9835991549981962,   0.9378574597320909,
                                              0.7829056400301684, 0.378752570898961,  -0.1075639055082662, -0.6760269226807438};
constexpr double kPinkRms = 1.954362646309546;  // of what comes out when white noise of RMS 1 goes in

struct Oscillator {
  SmoothGain gain, octave;  // log2 of the frequency in Hz
  double phase;             // of the sine, in turns
  double pink[kPinkSections + 1];  // the last sample behind each section, and before the first
  float level;
  int32_t on, type, wantedType;
  int32_t used;  // it is on, or still fading

  void init() noexcept {
    octave.jump(__builtin_log2(1000.0));
    level = 0.1258925412f;  // −18 dBFS
  }

  // Uniform noise of RMS 1 that follows from the frame alone (S. Vigna, splitmix64).
  static double white(int64_t frame) noexcept {
    uint64_t z = ((uint64_t)frame + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return ((double)(int64_t)z) * (1.7320508075688772 / 9223372036854775808.0);
  }

  double nextSine(double turnsPerFrame) noexcept {
    const double quarter = phase * 4, t = quarter - (int)quarter;
    phase += turnsPerFrame;
    phase -= (int)phase;
    switch ((int)quarter) {
      case 0: return quarterSine(t);
      case 1: return quarterSine(1 - t);
      case 2: return -quarterSine(t);
      default: return -quarterSine(1 - t);
    }
  }

  double nextPink(double x) noexcept {
    double before = pink[0];
    pink[0] = x;
    for (int i = 0; i < kPinkSections; i++) {
      const double y = x - kPinkZeros[i] * before + kPinkPoles[i] * pink[i + 1];
      before = pink[i + 1];
      pink[i + 1] = x = y;
    }
    return x;
  }

  // Writes the next quantum. A change of type fades out, switches, and fades in.
  void run(const SmoothingTable& table, double sampleRateHz, int64_t frame, double* row) noexcept {
    if (type != wantedType && gain.value == 0 && !gain.moving()) type = wantedType;
    gain.target = on && type == wantedType ? level : 0;
    alignas(64) double gains[kQuantum], octaves[kQuantum];
    gain.run(table, gains);
    const bool sweeping = octave.moving();
    octave.run(table, octaves);
    double step = __builtin_exp2(octaves[0]) / sampleRateHz;
    for (int n = 0; n < kQuantum; n++) {
      if (sweeping) step = __builtin_exp2(octaves[n]) / sampleRateHz;
      if (type == (int)OscillatorType::Sine) row[n] = gains[n] * nextSine(step);
      else if (type == (int)OscillatorType::White) row[n] = gains[n] * white(frame + n);
      else row[n] = gains[n] * nextPink(white(frame + n)) * (1 / kPinkRms);
    }
    used = on || gain.value != 0 || gain.moving();
  }
};

}  // namespace deskd::DESKD_ISA
