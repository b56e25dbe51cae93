// Where a wave was cut off, at full scale or at whatever level the file was brought to afterwards, and how it may have gone on.
#pragma once
#include <cstdint>
#include <vector>

#include "sound.h"

namespace deskd {

// Samples in a row that stand at one level of one polarity.
struct ClippedRun {
  int64_t frame = 0, frames = 0;
  float level = 0;  // negative below zero
};

// Runs of three samples or more at the highest level of their polarity, or at one that several runs share, which the wave enters or
// leaves by a corner: a smooth top, however coarse its steps, has none. Waves that are square by design are none either.
// Where there are such runs, shorter ones at the same level are given too.
std::vector<ClippedRun> findClips(const Plane& samples);

// Those of three samples or more: what "clipped runs" means in every report.
int64_t countLongRuns(const std::vector<ClippedRun>& runs);

// Replaces the samples of the runs by what continues the wave around them, beyond the level at which it was cut.
// What is not in a run stays as it is, to the bit. The result may be above full scale.
void mendClips(Plane& samples, const std::vector<ClippedRun>& runs, int sampleRateHz, const ShareDone& done);

}  // namespace deskd
