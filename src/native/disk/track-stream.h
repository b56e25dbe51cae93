// One file as an endless stream of frames from a position on: through a loop, and into silence behind the end.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "audio-file.h"
#include "loop-position.h"

namespace deskd {

// For one thread at a time. What it delivers depends on the cue alone, not on the sizes of the reads.
class TrackStream {
 public:
  // Reads the file in blocks of so many frames. Throws std::runtime_error in words.
  TrackStream(const std::string& path, int64_t blockFrames);

  const AudioFileInfo& info() const noexcept { return file_.info(); }
  void cue(int64_t positionFrames, Loop loop) noexcept { position_.cue(positionFrames, loop); }
  void read(float* interleaved, int64_t frames) noexcept;
  // Empty while every read worked; else what failed. What cannot be read is silent.
  const std::string& error() const noexcept { return error_; }

 private:
  void load(int64_t frame) noexcept;

  AudioFile file_;
  LoopPosition position_;
  int64_t endFrame_;
  int64_t fileFrame_ = 0;  // where the next sequential read of the file begins
  // The last block read. A loop that fits into it plays from memory.
  std::vector<float> block_;
  int64_t blockFrames_;
  int64_t blockStart_ = 0, blockEnd_ = 0;
  std::string error_;
};

// Opens one stream a file; all must be at the desk's rate. Throws one std::runtime_error with a line for every file
// that cannot be used.
std::vector<std::unique_ptr<TrackStream>> openTracks(const std::vector<std::string>& paths, int sampleRateHz,
                                                     int64_t blockFrames);

}  // namespace deskd
