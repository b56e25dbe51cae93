// Test signals, and files made and read with libsndfile alone, so that the code under test is never its own judge.
#pragma once
#include <sndfile.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

// Every frame of every channel has a value of its own, exact in 24 bits: frame n, channel c holds (2n + c) / 2^23.
inline float countingSample(int64_t frame, int channel) {
  return static_cast<float>(2 * frame + channel) / 8388608.0f;
}

inline std::vector<float> countingFrames(int64_t frames, int channels) {
  std::vector<float> samples(static_cast<size_t>(frames * channels));
  for (int64_t n = 0; n < frames; ++n)
    for (int c = 0; c < channels; ++c) samples[static_cast<size_t>(n * channels + c)] = countingSample(n, c);
  return samples;
}

inline std::vector<float> noise(int64_t count, float peak, uint32_t seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(-peak, peak);
  std::vector<float> samples(static_cast<size_t>(count));
  for (float& sample : samples) sample = uniform(random);
  return samples;
}

inline std::vector<float> sine(int64_t frames, double frequencyHz, double rateHz, double peak) {
  std::vector<float> samples(static_cast<size_t>(frames));
  for (size_t n = 0; n < samples.size(); ++n)
    samples[n] =
        static_cast<float>(peak * std::sin(2 * std::numbers::pi * frequencyHz * static_cast<double>(n) / rateHz));
  return samples;
}

inline void writeWithSndfile(const std::string& path, int format, int rateHz, int channels,
                             const std::vector<float>& samples) {
  SF_INFO info{};
  info.samplerate = rateHz;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) throw std::runtime_error(std::string("libsndfile cannot write: ") + sf_strerror(nullptr));
  sf_write_float(file, samples.data(), static_cast<sf_count_t>(samples.size()));
  sf_close(file);
}

struct Heard {
  SF_INFO info{};
  std::vector<float> samples;
};

inline Heard readWithSndfile(const std::string& path) {
  Heard heard;
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &heard.info);
  if (file == nullptr) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
  heard.samples.resize(static_cast<size_t>(heard.info.frames * heard.info.channels));
  const sf_count_t count = sf_read_float(file, heard.samples.data(), static_cast<sf_count_t>(heard.samples.size()));
  heard.samples.resize(static_cast<size_t>(count));
  sf_close(file);
  return heard;
}

inline std::vector<char> bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void writeBytes(const std::string& path, const std::vector<char>& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline double rmsDb(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return 10 * std::log10(sum / static_cast<double>(values.size()));
}
