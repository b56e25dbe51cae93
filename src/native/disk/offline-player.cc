// Decoding costs about as much as the desk's DSP, so it runs beside it; what comes out does not depend on the timing.
#include "offline-player.h"

#include <pthread.h>

#include <algorithm>

namespace deskd {
namespace {

// Few tracks are decoded in larger pieces: less waiting for each other.
int slabFramesFor(size_t tracks) {
  return std::clamp(static_cast<int>(131072 / std::max<size_t>(tracks, 1)), 8192, 32768) / kQuantum * kQuantum;
}

}  // namespace

OfflinePlayer::OfflinePlayer(const std::vector<TrackFiles>& tracks, int sampleRateHz)
    : slabFrames_(slabFramesFor(tracks.size())),
      streams_(openTracks(tracks, sampleRateHz, slabFrames_)),
      planes_(streams_.size()),
      rows_(streams_.size()),
      used_(slabFrames_) {
  for (const auto& stream : streams_) {
    lengthFrames_ = std::max(lengthFrames_, stream->lengthFrames());
    front_.emplace_back(static_cast<size_t>(slabFrames_ * stream->channels()));
  }
  for (const auto& stream : streams_) back_.emplace_back(static_cast<size_t>(slabFrames_ * stream->channels()));
  thread_ = std::thread([this] { run(); });
  orderBack();
}

OfflinePlayer::~OfflinePlayer() {
  {
    const std::lock_guard lock(mutex_);
    isStopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void OfflinePlayer::cue(int64_t positionFrames, Loop loop) noexcept {
  waitForBack();
  for (auto& stream : streams_) stream->cue(positionFrames, loop);
  used_ = slabFrames_;
  orderBack();
}

bool OfflinePlayer::pull(int frames) noexcept {
  for (int at = 0; at < frames;) {
    if (used_ == slabFrames_) {
      waitForBack();
      front_.swap(back_);
      used_ = 0;
      orderBack();
    }
    const int count = std::min(frames - at, slabFrames_ - used_);
    for (size_t i = 0; i < streams_.size(); ++i) {
      const int channels = streams_[i]->channels();
      const float* from = front_[i].data() + used_ * channels;
      const bool isRow = channels == 1 && count == kQuantum && reinterpret_cast<uintptr_t>(from) % 64 == 0;
      rows_[i] = isRow ? from : nullptr;
      if (!isRow) planes_[i].take(from, channels, at, count);
    }
    used_ += count;
    at += count;
  }
  return true;
}

std::string OfflinePlayer::error() {
  waitForBack();
  std::string lines;
  for (const auto& stream : streams_) {
    if (stream->error().empty()) continue;
    lines += (lines.empty() ? "" : "\n") + stream->error();
  }
  return lines;
}

void OfflinePlayer::waitForBack() noexcept {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !isOrdered_; });
}

void OfflinePlayer::orderBack() noexcept {
  {
    const std::lock_guard lock(mutex_);
    isOrdered_ = true;
  }
  changed_.notify_all();
}

void OfflinePlayer::run() noexcept {
  pthread_setname_np(pthread_self(), "deskd-decoder");
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return isOrdered_ || isStopping_; });
    if (isStopping_) return;
    lock.unlock();
    for (size_t i = 0; i < streams_.size(); ++i) streams_[i]->read(back_[i].data(), slabFrames_);
    lock.lock();
    isOrdered_ = false;
    changed_.notify_all();
  }
}

}  // namespace deskd
