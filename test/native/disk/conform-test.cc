// What rate conversion does to a sine, to an impulse, and to the length.
#include "../../../src/native/disk/conform.h"

#include <complex>

#include "check.h"
#include "sections.h"
#include "signals.h"

using namespace deskd;

namespace {

struct SineFigures {
  double levelDb, thdNoiseDb, delayFrames;
};

// Least-squares fit of a sine of known frequency; what is left is distortion and noise.
SineFigures measureSine(const std::vector<float>& samples, double frequencyHz, double rateHz, double peak) {
  const auto edge = static_cast<size_t>(rateHz / 4);
  const double omega = 2 * std::numbers::pi * frequencyHz / rateHz;
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  for (size_t n = edge; n < samples.size() - edge; ++n) {
    const double phase = omega * static_cast<double>(n), x = samples[n];
    const double s = std::sin(phase), c = std::cos(phase);
    ss += s * s, cc += c * c, sc += s * c, xs += x * s, xc += x * c;
  }
  const double determinant = ss * cc - sc * sc;
  const double a = (xs * cc - xc * sc) / determinant, b = (xc * ss - xs * sc) / determinant;
  double residual = 0, fitted = 0;
  for (size_t n = edge; n < samples.size() - edge; ++n) {
    const double y = a * std::sin(omega * static_cast<double>(n)) + b * std::cos(omega * static_cast<double>(n));
    residual += (samples[n] - y) * (samples[n] - y);
    fitted += y * y;
  }
  return {20 * std::log10(std::hypot(a, b) / peak), 10 * std::log10(residual / fitted), -std::atan2(b, a) / omega};
}

}  // namespace

void conformSine() {
  const struct {
    int inHz, outHz;
    double frequencyHz, levelLimitDb;  // soxr's own limit is a roll-off of .01 dB at the end of its passband
  } cases[] = {{44100, 48000, 997, 0.0001},
               {48000, 44100, 997, 0.0001},
               {96000, 48000, 997, 0.0001},
               {44100, 48000, 18997, 0.01}};
  for (const auto& [inHz, outHz, frequencyHz, levelLimitDb] : cases) {
    const double peak = 0.5;
    const auto source = sine(3 * inHz, frequencyHz, inHz, peak);
    writeWithSndfile(inFolder("in.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, inHz, 1, source);
    conformFile(inFolder("in.wav"), inFolder("out.wav"), outHz);
    const Heard heard = readWithSndfile(inFolder("out.wav"));
    CHECK(heard.info.samplerate == outHz && (heard.info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_FLOAT);
    const SineFigures found = measureSine(heard.samples, frequencyHz, outHz, peak);
    const std::string name = std::to_string(inHz) + " → " + std::to_string(outHz) + ", " +
                             std::to_string(static_cast<int>(frequencyHz)) + " Hz at −6 dBFS: ";
    checkWithin(found.levelDb, -levelLimitDb, levelLimitDb, name + "level error in dB");
    checkWithin(found.thdNoiseDb, -200, -140, name + "THD+N in dB");
    checkWithin(found.delayFrames, -0.001, 0.001, name + "delay in frames");
  }
  writeWithSndfile(inFolder("above.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 96000, 1, sine(96000, 26000, 96000, 0.5));
  conformFile(inFolder("above.wav"), inFolder("below.wav"), 48000);
  std::vector<double> left;
  const Heard below = readWithSndfile(inFolder("below.wav"));
  for (size_t n = 6000; n < 42000; ++n) left.push_back(below.samples[n]);
  checkWithin(rmsDb(left), -400, -140, "26 kHz at 96 → 48 kHz: what is left in dBFS");
}

void conformLength() {
  const std::pair<int, int> rates[] = {{44100, 48000}, {48000, 44100}, {96000, 44100}, {11025, 192000}, {384000, 8000}};
  for (const int frames : {1, 2, 441, 1000, 44099, 65536, 200001}) {
    for (const auto& [inHz, outHz] : rates) {
      const auto expected = static_cast<int64_t>(std::llround(double{1} * frames * outHz / inHz));
      if (expected == 0) continue;
      writeWithSndfile(inFolder("in.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, inHz, 2, noise(2 * frames, 0.5f, 11));
      conformFile(inFolder("in.wav"), inFolder("out.wav"), outHz);
      const int64_t found = readWithSndfile(inFolder("out.wav")).info.frames;
      check(found == expected && conformedFrames(frames, inHz, outHz) == expected,
            std::to_string(frames) + " frames " + std::to_string(inHz) + " → " + std::to_string(outHz) +
                " Hz: " + std::to_string(found));
    }
  }
  writeWithSndfile(inFolder("in.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 44100, 2, noise(300000, 0.5f, 12));
  conformFile(inFolder("in.flac"), inFolder("a.wav"), 48000);
  conformFile(inFolder("in.flac"), inFolder("b.wav"), 48000);
  check(bytesOf(inFolder("a.wav")) == bytesOf(inFolder("b.wav")), "the same file gives the same bytes");

  auto cut = bytesOf(inFolder("in.flac"));
  cut.resize(cut.size() / 2);
  writeBytes(inFolder("cut.flac"), cut);
  checkWords(wordsOf([] { conformFile(inFolder("cut.flac"), inFolder("c.wav"), 48000); }),
             "cut.flac: ends before its last frame");
  checkWords(wordsOf([] { conformFile(inFolder("in.flac"), inFolder("no/c.wav"), 48000); }),
             "No such file or directory");
  int files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(context.folder)) ++files;
  check(files == 6, "a failed conversion leaves no file behind");
}
