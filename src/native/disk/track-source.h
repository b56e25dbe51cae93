// Where the strips' tracks come from: streamed from disk by a thread of its own, or read in step by an offline render.
#pragma once
#include <cstdint>

namespace deskd {

struct Loop {
  bool on = false;
  int64_t startFrame = 0;
  int64_t endFrame = 0;  // exclusive; a loop shorter than one quantum counts as off
};

class TrackSource {
 public:
  virtual ~TrackSource() = default;
  virtual int trackCount() const noexcept = 0;
  virtual int channelCount(int track) const noexcept = 0;  // 1 or 2
  // Frames of the longest track, at the desk's rate.
  virtual int64_t lengthFrames() const noexcept = 0;

  // [audio thread] Forget what is buffered and get ready to play from here. Never blocks.
  virtual void cue(int64_t positionFrames, Loop loop) noexcept = 0;
  // [audio thread] True once every track has enough buffered behind the last cue to start (or reached its end).
  virtual bool ready() noexcept = 0;
  // [audio thread] Makes the next `frames` (at most kQuantum) available through plane(); silence behind a track's end.
  // False when a track's buffer runs dry: then nothing is consumed by any track, and plane() must not be used.
  virtual bool pull(int frames) noexcept = 0;
  // [audio thread] kQuantum floats, 64-byte aligned, valid until the next pull.
  virtual const float* plane(int track, int channel) const noexcept = 0;
};

}  // namespace deskd
