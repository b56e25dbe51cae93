// Everything that is known of a file or stream when it has been measured. Levels are linear unless a unit says otherwise.
#pragma once
#include <cstdint>
#include <vector>

namespace deskd {

// Samples at the same level where a wave was cut off.
struct ClippedRun {
  int channel;
  int64_t frame, frames;
  float level;
};

// A stretch whose true peak is above the limit, seen in 32 frames at a time.
struct PeakOver {
  int channel;
  int64_t frame, frames;
  float peak;
};

struct Measurement {
  int64_t frames = 0;
  int channels = 0;
  double sampleRateHz = 0;

  double integratedLufs = 0, loudnessRangeLu = 0;
  double maxMomentaryLufs = 0, maxMomentaryS = 0;  // and where their windows end
  double maxShortTermLufs = 0, maxShortTermS = 0;
  double lowestPsrLu = 0, highestPsrLu = 0;
  std::vector<float> momentaryLufs, shortTermLufs;  // every 100 ms, from the first end of a window on

  std::vector<double> truePeak, samplePeak, meanSquare, mean, dynamicRangeDb;  // one a channel
  double correlation = 0;
  double ppm1 = 0, ppm2 = 0, vu = 0, k = 0;

  int64_t clippedRunCount = 0, overCount = 0;
  std::vector<ClippedRun> clippedRuns;  // the first of them
  std::vector<PeakOver> overs;

  std::vector<double> thirdOctaves;  // mean squares
  std::vector<double> spectrum;      // mean squares in bands of a 24th of an octave from 20 Hz on
  int columns = 0;
  std::vector<float> lowest, highest;  // channels × columns
};

}  // namespace deskd
