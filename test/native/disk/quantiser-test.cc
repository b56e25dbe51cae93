// What samples lose on their way to 16, 20 and 24 bits, and where the noise goes.
#include "../../../src/native/disk/quantiser.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "../../../src/native/disk/wav-writer.h"
#include "check.h"
#include "sections.h"
#include "signals.h"

using namespace deskd;

namespace {

constexpr double kPi = std::numbers::pi;

std::vector<int32_t> quantised(const QuantiserSpec& spec, const std::vector<float>& samples, int64_t pieceFrames = 1 << 20) {
  Quantiser quantiser(spec);
  std::vector<int32_t> numbers(samples.size());
  const auto frames = static_cast<int64_t>(samples.size()) / spec.channels;
  for (int64_t at = 0; at < frames; at += pieceFrames)
    quantiser.run(samples.data() + at * spec.channels, at, std::min(pieceFrames, frames - at), numbers.data() + at * spec.channels);
  return numbers;
}

// Of one channel of two, in LSB.
std::vector<double> errorsLsb(const QuantiserSpec& spec, const std::vector<float>& samples, size_t channel = 0) {
  const auto numbers = quantised(spec, samples);
  std::vector<double> errors;
  for (size_t i = channel; i < samples.size(); i += static_cast<size_t>(spec.channels))
    errors.push_back(numbers[i] - std::ldexp(static_cast<double>(samples[i]), spec.bits - 1));
  return errors;
}

// A 997 Hz sine of −60 dBFS on both sides.
std::vector<float> quietSine(int rate, size_t frames) {
  std::vector<float> x;
  for (size_t n = 0; n < frames; n++)
    for (int c = 0; c < 2; c++) x.push_back(static_cast<float>(.001 * std::sin(2 * kPi * 997 * static_cast<double>(n) / rate)));
  return x;
}

void transform(std::vector<std::complex<double>>& x) {
  const size_t size = x.size();
  if (size == 1) return;
  std::vector<std::complex<double>> even, odd;
  for (size_t i = 0; i < size; i += 2) even.push_back(x[i]), odd.push_back(x[i + 1]);
  transform(even);
  transform(odd);
  for (size_t k = 0; k < size / 2; k++) {
    const auto turned = std::polar(1.0, -2 * kPi * static_cast<double>(k) / static_cast<double>(size)) * odd[k];
    x[k] = even[k] + turned;
    x[k + size / 2] = even[k] - turned;
  }
}

// Mean power of each bin over windows of 4096.
std::vector<double> spectrum(const std::vector<double>& x) {
  constexpr size_t size = 4096;
  std::vector<double> power(size / 2);
  for (size_t at = 0; at + size <= x.size(); at += size / 2) {
    std::vector<std::complex<double>> piece;
    for (size_t n = 0; n < size; n++) piece.emplace_back(x[at + n] * (1 - std::cos(2 * kPi * static_cast<double>(n) / size)));
    transform(piece);
    for (size_t k = 0; k < power.size(); k++) power[k] += std::norm(piece[k]);
  }
  return power;
}

// In dB against white noise of half an LSB, which TPDF leaves.
double bandDb(const std::vector<double>& power, const std::vector<double>& white, int rate, double fromHz, double toHz) {
  double found = 0, expected = 0;
  for (size_t k = 0; k < power.size(); k++) {
    const double hz = static_cast<double>(k) * rate / 2 / static_cast<double>(power.size());
    if (hz >= fromHz && hz < toHz) found += power[k], expected += white[k];
  }
  return 10 * std::log10(found / expected);
}

}  // namespace

