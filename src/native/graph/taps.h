// What sends tap before a strip's end, and lines of tiles for what must be late.
#pragma once
#include "routing.h"

namespace deskd::DESKD_ISA {

class GraphTaps : protected GraphRouting {
 protected:
  using GraphRouting::GraphRouting;

  bool isTapped(int g, TapPoint point) const noexcept { return groupTaps_[g] & 1 << point; }

  // Rows of some lanes for the sends; as late as the strips' ends.
  void keepTap(int g, TapPoint point, uint32_t lanes) noexcept {
    if (stripLatency_) {
      writeLanes(tapLine(g, point), tile(g), lanes);
      if (!isTapped(g, point)) return;
      readTile(tapLine(g, point), stripLatency_, keyTile_);
      LaneGroup::unload(keyTile_, tapRows_[point] + g * tileStride_);
    } else {
      keepLateTap(g, point, lanes);
    }
  }

  // The same of what is as late already.
  void keepLateTap(int g, TapPoint point, uint32_t lanes) noexcept {
    if (!isTapped(g, point)) return;
    float* rows = tapRows_[point] + g * tileStride_;
    if (lanes == kAllLanes) return LaneGroup::unload(tile(g), rows);
    LaneGroup::unload(tile(g), sourceRows_);
    for (uint32_t todo = lanes; todo; todo &= todo - 1) {
      const int row = __builtin_ctz(todo) * kQuantum;
      __builtin_memcpy(rows + row, sourceRows_ + row, kQuantum * sizeof(float));
    }
  }

  // Lines of tiles [frame][lane]: this quantum's tile for some lanes, and tiles of so many frames ago.
  void writeLanes(float* line, const float* tile, uint32_t lanes) const noexcept {
    float* to = line + (core_->frame & (lineFrames_ - 1)) * kLanes;
    const Vi mask = (splati((int32_t)lanes) & laneBits_) != 0;
    for (int n = 0; n < kQuantum; n++) store(to + n * kLanes, select(mask, load(tile + n * kLanes), load(to + n * kLanes)));
  }
  const float* pastFrame(const float* line, int64_t frame) const noexcept {
    return line + (frame & (lineFrames_ - 1)) * kLanes;
  }
  void readTile(const float* line, int late, float* tile) const noexcept {
    for (int n = 0; n < kQuantum; n++) store(tile + n * kLanes, load(pastFrame(line, core_->frame + n - late)));
  }
  void readLanes(const float* line, const int32_t* late, float* tile) const noexcept {
    readTile(line, late[0], tile);
    for (int i = 1; i < kLanes; i++)
      for (int n = 0; late[i] != late[0] && n < kQuantum; n++)
        tile[n * kLanes + i] = pastFrame(line, core_->frame + n - late[i])[i];
  }
};

}  // namespace deskd::DESKD_ISA
