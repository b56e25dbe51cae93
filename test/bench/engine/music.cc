// Synthesis of the tracks.
#include "music.h"

#include <cstdint>
#include <cstdlib>
#include <numbers>

namespace bench {
namespace {

double noise(uint32_t& seed) {
  seed = seed * 1664525u + 1013904223u;
  return (seed >> 8) / 8388608.0 - 1;
}

// One track: notes of its own length and pitch, four partials each, falling by 60 dB in half a second to two.
void write(int track, float* to) {
  uint32_t seed = 12345u + uint32_t(track) * 7919u;
  const int noteFrames = 6000 + track * 977 % 18000;
  const double hz = 55 * std::pow(2, track * 5 % 60 / 12.0), decay = 6.9 / (kSampleRateHz * (0.5 + track % 4 * 0.5));
  for (int n = 0; n < kLoopFrames; n++) {
    const int t = n % noteFrames;
    const double pitch = hz * (1 + n / noteFrames % 5 * 0.25), phase = 2 * std::numbers::pi * pitch / kSampleRateHz * t;
    double x = 0;
    for (int k = 1; k <= 4; k++) x += std::sin(phase * k) / k;
    to[n] = float(0.2 * std::exp(-decay * t) * x + 0.25 * std::exp(-t / 900.0) * noise(seed));
  }
}

}  // namespace

void Music::Free::operator()(float* p) const { std::free(p); }

Music::Music() : rows_((float*)std::aligned_alloc(64, sizeof(float) * kStride * kTrackCount)) {
  for (int t = 0; t < kTrackCount; t++) write(t, rows_.get() + long(t) * kStride);
}

const float* Music::at(int strip, long frame) const {
  const long shifted = frame + strip / kTrackCount * 6400L;
  return rows_.get() + long(strip % kTrackCount) * kStride + shifted % kLoopFrames;
}

}  // namespace bench
