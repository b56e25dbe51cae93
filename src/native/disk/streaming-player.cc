// The audio thread never signals: the disk thread looks at the rings every 5 ms, far oftener than two seconds run out.
#include "streaming-player.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>

namespace deskd {
namespace {

constexpr std::chrono::milliseconds kPoll{5};
constexpr int64_t kChunkFrames = 4096;

}  // namespace

StreamingPlayer::StreamingPlayer(const std::vector<TrackFiles>& tracks, int sampleRateHz)
    : prefillFrames_(sampleRateHz / 4) {
  // A block of a third of a second: a longer loop costs one seek a block at worst, a shorter one plays from memory.
  for (auto& stream : openTracks(tracks, sampleRateHz, sampleRateHz / 3)) {
    lengthFrames_ = std::max(lengthFrames_, stream->lengthFrames());
    tracks_.push_back(std::make_unique<Track>(std::move(stream), int64_t{2} * sampleRateHz));
  }
  thread_ = std::thread([this] { run(); });
}

StreamingPlayer::~StreamingPlayer() {
  isStopping_.store(true, std::memory_order_release);
  thread_.join();
}

// [audio thread]
void StreamingPlayer::cue(int64_t positionFrames, Loop loop) noexcept {
  ++generation_;
  sequence_.store(2 * generation_ - 1, std::memory_order_relaxed);
  // Released one by one, so that whoever sees a new field also sees the odd sequence (Boehm 2012, seqlocks).
  cuePosition_.store(positionFrames, std::memory_order_release);
  loopOn_.store(loop.on, std::memory_order_release);
  loopStart_.store(loop.startFrame, std::memory_order_release);
  loopEnd_.store(loop.endFrame, std::memory_order_release);
  sequence_.store(2 * generation_, std::memory_order_release);
  // Room for the new stream at once; what the disk thread still adds to the old one is dropped by adopt().
  for (auto& track : tracks_) track->ring.skipTo(track->ring.writeIndex());
}

// [audio thread] True once the rings hold the stream of the last cue, with what was before it dropped.
bool StreamingPlayer::adopt() noexcept {
  if (adoptedGeneration_ == generation_) return true;
  if (filledGeneration_.load(std::memory_order_acquire) != generation_) return false;
  for (auto& track : tracks_) track->ring.skipTo(track->startIndex);
  adoptedGeneration_ = generation_;
  return true;
}

// [audio thread]
bool StreamingPlayer::ready() noexcept {
  if (!adopt()) return false;
  for (const auto& track : tracks_)
    if (track->ring.readable() < prefillFrames_) return false;
  return true;
}

// [audio thread]
bool StreamingPlayer::pull(int frames) noexcept {
  if (!adopt()) return false;
  for (const auto& track : tracks_)
    if (track->ring.readable() < frames) return false;
  for (auto& track : tracks_) {
    FrameRing& ring = track->ring;
    for (int at = 0; at < frames;) {
      const FrameRing::Region region = ring.readRegion(frames - at);
      const auto count = static_cast<int>(region.frames);
      track->planes.take(region.samples, ring.channels(), at, count);
      ring.release(count);
      at += count;
    }
  }
  return true;
}

std::string StreamingPlayer::error() const {
  const std::lock_guard lock(errorMutex_);
  return error_;
}

void StreamingPlayer::run() noexcept {
  pthread_setname_np(pthread_self(), "deskd-player");
  while (!isStopping_.load(std::memory_order_acquire)) {
    const bool isCued = takeCue();
    if (!fill() && !isCued) std::this_thread::sleep_for(kPoll);
  }
}

// A cue that is being written right now is taken at the next look.
bool StreamingPlayer::takeCue() noexcept {
  const int64_t sequence = sequence_.load(std::memory_order_acquire);
  if (sequence == diskSequence_ || sequence % 2 != 0) return false;
  const int64_t position = cuePosition_.load(std::memory_order_acquire);
  const Loop loop{loopOn_.load(std::memory_order_acquire), loopStart_.load(std::memory_order_acquire),
                  loopEnd_.load(std::memory_order_acquire)};
  if (sequence_.load(std::memory_order_relaxed) != sequence) return false;
  for (auto& track : tracks_) {
    track->stream->cue(position, loop);
    track->startIndex = track->ring.writeIndex();
  }
  diskSequence_ = sequence;
  filledGeneration_.store(sequence / 2, std::memory_order_release);
  return true;
}

// One chunk for every track that has room, so that all of them get ready together. False when nothing was to do.
bool StreamingPlayer::fill() noexcept {
  bool isFilling = false;
  for (auto& track : tracks_) {
    const bool isOvertaken = sequence_.load(std::memory_order_relaxed) != diskSequence_;
    if (isOvertaken || isStopping_.load(std::memory_order_relaxed)) break;
    if (track->ring.writable() < kChunkFrames) continue;
    const FrameRing::Region region = track->ring.writeRegion(kChunkFrames);
    track->stream->read(region.samples, region.frames);
    track->ring.commit(region.frames);
    isFilling = true;
    if (!track->stream->error().empty() && !track->isReported) report(*track);
  }
  return isFilling;
}

void StreamingPlayer::report(Track& track) noexcept {
  track.isReported = true;
  const std::lock_guard lock(errorMutex_);
  error_ += (error_.empty() ? "" : "\n") + track.stream->error();
  failed_.store(true, std::memory_order_release);
}

}  // namespace deskd
