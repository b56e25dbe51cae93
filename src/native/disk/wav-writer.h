// Writes WAV and RF64 files that are valid at every commit, also when the disk fills up or the process is killed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "quantiser.h"

namespace deskd {

enum class WavFormat { float32, int24, int20, int16 };  // 20 bits stand in the upper ones of 24

struct WavSpec {
  int channels = 2;
  int sampleRateHz = 48000;
  WavFormat format = WavFormat::float32;
  Dither dither = Dither::standard;  // integers only
  uint64_t ditherSeed = 0;
  bool replaceExisting = true;    // false: an existing file is an error
  uint64_t riffLimitBytes = 0xFFFFFFFF;  // a larger file becomes RF64 (EBU Tech 3306); smaller only in tests
};

// For one thread at a time, never the audio thread.
class WavWriter {
 public:
  // Creates the file with a header of 0 frames. Throws std::runtime_error in words; then no file is left behind.
  WavWriter(const std::string& path, const WavSpec& spec);
  ~WavWriter();  // finishes
  WavWriter(const WavWriter&) = delete;
  WavWriter& operator=(const WavWriter&) = delete;

  // Appends frames. Integer formats clip at full scale and are dithered as the spec says; NaN and Inf are written as 0. False when the disk fails: the file then ends at a whole frame, is valid, and
  // error() says why; nothing more is written.
  bool write(const float* interleaved, int64_t frames);
  // Appends frames of silence that need no room on the disk. False as above.
  bool writeSilence(int64_t frames);
  // Brings the sizes in the header up to the data written so far. Survives the death of the process.
  bool updateHeader();
  // Waits until everything written is on the medium. Survives the loss of power.
  bool sync();
  bool commit() { return updateHeader() && sync(); }
  // Commits and closes. False when the file failed, now or earlier.
  bool finish();
  // Closes and deletes: for a file that must not stay half made.
  void discard();

  int64_t framesWritten() const { return frames_; }
  bool failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }
  const std::string& path() const { return path_; }

 private:
  std::vector<uint8_t> header() const;
  size_t put(const uint8_t* bytes, size_t count, uint64_t offset, int& errorNumber) const;
  bool pad();
  void encode(const float* samples, int64_t firstFrame, int64_t frames);
  bool fail(int errorNumber);
  uint64_t dataBytes() const { return static_cast<uint64_t>(frames_) * frameBytes_; }
  uint64_t dataEnd() const { return dataOffset_ + dataBytes(); }

  const std::string path_;
  const WavSpec spec_;
  const size_t frameBytes_;
  uint64_t dataOffset_ = 0;
  int64_t frames_ = 0;
  int fd_ = -1;
  std::vector<uint8_t> bytes_;
  Quantiser quantiser_;
  std::vector<int32_t> numbers_;
  std::string error_;
};

// What an error number of a write means, in words: "the disk is full", "the file may not grow any larger" …
std::string writeErrorWords(int errorNumber);

}  // namespace deskd
