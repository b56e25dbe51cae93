// Clicks: a few samples that fit neither what comes before nor what comes behind.
#pragma once
#include <cstdint>
#include <vector>

#include "sound.h"

namespace deskd {

struct Click {
  int64_t frame = 0, frames = 0;
  float surprise = 0;  // error of its prediction, full scale is 1
};

// A sample is suspect where it can be predicted neither from the past nor from the future (the smaller of the two errors of linear
// prediction), far above what the 20 ms around it show. An attack is foretold by what follows it, pulses of a voice or a saw by one
// another. At most 0.6 ms long, and no quieter than 20 dB below the file's highest sample. `isClipped`: samples not to be judged, or empty.
std::vector<Click> findClicks(const Plane& samples, const std::vector<bool>& isClipped, int sampleRateHz, const ShareDone& done);

// How far the worst of them stands off what fits both sides, full scale is 1.
double highestOf(const Plane& samples, const std::vector<Click>& clicks, int sampleRateHz);

// Replaces them by what fits both sides. Everything else stays as it is, to the bit.
void mendClicks(Plane& samples, const std::vector<Click>& clicks, int sampleRateHz);

}  // namespace deskd
