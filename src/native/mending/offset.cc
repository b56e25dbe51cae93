#include "offset.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace deskd {
namespace {

constexpr double kQuietFault = 5e-4, kMeanFault = 1e-3, kEnough = 5e-5;
constexpr double kBlockS = 0.25, kLowCutHz = 4;

double meanOf(const Plane& samples, size_t from, size_t to) {
  double sum = 0;
  for (size_t n = from; n < to; ++n) sum += static_cast<double>(samples[n]);
  return sum / static_cast<double>(std::max<size_t>(1, to - from));
}

// Butterworth of the second order, forwards and backwards: −6 dB at 4 Hz, −.01 dB at 20 Hz.
void cutLows(Plane& samples, int sampleRateHz) {
  const double w = std::tan(std::numbers::pi * kLowCutHz / sampleRateHz), norm = 1 / (1 + std::numbers::sqrt2 * w + w * w);
  const double a1 = 2 * (w * w - 1) * norm, a2 = (1 - std::numbers::sqrt2 * w + w * w) * norm;
  const auto run = [&](auto begin, auto end) {
    double s1 = 0, s2 = 0;
    for (auto at = begin; at != end; ++at) {
      const double x = *at, y = norm * x + s1;
      s1 = -2 * norm * x - a1 * y + s2;
      s2 = norm * x - a2 * y;
      *at = y;
    }
  };
  const auto tail = static_cast<size_t>(sampleRateHz);  // what rings on behind the end belongs to the way back
  std::vector<double> wide(samples.size() + tail);
  std::copy(samples.begin(), samples.end(), wide.begin());
  run(wide.begin(), wide.end());
  run(wide.rbegin(), wide.rend());
  std::copy_n(wide.begin(), samples.size(), samples.begin());
}

}  // namespace

Offset offsetOf(const Plane& samples, int sampleRateHz) {
  Offset offset{meanOf(samples, 0, samples.size()), 0};
  offset.quiet = offset.mean;
  struct Block {
    double mean, power;
  };
  std::vector<Block> blocks;
  const auto length = static_cast<size_t>(kBlockS * sampleRateHz);
  for (size_t from = 0; from + length <= samples.size(); from += length) {
    Block block{meanOf(samples, from, from + length), 0};
    for (size_t n = from; n < from + length; ++n) block.power += std::pow(static_cast<double>(samples[n]) - block.mean, 2);
    blocks.push_back(block);
  }
  if (blocks.size() < 4) return {};  // of so short a sound nothing can be told
  std::sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.power < b.power; });
  blocks.resize(std::max<size_t>(4, blocks.size() / 10));
  std::sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.mean < b.mean; });
  offset.quiet = blocks[blocks.size() / 2].mean;
  return offset;
}

bool isFault(const Offset& offset) {
  return (std::fabs(offset.quiet) > kQuietFault && std::fabs(offset.mean) > kQuietFault) || std::fabs(offset.mean) > kMeanFault;
}

bool mendOffset(Plane& samples, const Offset& offset, int sampleRateHz) {
  for (float& sample : samples) sample = static_cast<float>(static_cast<double>(sample) - offset.quiet);
  if (std::fabs(meanOf(samples, 0, samples.size())) <= kEnough) return false;
  cutLows(samples, sampleRateHz);
  const double left = meanOf(samples, 0, samples.size());
  // A file that is shorter than such a filter's memory.
  if (std::fabs(left) > kEnough)
    for (float& sample : samples) sample = static_cast<float>(static_cast<double>(sample) - left);
  return true;
}

}  // namespace deskd
