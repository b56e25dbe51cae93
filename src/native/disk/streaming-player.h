// Plays tracks live: one disk thread keeps two seconds of every track ahead of the audio thread.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "frame-ring.h"
#include "track-planes.h"
#include "track-source.h"
#include "track-stream.h"

namespace deskd {

class StreamingPlayer final : public TrackSource {
 public:
  // [control thread] Opens the files, all at the desk's rate, and cues them to 0. Throws std::runtime_error with a line
  // for every file that cannot be used.
  StreamingPlayer(const std::vector<TrackFiles>& tracks, int sampleRateHz);
  StreamingPlayer(const std::vector<std::string>& paths, int sampleRateHz) : StreamingPlayer(eachAlone(paths), sampleRateHz) {}
  // [control thread] After the audio thread has let go.
  ~StreamingPlayer() override;

  int trackCount() const noexcept override { return static_cast<int>(tracks_.size()); }
  int channelCount(int track) const noexcept override { return tracks_[static_cast<size_t>(track)]->ring.channels(); }
  int64_t lengthFrames() const noexcept override { return lengthFrames_; }
  void cue(int64_t positionFrames, Loop loop) noexcept override;
  bool ready() noexcept override;
  bool pull(int frames) noexcept override;
  const float* plane(int track, int channel) const noexcept override {
    return tracks_[static_cast<size_t>(track)]->planes.samples[channel];
  }

  // [any thread] Has a file failed while it played? It is silent from there on.
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  // [control thread] A line for every file that failed, in words; empty while none did.
  std::string error() const;

 private:
  struct Track {
    Track(std::unique_ptr<TrackStream> source, int64_t ringFrames)
        : stream(std::move(source)), ring(stream->channels(), ringFrames) {}
    std::unique_ptr<TrackStream> stream;  // disk thread
    FrameRing ring;                       // disk thread → audio thread
    int64_t startIndex = 0;               // first frame in the ring that belongs to filledGeneration_
    bool isReported = false;              // disk thread
    TrackPlanes planes;                   // audio thread
  };

  void run() noexcept;
  bool takeCue() noexcept;
  bool fill() noexcept;
  void report(Track& track) noexcept;
  bool adopt() noexcept;

  std::vector<std::unique_ptr<Track>> tracks_;
  int64_t lengthFrames_ = 0;
  int64_t prefillFrames_;

  // The last cue, from the audio thread to the disk thread: a sequence lock. Odd while it is being written;
  // sequence / 2 is the cue's generation.
  std::atomic<int64_t> sequence_{0};
  std::atomic<int64_t> cuePosition_{0}, loopStart_{0}, loopEnd_{0};
  std::atomic<bool> loopOn_{false};
  int64_t generation_ = 0, adoptedGeneration_ = 0;  // audio thread
  int64_t diskSequence_ = 0;                        // disk thread
  std::atomic<int64_t> filledGeneration_{0};        // disk thread → audio thread

  std::atomic<bool> failed_{false}, isStopping_{false};
  mutable std::mutex errorMutex_;  // disk thread and control thread
  std::string error_;
  std::thread thread_;
};

}  // namespace deskd
