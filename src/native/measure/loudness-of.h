// Loudness figures of a whole programme from the K-weighted energies of its 10 ms hops.
#pragma once
#include <vector>

#include "measurement.h"

namespace deskd {

struct LoudnessHops {
  std::vector<double> meanSquare;  // weighted, summed over the channels
  std::vector<float> truePeak;     // linear; at the end one more, of what is left of a hop
};

// ITU-R BS.1770-5 (gating exactly, as all blocks are at hand), EBU Tech 3341 and 3342. Before a window is full the rest of it
// counts as silence for the maxima; PSR is the true peak of the last 3 s over their loudness, where that is no more than 20 LU
// below the mean of all.
void addLoudness(const LoudnessHops& hops, Measurement& to);

}  // namespace deskd
