// Opening is where a bad file is refused, in words; reading never lets a non-finite sample through.
#include "audio-file.h"

#include <sndfile.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "file-head.h"

namespace deskd {
namespace {

constexpr float kLargest = 1e6f;  // +120 dBFS: louder is a broken file, and its products would overflow in the desk
constexpr int kLowestRateHz = 8000, kHighestRateHz = 384000;

[[noreturn]] void refuse(const std::string& path, const std::string& found) {
  throw std::runtime_error(path + ": " + found);
}

std::string containerName(int format) {
  switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX: return "WAV";
    case SF_FORMAT_RF64: return "RF64";
    case SF_FORMAT_AIFF: return "AIFF";
    case SF_FORMAT_FLAC: return "FLAC";
    default: return "";
  }
}

struct Encoding {
  std::string name;
  int bytes;
};

// Only encodings in which every frame can be reached exactly.
Encoding encodingOf(int format) {
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
    case SF_FORMAT_PCM_U8: return {"8 bit", 1};
    case SF_FORMAT_PCM_16: return {"16 bit", 2};
    case SF_FORMAT_PCM_24: return {"24 bit", 3};
    case SF_FORMAT_PCM_32: return {"32 bit", 4};
    case SF_FORMAT_FLOAT: return {"32 bit float", 4};
    case SF_FORMAT_DOUBLE: return {"64 bit float", 8};
    case SF_FORMAT_ULAW: return {"u-law", 1};
    case SF_FORMAT_ALAW: return {"A-law", 1};
    default: return {"", 0};
  }
}

// The most frames so many bytes can hold. A FLAC frame holds at most 65,535 samples a channel and then takes at least
// 12 bytes (RFC 9639 §9: header 8, constant subframe 2, footer 2).
double mostFrames(int format, int channels, int64_t fileBytes) {
  const auto bytes = static_cast<double>(fileBytes);
  if ((format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC) return bytes / 12.0 * 65535.0;
  return bytes / (encodingOf(format).bytes * channels);
}

// Two passes: the first has no branch, and it is all that an ordinary block needs.
// Gives how many were replaced.
int64_t sanitise(float* samples, int64_t count) {
  int strange = 0;
  for (int64_t i = 0; i < count; ++i) strange |= static_cast<int>(!(std::fabs(samples[i]) <= kLargest));
  if (strange == 0) return 0;
  int64_t replaced = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (std::fabs(samples[i]) <= kLargest) continue;
    samples[i] = std::isfinite(samples[i]) ? std::copysign(kLargest, samples[i]) : 0.0f;
    ++replaced;
  }
  return replaced;
}

}  // namespace

AudioFile::AudioFile(const std::string& path, int mostChannels) : path_(path), file_(nullptr, sf_close) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) refuse(path, std::string("cannot be read: ") + std::strerror(errno));
  if (!S_ISREG(status.st_mode)) refuse(path, "expected an audio file, found something that is no regular file");
  if (status.st_size == 0) refuse(path, "the file is empty (0 bytes)");

  if (const std::string problem = headProblem(path); !problem.empty())
    refuse(path, "cannot be read as audio: " + problem);
  SF_INFO found{};
  file_.reset(sf_open(path.c_str(), SFM_READ, &found));
  if (!file_) {
    std::string reason = sf_strerror(nullptr);
    while (!reason.empty() && (reason.back() == '\n' || reason.back() == '.')) reason.pop_back();
    refuse(path, "cannot be read as audio: " + reason + "; expected WAV, RF64, AIFF or FLAC");
  }
  const std::string container = containerName(found.format);
  const std::string encoding = encodingOf(found.format).name;
  if (container.empty() || encoding.empty())
    refuse(path, "expected WAV, RF64, AIFF or FLAC without lossy compression; convert it to WAV first");
  if (found.channels < 1 || found.channels > mostChannels)
    refuse(path, "expected 1 " + std::string(mostChannels == 2 ? "or " : "to ") + std::to_string(mostChannels) + " channels, found " + std::to_string(found.channels) +
                     "; split it into mono files first");
  if (found.samplerate < kLowestRateHz || found.samplerate > kHighestRateHz)
    refuse(path, "expected a sample rate of 8000 to 384000 Hz, found " + std::to_string(found.samplerate) + " Hz");
  if (found.frames <= 0) refuse(path, "there is no audio in it (0 frames)");
  if (found.frames == SF_COUNT_MAX)
    refuse(path, "its header does not say how many frames it has; convert it to WAV first");
  if (static_cast<double>(found.frames) > mostFrames(found.format, found.channels, status.st_size))
    refuse(path, "its header claims " + std::to_string(found.frames) + " frames, more than its " +
                     std::to_string(status.st_size) + " bytes can hold; the file is damaged");
  isFloat_ = encoding.ends_with("float");
  isShort_ = encoding == "16 bit" && container != "FLAC";
  info_ = {found.frames, found.samplerate, found.channels, container + " " + encoding};
}

AudioFile::~AudioFile() = default;

bool AudioFile::seek(int64_t frame) noexcept { return sf_seek(file_.get(), frame, SEEK_SET) == frame; }

int64_t AudioFile::read(float* interleaved, int64_t frames) noexcept {
  if (isShort_) return readShorts(interleaved, frames);
  const int64_t count = std::max<int64_t>(0, sf_readf_float(file_.get(), interleaved, frames));
  if (isFloat_) replaced_ += sanitise(interleaved, count * info_.channels);
  return count;
}

// The same numbers as sf_readf_float() gives, which takes them through a buffer of 8 KiB and costs a render a fifth of its time.
int64_t AudioFile::readShorts(float* interleaved, int64_t frames) noexcept {
  const auto most = static_cast<size_t>(frames * info_.channels);
  if (shorts_.size() < most) shorts_.resize(most);
  const int64_t count = std::max<int64_t>(0, sf_readf_short(file_.get(), shorts_.data(), frames));
  const int64_t samples = count * info_.channels;
  const int16_t* from = shorts_.data();
  int64_t i = 0;
  for (; i + 16 <= samples; i += 16)  // sixteen at a time, or the compiler takes them one by one
    for (int j = 0; j < 16; ++j) interleaved[i + j] = static_cast<float>(from[i + j]) * (1.0f / 32768.0f);
  for (; i < samples; ++i) interleaved[i] = static_cast<float>(from[i]) * (1.0f / 32768.0f);
  return count;
}

std::string AudioFile::errorText() const {
  return sf_error(file_.get()) == SF_ERR_NO_ERROR ? "" : sf_strerror(file_.get());
}

}  // namespace deskd
