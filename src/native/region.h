// The shared memory as C++ sees it: event ring, value table, meters, counters. Laid out by generated/layout.h.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>

#include "generated/layout.h"

namespace deskd {

class Region {
 public:
  // `bytes` must stay mapped. Gives an empty string, or what is wrong with the region.
  std::string attach(char* bytes, size_t size) noexcept {
    words_ = reinterpret_cast<int32_t*>(bytes);
    bytes_ = bytes;
    if (size < 4096 || word(layout::kMagic) != layout::kMagicValue) return "the shared memory is not a desk's";
    if (word(layout::kLayoutHash) != layout::kHashValue)
      return "the shared memory was laid out by another build: rebuild with `npm run build`";
    if (static_cast<size_t>(word(layout::kTotalBytes)) > size) return "the shared memory is shorter than its header says";
    return {};
  }

  int32_t word(layout::Header field) const noexcept { return words_[field]; }
  const uint8_t* stereoFlags() const noexcept { return reinterpret_cast<uint8_t*>(bytes_ + layout::kStereoFlagsBytes); }
  float* values() const noexcept { return reinterpret_cast<float*>(bytes_ + word(layout::kValuesOffset)); }
  float* meters() const noexcept { return reinterpret_cast<float*>(bytes_ + word(layout::kMetersOffset)); }
  double* counters() const noexcept { return reinterpret_cast<double*>(bytes_ + layout::kCountersBytes); }

  // [audio thread] The next event that is due at `frame`, or null; pop() lets it go.
  const layout::Event* front(int64_t frame) const noexcept {
    const auto read = static_cast<uint32_t>(words_[layout::kEventReadSlot]);
    const auto write =
        static_cast<uint32_t>(std::atomic_ref<int32_t>(words_[layout::kEventWriteSlot]).load(std::memory_order_acquire));
    if (read == write) return nullptr;
    const auto* events = reinterpret_cast<layout::Event*>(bytes_ + word(layout::kEventsOffset));
    const layout::Event* event = events + read % static_cast<uint32_t>(word(layout::kEventCapacity));
    return event->frame <= static_cast<double>(frame) ? event : nullptr;
  }
  void pop() noexcept {
    std::atomic_ref<int32_t>(words_[layout::kEventReadSlot])
        .store(static_cast<int32_t>(static_cast<uint32_t>(words_[layout::kEventReadSlot]) + 1), std::memory_order_release);
  }

 private:
  char* bytes_ = nullptr;
  int32_t* words_ = nullptr;
};

}  // namespace deskd
