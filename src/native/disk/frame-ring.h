// A ring of interleaved frames between exactly one writing and one reading thread; neither ever waits for the other.
#pragma once
#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

namespace deskd {

class FrameRing {
 public:
  struct Region {
    float* samples;
    int64_t frames;
  };

  FrameRing(int channels, int64_t minFrames)
      : channels_(channels),
        capacity_(static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(minFrames)))),
        samples_(static_cast<size_t>(capacity_ * channels)) {}

  int channels() const noexcept { return channels_; }
  int64_t capacity() const noexcept { return capacity_; }

  // The writing thread's side.
  int64_t writable() const noexcept {
    return capacity_ - (written_.load(std::memory_order_relaxed) - read_.load(std::memory_order_acquire));
  }
  // Up to `frames` frames of room in one piece; there may be as many again at the ring's start.
  Region writeRegion(int64_t frames) noexcept {
    return region(written_.load(std::memory_order_relaxed), std::min(frames, writable()));
  }
  void commit(int64_t frames) noexcept {
    written_.store(written_.load(std::memory_order_relaxed) + frames, std::memory_order_release);
  }

  // The reading thread's side.
  int64_t readable() const noexcept {
    return written_.load(std::memory_order_acquire) - read_.load(std::memory_order_relaxed);
  }
  Region readRegion(int64_t frames) noexcept {
    return region(read_.load(std::memory_order_relaxed), std::min(frames, readable()));
  }
  void release(int64_t frames) noexcept {
    read_.store(read_.load(std::memory_order_relaxed) + frames, std::memory_order_release);
  }
  // Drops everything before this index; it must lie between readIndex() and writeIndex().
  void skipTo(int64_t index) noexcept { read_.store(index, std::memory_order_release); }

  // Frames written and read since the ring was made.
  int64_t writeIndex() const noexcept { return written_.load(std::memory_order_acquire); }
  int64_t readIndex() const noexcept { return read_.load(std::memory_order_acquire); }

 private:
  Region region(int64_t index, int64_t frames) noexcept {
    const int64_t at = index & (capacity_ - 1);
    return {samples_.data() + at * channels_, std::min(frames, capacity_ - at)};
  }

  const int channels_;
  const int64_t capacity_;  // a power of two
  std::vector<float> samples_;
  alignas(64) std::atomic<int64_t> written_{0};
  alignas(64) std::atomic<int64_t> read_{0};
};

}  // namespace deskd
