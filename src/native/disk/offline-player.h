// Plays tracks for a render: the disk never runs late, the caller waits for it instead.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "track-planes.h"
#include "track-source.h"
#include "track-stream.h"

namespace deskd {

// Delivers the same samples as StreamingPlayer for the same cues and pulls. A thread of its own decodes one slab ahead
// of the render, which waits in cue() and pull() where it must: for a render's thread only, never for live audio.
class OfflinePlayer final : public TrackSource {
 public:
  // Opens the files, all at the desk's rate, at frame 0. Throws std::runtime_error with a line for every file that
  // cannot be used.
  OfflinePlayer(const std::vector<TrackFiles>& tracks, int sampleRateHz);
  OfflinePlayer(const std::vector<std::string>& paths, int sampleRateHz) : OfflinePlayer(eachAlone(paths), sampleRateHz) {}
  ~OfflinePlayer() override;

  int trackCount() const noexcept override { return static_cast<int>(streams_.size()); }
  int channelCount(int track) const noexcept override { return streams_[static_cast<size_t>(track)]->channels(); }
  int64_t lengthFrames() const noexcept override { return lengthFrames_; }
  void cue(int64_t positionFrames, Loop loop) noexcept override;
  bool ready() noexcept override { return true; }
  bool pull(int frames) noexcept override;
  const float* plane(int track, int channel) const noexcept override {
    const float* row = rows_[static_cast<size_t>(track)];
    return row ? row : planes_[static_cast<size_t>(track)].samples[channel];
  }

  // Could a file not be read to its end? It is silent from there on.
  bool failed() { return !error().empty(); }
  // A line for every file that failed, in words; empty while none did.
  std::string error();

 private:
  // Interleaved frames, on cache lines of their own.
  struct Frames {
    explicit Frames(size_t samples) : memory(samples + 16) {}
    float* data() noexcept { return memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64 / sizeof(float); }
    std::vector<float> memory;
  };
  using Slab = std::vector<Frames>;  // of each track

  void run() noexcept;
  void waitForBack() noexcept;
  void orderBack() noexcept;

  const int slabFrames_;
  std::vector<std::unique_ptr<TrackStream>> streams_;  // the thread's while isOrdered_, else the render's
  std::vector<TrackPlanes> planes_;
  std::vector<const float*> rows_;  // of each track: where a quantum lies as the graph wants it, or null: in its planes
  int64_t lengthFrames_ = 0;
  Slab front_, back_;  // the render plays the front; the back is the thread's while isOrdered_
  int used_;           // frames of the front that are played
  std::mutex mutex_;
  std::condition_variable changed_;
  bool isOrdered_ = false, isStopping_ = false;
  std::thread thread_;
};

}  // namespace deskd
