#include "loudness-of.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace deskd {
namespace {

constexpr int kMomentaryHops = 40, kShortTermHops = 300, kBlockHops = 10;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double lufsOf(double meanSquare) { return meanSquare > 0 ? -0.691 + 10 * std::log10(meanSquare) : -kInfinity; }
double meanSquareOf(double lufs) { return std::pow(10, (lufs + 0.691) / 10); }

// Of the last `length` hops at each hop; sums are begun anew every `length` hops, so that nothing drifts.
std::vector<double> windowMeans(const std::vector<double>& hops, size_t length) {
  std::vector<double> means(hops.size());
  std::vector<double> tail(length + 1);  // of the block before: sums from each place to its end
  double head = 0;
  for (size_t i = 0; i < hops.size(); i++) {
    const size_t at = i % length;
    if (at == 0 && i > 0) {
      tail[length] = 0;
      for (size_t j = length; j-- > 0;) tail[j] = tail[j + 1] + hops[i - length + j];
      head = 0;
    }
    head += hops[i];
    means[i] = (head + tail[at + 1]) / static_cast<double>(length);
  }
  return means;
}

double mean(const std::vector<double>& values, double above) {
  double sum = 0;
  size_t count = 0;
  for (const double value : values)
    if (value > above) sum += value, count++;
  return count ? sum / static_cast<double>(count) : 0;
}

// Values above −70 LUFS at every 100 ms from the first full window on.
std::vector<double> gatedBlocks(const std::vector<double>& means, size_t length) {
  std::vector<double> blocks;
  const double gate = meanSquareOf(-70);
  for (size_t end = length; end <= means.size(); end += kBlockHops)
    if (means[end - 1] > gate) blocks.push_back(means[end - 1]);
  return blocks;
}

struct Highest {
  double lufs = -kInfinity, seconds = 0;
};
Highest highestOf(const std::vector<double>& means) {
  Highest highest;
  const auto at = std::max_element(means.begin(), means.end());
  if (at != means.end() && *at > 0) highest = {lufsOf(*at), static_cast<double>(at - means.begin() + 1) / 100};
  return highest;
}

std::vector<float> overTime(const std::vector<double>& means, size_t length) {
  std::vector<float> series;
  for (size_t end = length; end <= means.size(); end += kBlockHops) series.push_back(static_cast<float>(lufsOf(means[end - 1])));
  return series;
}

double rangeOf(std::vector<double> shortTerms) {
  const double gate = .01 * mean(shortTerms, 0);
  std::erase_if(shortTerms, [&](double value) { return !(value > gate); });
  if (shortTerms.empty()) return 0;
  std::sort(shortTerms.begin(), shortTerms.end());
  const auto percentile = [&](double part) {
    return lufsOf(shortTerms[static_cast<size_t>(static_cast<double>(shortTerms.size() - 1) * part + .5)]);
  };
  return percentile(.95) - percentile(.1);
}

// Highest of the last `length` at each place (a queue of falling candidates).
std::vector<float> windowMaxima(const std::vector<float>& values, size_t length) {
  std::vector<float> maxima(values.size());
  std::vector<size_t> queue(values.size());
  size_t first = 0, last = 0;
  for (size_t i = 0; i < values.size(); i++) {
    while (last > first && values[queue[last - 1]] <= values[i]) last--;
    queue[last++] = i;
    if (queue[first] + length <= i) first++;
    maxima[i] = values[queue[first]];
  }
  return maxima;
}

}  // namespace

void addLoudness(const LoudnessHops& hops, Measurement& to) {
  const std::vector<double> momentary = windowMeans(hops.meanSquare, kMomentaryHops);
  const std::vector<double> shortTerm = windowMeans(hops.meanSquare, kShortTermHops);
  const std::vector<double> blocks = gatedBlocks(momentary, kMomentaryHops), ranges = gatedBlocks(shortTerm, kShortTermHops);
  to.integratedLufs = lufsOf(mean(blocks, .1 * mean(blocks, 0)));
  to.loudnessRangeLu = std::max(0.0, rangeOf(ranges));
  const Highest loudestMoment = highestOf(momentary), loudestTerm = highestOf(shortTerm);
  to.maxMomentaryLufs = loudestMoment.lufs, to.maxMomentaryS = loudestMoment.seconds;
  to.maxShortTermLufs = loudestTerm.lufs, to.maxShortTermS = loudestTerm.seconds;
  to.momentaryLufs = overTime(momentary, kMomentaryHops);
  to.shortTermLufs = overTime(shortTerm, kShortTermHops);

  const std::vector<float> peaks = windowMaxima(hops.truePeak, kShortTermHops);
  const double gate = std::max(meanSquareOf(-70), .01 * mean(ranges, 0));
  double lowest = kInfinity, highest = -kInfinity;
  for (size_t end = kShortTermHops; end <= shortTerm.size(); end += kBlockHops) {
    if (!(shortTerm[end - 1] > gate)) continue;
    const double psr = 20 * std::log10(peaks[end - 1]) - lufsOf(shortTerm[end - 1]);
    lowest = std::min(lowest, psr), highest = std::max(highest, psr);
  }
  to.lowestPsrLu = lowest <= highest ? lowest : 0;
  to.highestPsrLu = lowest <= highest ? highest : 0;
}

}  // namespace deskd
