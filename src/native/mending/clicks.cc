#include "clicks.h"

#include <algorithm>
#include <cmath>

#include "autoregression.h"

namespace deskd {
namespace {

constexpr double kOverRms = 25, kOverPeak = 8;  // of the prediction error around it, and of its highest value
constexpr double kAroundS = 0.02, kBesideS = 0.0015, kLongestS = 0.0006;
constexpr float kLowest = 1e-3f;                // −60 dBFS: a quieter one is no fault
constexpr float kOfHighest = 0.1f;              // nor is one 20 dB below the highest sample: so quiet are ticks of instruments

// The smaller of the errors of prediction from the past, by what the past is like, and from the future, by what that is like: a click
// itself is in neither model.
std::vector<float> surprise(const Plane& samples, size_t order, size_t window) {
  const size_t hop = window / 4, end = samples.size();
  std::vector<double> stretch(window);  // the whole file in double would be the largest thing in memory
  const auto wide = [&](size_t from, size_t frames) {
    std::copy_n(samples.begin() + static_cast<int64_t>(from), frames, stretch.begin());
    return stretch.data();
  };
  // models[i] is of the window that begins at hop i.
  std::vector<std::vector<double>> models;
  std::vector<float> error(end);
  for (size_t i = 0; i * hop + window <= end; ++i) {
    models.emplace_back();
    if (!predictor(wide(i * hop, window), window, order, models[i])) models[i].clear();
    if (i >= 6) models[i - 6] = {};
    if (i < 5) continue;
    // The hop between the window that ends with hop i − 2 and the one that begins with hop i.
    const size_t first = (i - 1) * hop;
    const std::vector<double>&before = models[i - 5], &behind = models[i];
    const double* const x = wide(first - order, order + hop + order);
    for (size_t n = first; n < first + hop; ++n) {
      const double* const here = x + order + (n - first);
      double past = before.empty() ? *here : 0, future = behind.empty() ? *here : 0;
      for (size_t k = 0; k < before.size(); ++k) past += before[k] * here[-static_cast<int64_t>(k)];
      for (size_t k = 0; k < behind.size(); ++k) future += behind[k] * here[k];
      error[n] = static_cast<float>(std::min(std::fabs(past), std::fabs(future)));
    }
  }
  return error;
}

struct Around {
  float rms = 0, peak = 0;
};

// Of the error on both sides of a suspect, without what is next to it; the worse side counts.
Around around(const std::vector<float>& error, int64_t from, int64_t to, int64_t beside, int64_t reach) {
  Around worst;
  const auto end = static_cast<int64_t>(error.size());
  const int64_t sides[2][2] = {{from - reach, from - beside}, {to + beside, to + reach}};
  for (const auto& side : sides) {
    double power = 0;
    float peak = 0;
    const int64_t first = std::max<int64_t>(0, side[0]), last = std::min(end, side[1]);
    for (int64_t n = first; n < last; ++n) {
      const float e = error[static_cast<size_t>(n)];
      power += static_cast<double>(e) * e;
      peak = std::max(peak, e);
    }
    if (last > first) worst.rms = std::max(worst.rms, static_cast<float>(std::sqrt(power / static_cast<double>(last - first))));
    worst.peak = std::max(worst.peak, peak);
  }
  return worst;
}

}  // namespace

std::vector<Click> findClicks(const Plane& samples, const std::vector<bool>& isClipped, int sampleRateHz, const ShareDone& done) {
  const double scale = std::max(1.0, sampleRateHz / 48000.0);
  const auto order = static_cast<size_t>(std::lround(32 * scale)), window = static_cast<size_t>(std::lround(256 * scale)) * 4;
  const auto reach = static_cast<int64_t>(kAroundS * sampleRateHz), beside = static_cast<int64_t>(kBesideS * sampleRateHz);
  const auto longest = static_cast<int64_t>(kLongestS * sampleRateHz);
  const std::vector<float> error = surprise(samples, order, window);
  done(0.7);
  float highest = 0;
  for (const float sample : samples) highest = std::max(highest, std::fabs(sample));
  const float lowest = std::max(kLowest, kOfHighest * highest);
  // Candidates: the highest of their neighbourhood.
  std::vector<Click> clicks;
  const auto end = static_cast<int64_t>(error.size());
  for (int64_t n = 0; n < end;) {
    if (!(error[static_cast<size_t>(n)] > lowest)) {
      ++n;
      continue;
    }
    int64_t top = n;
    for (int64_t k = n; k < std::min(end, n + beside); ++k)
      if (error[static_cast<size_t>(k)] > error[static_cast<size_t>(top)]) top = k;
    const float height = error[static_cast<size_t>(top)];
    int64_t from = top, to = top + 1;
    const float floor = height * 0.15f;
    for (int64_t k = top; k >= std::max<int64_t>(0, top - beside); --k)
      if (error[static_cast<size_t>(k)] > floor) from = k;
    for (int64_t k = top; k < std::min(end, top + beside); ++k)
      if (error[static_cast<size_t>(k)] > floor) to = k + 1;
    const Around quiet = around(error, from, to, beside, reach);
    bool isJudged = to - from <= longest && height > kOverRms * quiet.rms && height > kOverPeak * quiet.peak;
    // The corners of a clipped run surprise too.
    const int64_t margin = std::max(static_cast<int64_t>(order), 2 * beside);
    for (int64_t k = std::max<int64_t>(0, from - margin); isJudged && !isClipped.empty() && k < std::min(end, to + margin); ++k)
      isJudged = !isClipped[static_cast<size_t>(k)];
    if (isJudged) clicks.push_back({from, to - from, height});
    n = std::max(to, top + 1);
  }
  done(1);
  return clicks;
}

namespace {

// What fits both sides of a click, for the samples from `first` on; none too near the ends.
struct Filling {
  size_t first = 0;
  std::vector<double> samples;
};

Filling fillingOf(const Plane& samples, const Click& click, int sampleRateHz) {
  const double scale = std::max(1.0, sampleRateHz / 48000.0);
  const auto order = static_cast<size_t>(std::lround(64 * scale));
  const auto half = static_cast<int64_t>(std::lround(1024 * scale)), guard = static_cast<int64_t>(std::lround(2 * scale));
  const int64_t from = std::max<int64_t>(0, click.frame - half);
  const int64_t to = std::min(static_cast<int64_t>(samples.size()), click.frame + click.frames + half);
  std::vector<double> x(samples.begin() + from, samples.begin() + to);
  Gap gap;
  for (int64_t n = click.frame - guard; n < click.frame + click.frames + guard; ++n)
    if (n - from >= static_cast<int64_t>(order) && n < to - static_cast<int64_t>(order)) gap.at.push_back(static_cast<size_t>(n - from));
  if (gap.at.empty()) return {};
  // What stands there would be a part of the model: a straight line is a better first guess.
  const size_t first = gap.at.front(), last = gap.at.back();
  for (const size_t n : gap.at)
    x[n] = x[first - 1] + (x[last + 1] - x[first - 1]) * static_cast<double>(n + 1 - first) / static_cast<double>(last + 2 - first);
  interpolate(x, gap, order, 3);
  Filling filling{static_cast<size_t>(from) + first, {}};
  for (const size_t n : gap.at) filling.samples.push_back(x[n]);
  return filling;
}

}  // namespace

double highestOf(const Plane& samples, const std::vector<Click>& clicks, int sampleRateHz) {
  std::vector<Click> strongest(std::min<size_t>(clicks.size(), 8));
  std::partial_sort_copy(clicks.begin(), clicks.end(), strongest.begin(), strongest.end(),
                         [](const Click& a, const Click& b) { return a.surprise > b.surprise; });
  double highest = 0;
  for (const Click& click : strongest) {
    const Filling filling = fillingOf(samples, click, sampleRateHz);
    for (size_t i = 0; i < filling.samples.size(); ++i)
      highest = std::max(highest, std::fabs(static_cast<double>(samples[filling.first + i]) - filling.samples[i]));
  }
  return highest;
}

void mendClicks(Plane& samples, const std::vector<Click>& clicks, int sampleRateHz) {
  for (const Click& click : clicks) {
    const Filling filling = fillingOf(samples, click, sampleRateHz);
    for (size_t i = 0; i < filling.samples.size(); ++i) samples[filling.first + i] = static_cast<float>(filling.samples[i]);
  }
}

}  // namespace deskd