void dither() {
  const auto sine = quietSine(48000, 200000);
  for (const int bits : {16, 20, 24}) {
    const QuantiserSpec tpdf{2, 48000, bits, Dither::tpdf, 1};
    const auto left = errorsLsb(tpdf, sine, 0), right = errorsLsb(tpdf, sine, 1);
    const double lsbDb = -6.0205999 * (bits - 1), expected = lsbDb - 6.0206;
    checkWithin(rmsDb(left) + lsbDb, expected - .05, expected + .05, std::to_string(bits) + " bits: error of TPDF in dBFS");
    double cross = 0, mean = 0;
    for (size_t n = 0; n < left.size(); n++) cross += left[n] * right[n], mean += left[n];
    checkWithin(cross / static_cast<double>(left.size()) * 4, -.01, .01, "correlation of left and right");
    checkWithin(mean / static_cast<double>(left.size()), -.005, .005, "mean error in LSB");
    for (const double dcLsb : {0.0, .25, .5}) {
      std::vector<float> still(400000, static_cast<float>(std::ldexp(dcLsb, 1 - bits)));
      still[0] = std::ldexp(.3f, 1 - bits);  // it loses bits: what fits is not dithered
      checkWithin(rmsDb(errorsLsb(tpdf, still)) + lsbDb, expected - .05, expected + .05,
                  "error at DC of " + std::to_string(dcLsb) + " LSB in dBFS: no noise modulation");
    }
    const auto white = spectrum(left);
    for (const double fromHz : {0.0, 4000.0, 8000.0, 16000.0}) {
      const double octave = fromHz == 0 ? 4000 : fromHz == 16000 ? 8000 : fromHz;
      const double share = octave / 24000;
      double in = 0, all = 0;
      for (size_t k = 0; k < white.size(); k++) {
        const double hz = static_cast<double>(k) * 24000 / static_cast<double>(white.size());
        all += white[k];
        if (hz >= fromHz && hz < fromHz + octave) in += white[k];
      }
      checkWithin(10 * std::log10(in / all / share), -.2, .2, "flatness from " + std::to_string(fromHz) + " Hz in dB");
    }
  }

  // Without dither a quiet tone gets overtones, with it none.
  const auto highest = [&](Dither kind) {
    const auto power = spectrum(errorsLsb({2, 48000, 16, kind}, sine));
    std::vector<double> sorted(power);
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<long>(sorted.size() / 2), sorted.end());
    return 10 * std::log10(*std::max_element(power.begin() + 4, power.end()) / sorted[sorted.size() / 2]);
  };
  checkWithin(highest(Dither::none), 20, 80, "highest overtone over the floor without dither, in dB");
  checkWithin(highest(Dither::tpdf), 0, 4, "with TPDF");
  checkWithin(highest(Dither::standard), 0, 4, "by default");

  // What fits is not touched, whatever dither is asked for; what does not is dithered from there to the end.
  for (const int bits : {16, 20, 24})
    for (const Dither kind : {Dither::standard, Dither::none, Dither::tpdf, Dither::light, Dither::strong}) {
      auto whole = noise(20000, 1.0f, 8);
      for (float& x : whole) x = static_cast<float>(std::ldexp(std::floor(std::ldexp(static_cast<double>(x), bits - 1)), 1 - bits));
      const auto errors = errorsLsb({2, 48000, bits, kind}, whole);
      check(std::all_of(errors.begin(), errors.end(), [](double e) { return e == 0; }), std::to_string(bits) + " bits to as many: null");
    }
  auto late = std::vector<float>(2000, 0.0f);
  late[1001] = 1e-6f;
  const auto numbers = quantised({2, 48000, 16, Dither::tpdf}, late);
  check(std::all_of(numbers.begin(), numbers.begin() + 1000, [](int32_t x) { return x == 0; }), "digital silence until the first sound");
  check(std::any_of(numbers.begin() + 1000, numbers.end(), [](int32_t x) { return x != 0; }), "dithered from there on");
}

void noiseShapes() {
  struct Row {
    Dither kind;
    const char* name;
    double totalMost, heardMost;
  };
  for (const int rate : {44100, 48000, 96000}) {
    const auto sine = quietSine(rate, 200000);
    const auto white = spectrum(errorsLsb({2, rate, 16, Dither::tpdf}, sine));
    for (const Row& row : {Row{Dither::light, "light", 8, -7}, Row{Dither::strong, "strong", 19, -15.5}}) {
      const auto errors = errorsLsb({2, rate, 16, row.kind}, sine);
      const auto power = spectrum(errors);
      const std::string name = std::string(row.name) + " at " + std::to_string(rate) + " Hz";
      checkWithin(bandDb(power, white, rate, 0, rate / 2.0), 0, row.totalMost, name + ": all of the noise against TPDF, in dB");
      checkWithin(bandDb(power, white, rate, 1000, 5000), -40, row.heardMost, name + ": from 1 to 5 kHz, in dB");
      double mean = 0;
      for (const double e : errors) mean += e;
      checkWithin(mean / static_cast<double>(errors.size()), -.005, .005, name + ": mean error in LSB");
    }
  }
  // Driven into full scale it clips and recovers; cut up it gives the same numbers.
  std::vector<float> loud;
  for (int n = 0; n < 40000; n++) loud.push_back(n < 20000 ? (n / 200 % 2 ? 1.5f : -1.5f) : .1f + 1e-7f * static_cast<float>(n % 7));
  for (const Dither kind : {Dither::light, Dither::strong}) {
    const auto errors = errorsLsb({1, 48000, 16, kind}, loud);
    double worst = 0;
    for (size_t n = 20100; n < errors.size(); n++) worst = std::max(worst, std::abs(errors[n]));
    checkWithin(worst, 0, 25, "largest error in LSB behind a full-scale square");
    const auto sine = quietSine(48000, 5000);
    CHECK(quantised({2, 48000, 16, kind, 5}, sine) == quantised({2, 48000, 16, kind, 5}, sine, 37));
    CHECK(quantised({2, 48000, 16, kind, 5}, sine) != quantised({2, 48000, 16, kind, 6}, sine));
  }
}

void wav20() {
  const auto samples = noise(2 * 30000, .9f, 4);
  WavSpec spec;
  spec.format = WavFormat::int20;
  WavWriter writer(inFolder("20.wav"), spec);
  writer.write(samples.data(), 30000);
  writer.finish();
  const Heard heard = readWithSndfile(inFolder("20.wav"));
  const auto numbers = quantised({2, 48000, 20, Dither::standard}, samples);
  check(heard.samples.size() == samples.size(), "as many samples");
  double worst = 0;
  for (size_t i = 0; i < samples.size(); i++)
    worst = std::max(worst, std::abs(static_cast<double>(heard.samples[i]) - std::ldexp(numbers[i], -19)));
  checkWithin(worst, 0, 0, "difference from the numbers of 20 bits");
  const auto bytes = bytesOf(inFolder("20.wav"));
  check(bytes.size() > 96 && static_cast<unsigned char>(bytes[56]) == 0xFE && bytes[70] == 24 && bytes[74] == 20,
        "WAVE_FORMAT_EXTENSIBLE: 20 valid bits in 24");
}
