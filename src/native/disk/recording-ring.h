// A frame ring for recording: frames that find no room become silence on the other side, so that time never slips.
#pragma once
#include <cstdint>

#include "frame-ring.h"
#include "spsc-ring.h"

namespace deskd {

class RecordingRing {
 public:
  struct Piece {
    const float* samples;  // interleaved; nullptr is silence in the place of lost frames
    int64_t frames;        // 0: nothing is due
  };

  RecordingRing(int channels, int64_t minFrames) : ring_(channels, minFrames), gaps_(kGapCount) {}
  int channels() const noexcept { return ring_.channels(); }

  // [audio thread] One plane a channel, nullptr is silence. False when the frames are lost.
  bool write(const float* const* planes, int frames) noexcept {
    framesSeen_ += frames;
    const bool hasRoom = ring_.writable() >= frames;
    if (!hasRoom || (openGap_ > 0 && !gaps_.push({ring_.writeIndex(), openGap_}))) {
      openGap_ += frames;
      return false;
    }
    openGap_ = 0;
    for (int at = 0; at < frames;) {
      const FrameRing::Region region = ring_.writeRegion(frames - at);
      const auto count = static_cast<int>(region.frames);
      for (int channel = 0; channel < ring_.channels(); ++channel) {
        const float* plane = planes[channel];
        float* to = region.samples + channel;
        for (int i = 0; i < count; ++i) to[i * ring_.channels()] = plane != nullptr ? plane[at + i] : 0.0f;
      }
      ring_.commit(count);
      at += count;
    }
    return true;
  }
  // [audio thread] Frames given to write() so far, lost or not.
  int64_t framesSeen() const noexcept { return framesSeen_; }

  // [disk thread] What is in the ring now is due; next() does not look further.
  void markDue() noexcept { dueIndex_ = ring_.writeIndex(); }
  // [disk thread] The next frames that are due. A gap is announced before the frames behind it, so the gaps are looked
  // at after the index.
  Piece next() noexcept {
    const FrameRing::Region region = ring_.readRegion(dueIndex_ - ring_.readIndex());
    const Gap* gap = gaps_.front();
    if (gap == nullptr) return {region.samples, region.frames};
    const int64_t ahead = gap->ringIndex - ring_.readIndex();
    if (ahead == 0) return {nullptr, gap->frames};
    return {region.samples, std::min(region.frames, ahead)};
  }
  void release(const Piece& piece) noexcept {
    if (piece.samples == nullptr) {
      gaps_.pop();
    } else {
      ring_.release(piece.frames);
    }
  }
  // [disk thread] Lets go of up to so many frames that are due. Gives how many: a gap goes as a whole or not at all.
  int64_t discard(int64_t frames) noexcept {
    int64_t gone = 0;
    while (gone < frames) {
      Piece piece = next();
      if (piece.frames == 0 || (piece.samples == nullptr && piece.frames > frames - gone)) break;
      piece.frames = std::min(piece.frames, frames - gone);
      release(piece);
      gone += piece.frames;
    }
    return gone;
  }
  // [disk thread] After the audio thread has let go: makes everything due, lost frames at the very end too.
  void close() noexcept {
    if (openGap_ > 0 && gaps_.push({ring_.writeIndex(), openGap_})) openGap_ = 0;
    markDue();
  }

 private:
  // Lost frames in front of the frame with this index in the ring.
  struct Gap {
    int64_t ringIndex;
    int64_t frames;
  };
  static constexpr int64_t kGapCount = 64;

  FrameRing ring_;
  SpscRing<Gap> gaps_;
  int64_t framesSeen_ = 0, openGap_ = 0;  // audio thread
  int64_t dueIndex_ = 0;                  // disk thread
};

}  // namespace deskd
