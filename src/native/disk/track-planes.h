// One quantum of one track, split into planes for the graph.
#pragma once
#include <algorithm>

#include "../quantum.h"

namespace deskd {

struct alignas(64) TrackPlanes {
  float samples[2][kQuantum] = {};

  // [audio thread] Fills the planes from interleaved frames of one or two channels, beginning at frame `at`.
  void take(const float* interleaved, int channels, int at, int frames) noexcept {
    if (channels == 1) {
      std::copy_n(interleaved, frames, samples[0] + at);
      return;
    }
    for (int i = 0; i < frames; ++i) {
      samples[0][at + i] = interleaved[2 * i];
      samples[1][at + i] = interleaved[2 * i + 1];
    }
  }
};

}  // namespace deskd
