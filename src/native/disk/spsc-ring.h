// A ring of small values between exactly one writing and one reading thread; neither ever waits for the other.
#pragma once
#include <atomic>
#include <bit>
#include <cstdint>
#include <vector>

namespace deskd {

template <typename T>
class SpscRing {
 public:
  explicit SpscRing(int64_t minCount)
      : items_(std::bit_ceil(static_cast<uint64_t>(minCount))), mask_(items_.size() - 1) {}

  // The writing thread's side. False when the ring is full.
  bool push(const T& item) noexcept {
    const uint64_t at = written_.load(std::memory_order_relaxed);
    if (at - read_.load(std::memory_order_acquire) == items_.size()) return false;
    items_[at & mask_] = item;
    written_.store(at + 1, std::memory_order_release);
    return true;
  }

  // The reading thread's side. The oldest item, nullptr when there is none; it stays until pop().
  const T* front() const noexcept {
    const uint64_t at = read_.load(std::memory_order_relaxed);
    return at == written_.load(std::memory_order_acquire) ? nullptr : &items_[at & mask_];
  }
  void pop() noexcept { read_.store(read_.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

 private:
  std::vector<T> items_;
  const uint64_t mask_;
  alignas(64) std::atomic<uint64_t> written_{0};
  alignas(64) std::atomic<uint64_t> read_{0};
};

}  // namespace deskd
