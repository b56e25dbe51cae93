#include "sound-ends.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

#include "audio-file.h"
#include "wav-writer.h"

namespace deskd {
namespace {

constexpr int64_t kBlockFrames = 16384;

void readWhole(AudioFile& file, std::vector<float>& samples, int64_t frames) {
  if (file.read(samples.data(), frames) != frames)
    throw std::runtime_error(file.path() + ": ends before its last frame or cannot be read; the file is damaged " +
                             file.errorText());
}

double fadeGain(int64_t frame, int64_t frames) {
  if (frame >= frames) return 1;
  return 0.5 - 0.5 * std::cos(std::numbers::pi * (static_cast<double>(frame) + 0.5) / static_cast<double>(frames));
}

}  // namespace

SoundSpan soundSpan(const std::string& path, float threshold) {
  AudioFile file(path);
  const int channels = file.info().channels;
  std::vector<float> samples(static_cast<size_t>(kBlockFrames * channels));
  SoundSpan span;
  for (int64_t at = 0; at < file.info().frames;) {
    const int64_t count = std::min(kBlockFrames, file.info().frames - at);
    readWhole(file, samples, count);
    for (int64_t n = 0; n < count; ++n) {
      float peak = 0;
      for (int c = 0; c < channels; ++c) peak = std::max(peak, std::fabs(samples[static_cast<size_t>(n * channels + c)]));
      if (peak <= threshold) continue;
      if (span.end == 0) span.first = at + n;
      span.end = at + n + 1;
    }
    at += count;
  }
  return span;
}

void cutFile(const std::string& from, const std::string& to, const Cut& cut) {
  AudioFile file(from);
  const int channels = file.info().channels;
  if (cut.first < 0 || cut.frames <= 0 || cut.first + cut.frames > file.info().frames || !file.seek(cut.first))
    throw std::runtime_error(from + ": there is no such part of it");
  WavSpec spec;
  spec.channels = channels;
  spec.sampleRateHz = file.info().sampleRateHz;
  WavWriter out(to, spec);
  try {
    std::vector<float> samples(static_cast<size_t>(kBlockFrames * channels));
    for (int64_t at = 0; at < cut.frames;) {
      const int64_t count = std::min(kBlockFrames, cut.frames - at);
      readWhole(file, samples, count);
      for (int64_t n = 0; n < count; ++n) {
        const int64_t fromStart = at + n, toEnd = cut.frames - 1 - fromStart;
        if (fromStart >= cut.fadeInFrames && toEnd >= cut.fadeOutFrames) continue;
        const double gain = fadeGain(fromStart, cut.fadeInFrames) * fadeGain(toEnd, cut.fadeOutFrames);
        for (int c = 0; c < channels; ++c) {
          float& sample = samples[static_cast<size_t>(n * channels + c)];
          sample = static_cast<float>(sample * gain);
        }
      }
      if (!out.write(samples.data(), count)) throw std::runtime_error(out.error());
      at += count;
    }
    if (!out.finish()) throw std::runtime_error(out.error());
  } catch (...) {
    out.discard();
    throw;
  }
}

}  // namespace deskd
