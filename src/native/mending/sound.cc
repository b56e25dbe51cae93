#include "sound.h"

#include <fcntl.h>
#include <sndfile.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

#include "../disk/audio-file.h"
#include "../disk/wav-writer.h"

namespace deskd {
namespace {

constexpr int64_t kBlockFrames = 65536;

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

// What a player shows, and where an editor finds its marks.
void copyMetadata(SNDFILE* from, SNDFILE* to) {
  for (int tag = SF_STR_FIRST; tag <= SF_STR_LAST; ++tag)
    if (const char* text = sf_get_string(from, tag)) sf_set_string(to, tag, text);
  SF_BROADCAST_INFO broadcast{};
  if (sf_command(from, SFC_GET_BROADCAST_INFO, &broadcast, sizeof broadcast) == SF_TRUE)
    sf_command(to, SFC_SET_BROADCAST_INFO, &broadcast, sizeof broadcast);
  SF_CUES cues{};
  if (sf_command(from, SFC_GET_CUE, &cues, sizeof cues) == SF_TRUE) sf_command(to, SFC_SET_CUE, &cues, sizeof cues);
}

// Triangular, ±1 step, the same for the same file (Numerical Recipes' congruential generator).
class Dither {
 public:
  double next() { return uniform() + uniform(); }

 private:
  double uniform() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<double>(state_) / 4294967296.0 - 0.5;
  }
  uint32_t state_ = 1;
};

// As whole numbers at the top of 32 bits, which is how libsndfile takes them without touching them.
void toIntegers(const std::vector<float>& from, size_t count, int bits, bool isDithered, Dither& dither, std::vector<int>& to) {
  const double scale = std::ldexp(1.0, bits - 1);
  for (size_t i = 0; i < count; ++i) {
    const double noise = isDithered ? dither.next() : 0;
    const double step = std::floor(static_cast<double>(from[i]) * scale + noise + 0.5);
    to[i] = static_cast<int>(std::clamp(step, -scale, scale - 1) * std::ldexp(1.0, 32 - bits));
  }
}

int sndfileFormat(const SoundFormat& format) {
  if (format.isFlac) return SF_FORMAT_FLAC | (format.bits == 8 ? SF_FORMAT_PCM_S8 : format.bits == 16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24);
  return SF_FORMAT_RF64 | (format.bits == 8    ? SF_FORMAT_PCM_U8
                           : format.bits == 16 ? SF_FORMAT_PCM_16
                           : format.bits == 24 ? SF_FORMAT_PCM_24
                                               : SF_FORMAT_FLOAT);
}

void syncFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int problem = fd < 0 || fsync(fd) != 0 ? errno : 0;
  if (fd >= 0) close(fd);
  if (problem != 0) throw std::runtime_error("cannot write " + path + ": " + writeErrorWords(problem));
}

void writeSamples(const Sound& sound, SNDFILE* file, const SoundFormat& format) {
  const size_t channels = sound.planes.size();
  std::vector<float> samples(static_cast<size_t>(kBlockFrames) * channels);
  std::vector<int> integers(samples.size());
  Dither dither;
  for (int64_t at = 0; at < sound.frames(); at += kBlockFrames) {
    const int64_t count = std::min(kBlockFrames, sound.frames() - at);
    for (int64_t n = 0; n < count; ++n)
      for (size_t c = 0; c < channels; ++c) samples[static_cast<size_t>(n) * channels + c] = sound.planes[c][static_cast<size_t>(at + n)];
    errno = 0;
    int64_t written = 0;
    if (format.bits == 32) {
      written = sf_writef_float(file, samples.data(), count);
    } else {
      toIntegers(samples, static_cast<size_t>(count) * channels, format.bits, format.dither, dither, integers);
      written = sf_writef_int(file, integers.data(), count);
    }
    if (written != count) throw std::runtime_error(errno != 0 ? writeErrorWords(errno) : sf_strerror(file));
  }
}

}  // namespace

Sound readSound(const std::string& path, const ShareDone& done) {
  AudioFile file(path);
  const auto channels = static_cast<size_t>(file.info().channels);
  const int64_t frames = file.info().frames;
  Sound sound;
  sound.sampleRateHz = file.info().sampleRateHz;
  sound.format = file.info().format;
  sound.planes.resize(channels);
  std::vector<float> block(static_cast<size_t>(kBlockFrames) * channels);
  for (int64_t at = 0; at < frames;) {
    const int64_t wanted = std::min(kBlockFrames, frames - at), count = file.read(block.data(), wanted);
    for (size_t c = 0; c < channels; ++c)
      for (int64_t n = 0; n < count; ++n) sound.planes[c].push_back(block[static_cast<size_t>(n) * channels + c]);
    at += count;
    if (count != wanted)
      throw std::runtime_error(path + ": expected " + std::to_string(frames) + " frames as its header says, found " + std::to_string(at) +
                               "; the file is damaged or cut off");
    done(static_cast<double>(at) / static_cast<double>(frames));
  }
  sound.nonFinite = file.replacedSamples();
  return sound;
}

SoundFormat formatLike(const std::string& format, bool isFlac) {
  const auto says = [&](const char* words) { return format.find(words) != std::string::npos; };
  SoundFormat like;
  like.isFlac = isFlac;
  like.bits = says("float") || says("32 bit") ? 32 : says("24 bit") ? 24 : says("8 bit") ? 8 : 16;
  if (isFlac && like.bits == 32) like.bits = 24;
  return like;
}

void writeSound(const Sound& sound, const std::string& path, const SoundFormat& format, const std::string& likePath) {
  try {
    SF_INFO info{};
    info.samplerate = sound.sampleRateHz;
    info.channels = static_cast<int>(sound.planes.size());
    info.format = sndfileFormat(format);
    errno = 0;
    SoundFile file(sf_open(path.c_str(), SFM_WRITE, &info), sf_close);
    if (!file) throw std::runtime_error(errno != 0 ? writeErrorWords(errno) : sf_strerror(nullptr));
    if (!format.isFlac) sf_command(file.get(), SFC_RF64_AUTO_DOWNGRADE, nullptr, SF_TRUE);
    SF_INFO like{};
    if (const SoundFile from(sf_open(likePath.c_str(), SFM_READ, &like), sf_close); from) copyMetadata(from.get(), file.get());
    writeSamples(sound, file.get(), format);
    sf_close(file.release());
    syncFile(path);
    // libsndfile keeps to itself what went wrong while it closed: what is there tells.
    const AudioFile whole(path);
    if (whole.info().frames != sound.frames()) throw std::runtime_error("the disk is full");
  } catch (const std::exception& error) {
    std::remove(path.c_str());
    const std::string words = error.what();
    throw std::runtime_error("cannot write " + path + ": " + words);
  }
}

}  // namespace deskd
