#include "quantiser.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace deskd {
namespace {

// The triangular noise of one sample in LSB, from its place alone (the finaliser of SplitMix64, Steele et al. 2014).
double tpdfLsb(uint64_t seed, uint64_t frame, uint64_t channel) {
  uint64_t z = seed + (frame + 1) * 0x9E3779B97F4A7C15u + channel * 0xD1B54A32D192ED03u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  z ^= z >> 31;
  constexpr double kUnit = 1.0 / 4294967296.0;
  return (static_cast<double>(z >> 32) - static_cast<double>(z & 0xFFFFFFFFu)) * kUnit;
}

double finiteOrZero(float x) { return std::isfinite(x) ? static_cast<double>(x) : 0.0; }

// The nearest whole number in the range, halves upwards. Without a call, so that loops of it are vectors.
int32_t wholeOf(double scaled, double fullScale) {
  const double up = scaled + 0.5;
  const double bounded = up < -fullScale ? -fullScale : up > fullScale - 1 ? fullScale - 1 : up;
  const auto towardsNought = static_cast<int32_t>(bounded);
  return towardsNought - (towardsNought > bounded);
}

// The threshold of hearing in dB (Terhardt, "Calculating virtual pitch", Hearing Research 1979).
double thresholdDb(double hz) {
  const double khz = std::max(hz, 20.0) / 1000;
  return 3.64 * std::pow(khz, -.8) - 6.5 * std::exp(-.6 * (khz - 3.3) * (khz - 3.3)) + .001 * std::pow(khz, 4);
}

}  // namespace

// Linear prediction (Levinson, Durbin): the filter that whitens the inverse of a spectrum has nearly that spectrum itself, and
// of all that begin with 1 it adds the least power (Gerzon and Craven, "Optimal noise shaping and dither", AES 87, 1989).
int noiseShape(Dither dither, double sampleRateHz, double* tap) {
  const bool strong = dither == Dither::strong;
  if (!strong && dither != Dither::light) return 0;
  const int taps = strong ? 9 : 3;
  const double share = strong ? .6 : .3, mostDb = strong ? 40 : 30;
  constexpr int kPoints = 1024, kMostTaps = 9;
  double correlation[kMostTaps + 1] = {};
  for (int i = 0; i < kPoints; i++) {
    const double place = (i + .5) / kPoints;  // of half the rate
    const double power = std::pow(10, -std::min(share * thresholdDb(place * sampleRateHz / 2), mostDb) / 10);
    for (int k = 0; k <= taps; k++) correlation[k] += power * std::cos(std::numbers::pi * place * k);
  }
  double filter[kMostTaps + 1] = {1}, rest = correlation[0];
  for (int i = 1; i <= taps; i++) {
    double sum = 0;
    for (int k = 0; k < i; k++) sum += filter[k] * correlation[i - k];
    const double reflection = -sum / rest;
    double next[kMostTaps + 1];
    std::copy(filter, filter + kMostTaps + 1, next);
    for (int k = 1; k <= i; k++) next[k] = filter[k] + reflection * filter[i - k];
    std::copy(next, next + kMostTaps + 1, filter);
    rest *= 1 - reflection * reflection;
  }
  std::copy(filter + 1, filter + 1 + taps, tap);
  return taps;
}

Quantiser::Quantiser(const QuantiserSpec& spec)
    : channels_(spec.channels),
      fullScale_(std::ldexp(1.0, spec.bits - 1)),
      dither_(spec.dither != Dither::standard ? spec.dither : spec.bits < 24 ? Dither::tpdf : Dither::none),
      seed_(spec.seed),
      taps_(noiseShape(dither_, spec.sampleRateHz, tap_)),
      errors_(static_cast<size_t>(std::max(spec.channels, 0)) * kMostTaps) {}

bool Quantiser::fits(const float* frame) const {
  for (int c = 0; c < channels_; c++) {
    const double scaled = finiteOrZero(frame[c]) * fullScale_;
    if (scaled != std::floor(scaled)) return false;
  }
  return true;
}

// What earlier errors add to this sample.
double Quantiser::shaped(int channel) const {
  const double* error = &errors_[static_cast<size_t>(channel) * kMostTaps];
  double sum = 0;
  for (int k = 0; k < taps_; k++) sum += tap_[k] * error[(newest_ - k + kMostTaps) % kMostTaps];
  return sum;
}

void Quantiser::run(const float* interleaved, int64_t firstFrame, int64_t frames, int32_t* numbers) {
  if (dither_ == Dither::none) {
    for (int64_t i = 0; i < frames * channels_; i++) numbers[i] = wholeOf(finiteOrZero(interleaved[i]) * fullScale_, fullScale_);
    return;
  }
  for (int64_t n = 0; n < frames; n++, interleaved += channels_, numbers += channels_) {
    if (fitsSoFar_) fitsSoFar_ = fits(interleaved);
    if (fitsSoFar_) {
      for (int c = 0; c < channels_; c++) numbers[c] = wholeOf(finiteOrZero(interleaved[c]) * fullScale_, fullScale_);
      continue;
    }
    const int now = taps_ > 0 ? (newest_ + 1) % kMostTaps : 0;
    for (int c = 0; c < channels_; c++) {
      const double wanted = finiteOrZero(interleaved[c]) * fullScale_ + (taps_ > 0 ? shaped(c) : 0);
      const double noise = tpdfLsb(seed_, static_cast<uint64_t>(firstFrame + n), static_cast<uint64_t>(c));
      numbers[c] = wholeOf(wanted + noise, fullScale_);
      // What clips is no error to be made good later.
      if (taps_ > 0)
        errors_[static_cast<size_t>(c) * kMostTaps + static_cast<size_t>(now)] = std::clamp(numbers[c] - wanted, -2.0, 2.0);
    }
    newest_ = now;
  }
}

}  // namespace deskd
