// Reads WAV, RF64, AIFF and FLAC through libsndfile; what comes out is finite, and of two channels at most unless more are asked for.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct sf_private_tag;  // libsndfile's SNDFILE

namespace deskd {

struct AudioFileInfo {
  int64_t frames = 0;
  int sampleRateHz = 0;
  int channels = 0;
  std::string format;  // "WAV 24 bit", "RF64 32 bit float", "FLAC 16 bit" …
};

// For one thread at a time, never the audio thread.
class AudioFile {
 public:
  // Throws std::runtime_error that says in words what is wrong with the file.
  explicit AudioFile(const std::string& path, int mostChannels = 2);
  ~AudioFile();
  AudioFile(const AudioFile&) = delete;
  AudioFile& operator=(const AudioFile&) = delete;

  const AudioFileInfo& info() const noexcept { return info_; }
  const std::string& path() const noexcept { return path_; }
  // Goes to a frame exactly. False when the file cannot.
  bool seek(int64_t frame) noexcept;
  // Frames read into interleaved samples; fewer than asked at the end and on an error (then errorText() is not empty).
  // NaN and Inf become 0, magnitudes above 1e6 are held there.
  int64_t read(float* interleaved, int64_t frames) noexcept;
  // How many samples read() has replaced so far.
  int64_t replacedSamples() const noexcept { return replaced_; }
  // libsndfile's words for the last failed seek or read, else empty.
  std::string errorText() const;

 private:
  int64_t readShorts(float* interleaved, int64_t frames) noexcept;

  const std::string path_;
  AudioFileInfo info_;
  bool isFloat_ = false, isShort_ = false;
  int64_t replaced_ = 0;
  std::vector<int16_t> shorts_;
  std::unique_ptr<sf_private_tag, int (*)(sf_private_tag*)> file_;
};

}  // namespace deskd
