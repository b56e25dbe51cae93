// The jobs that are measured, as plain numbers: what a desk is set to and what the naive engine is built from.
#pragma once
#include <cmath>

namespace bench {

constexpr double kSampleRateHz = 48000;
constexpr int kBlockFrames = 64;
constexpr double kBudgetUs = kBlockFrames / kSampleRateHz * 1e6;  // 1333 µs

struct Bell {
  double frequencyHz, gainDb, q;
};

// Job P: a strip is a 4th-order high-pass, 4 bells, compressor, pan and fader; the master has 5 bells and a limiter.
constexpr double kHighPassHz = 60;
constexpr Bell kStripBells[4] = {{120, 3, 1}, {500, -2, 1.4}, {2000, 2, 0.8}, {5000, -1.5, 1}};
constexpr Bell kMasterBells[5] = {{80, 1.5, 0.9}, {320, -1, 1}, {1000, 1, 1}, {3000, -1, 1.2}, {8000, 1.5, 0.7}};
constexpr Bell kFurtherBells[2] = {{250, -2, 2}, {9000, 2, 1}};  // the 5th and 6th band of a full strip

constexpr double kThresholdDb = -24, kRatio = 4, kKneeDb = 6, kAttackMs = 10, kReleaseMs = 150;
constexpr double kCeilingDb = -1, kLookaheadMs = 1.5, kLimiterReleaseMs = 50;

// Faders are set so that any number of strips adds up to about the same level; pans are spread over the stage.
inline double faderDb(int stripCount) { return -10 * std::log10(stripCount) + 16; }
inline double pan(int strip) { return strip * 37 % 201 - 100; }

}  // namespace bench
