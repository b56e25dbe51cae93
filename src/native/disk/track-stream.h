// One strip's files as an endless stream of frames from a position on: one behind the other, through a loop, and into
// silence where there is no file.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "audio-file.h"
#include "loop-position.h"

namespace deskd {

// A file and where on the timeline it begins. The files of a track stand in order and do not overlap.
struct TrackFile {
  std::string path;
  int64_t startFrame = 0;
};
using TrackFiles = std::vector<TrackFile>;

// A track for each file, from 0 on.
std::vector<TrackFiles> eachAlone(const std::vector<std::string>& paths);

// For one thread at a time. What it delivers depends on the cue alone, not on the sizes of the reads. One file is open at
// a time; a mono file among stereo ones plays on both sides.
class TrackStream {
 public:
  // Reads the files in blocks of so many frames. Throws std::runtime_error in words, a line for every file that cannot be used.
  TrackStream(const TrackFiles& files, int sampleRateHz, int64_t blockFrames);

  int channels() const noexcept { return channels_; }
  int64_t lengthFrames() const noexcept { return parts_.back().startFrame + parts_.back().frames; }
  void cue(int64_t positionFrames, Loop loop) noexcept { position_.cue(positionFrames, loop); }
  void read(float* interleaved, int64_t frames) noexcept;
  // Empty while every read worked; else what failed. What cannot be read is silent.
  const std::string& error() const noexcept { return error_; }

 private:
  struct Part {
    std::string path;
    int64_t startFrame, frames;
    int64_t endFrame;  // before its end when it cannot be read further
  };

  Part* partAt(int64_t frame) noexcept;
  int64_t fetch(Part& part, int64_t frame, int64_t wanted, float* interleaved) noexcept;
  int64_t readPart(const Part& part, int64_t frame, int64_t wanted, float* interleaved);

  std::vector<Part> parts_;
  int channels_ = 1;
  std::unique_ptr<AudioFile> file_;
  const Part* filePart_ = nullptr;  // the part that file_ is of
  LoopPosition position_;
  int64_t fileFrame_ = 0;  // where on the timeline the next sequential read of the file begins
  // The last block read. A loop that fits into it plays from memory.
  std::vector<float> block_;
  int64_t blockFrames_;
  int64_t blockStart_ = 0, blockEnd_ = 0;
  std::string error_;
};

// Opens one stream a track; all files must be at the desk's rate. Throws one std::runtime_error with a line for every
// file that cannot be used.
std::vector<std::unique_ptr<TrackStream>> openTracks(const std::vector<TrackFiles>& tracks, int sampleRateHz,
                                                     int64_t blockFrames);

}  // namespace deskd
