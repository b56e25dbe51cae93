#include "clips.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "autoregression.h"

namespace deskd {
namespace {

constexpr int64_t kFewest = 3;
constexpr float kCoarse = 1.3e-4f;          // four steps of 16 bits: tops of soft waves rest on one step for long
constexpr float kFullScale = 0.985f;       // −.13 dBFS: cut here it counts, whatever else is louder
constexpr float kSameLevel = 1e-3f;        // of the level: runs of one ceiling, also after dither
constexpr int64_t kFewestBelow = 3;        // runs that make the top of the lower polarity a ceiling
constexpr size_t kMostAbove = 32;          // samples that may stand above a ceiling
constexpr double kSquareShare = 0.2;       // of all samples: a wave that rests so long at its ends was made so
constexpr double kLongestS = 0.006;        // longer than this nothing can be told of what was there

float toleranceAt(float magnitude) { return std::min(1e-4f, 0.002f * magnitude); }

// Equal samples in a row, with the larger of the steps in and out.
struct Flat {
  ClippedRun run;
  float corner = 0;
};

std::vector<Flat> flatsOf(const Plane& x) {
  std::vector<Flat> flats;
  const auto end = static_cast<int64_t>(x.size());
  for (int64_t n = 0; n < end;) {
    const float level = x[static_cast<size_t>(n)], tolerance = toleranceAt(std::fabs(level));
    int64_t to = n + 1;
    while (to < end && std::fabs(x[static_cast<size_t>(to)] - level) <= tolerance) ++to;
    if (to - n >= kFewest && std::fabs(level) > 1e-3f) {
      // The step towards zero: a spike that stands beside the run is no corner.
      const auto stepTo = [&](int64_t other) {
        if (other < 0 || other >= end) return 0.0f;
        const float step = level - x[static_cast<size_t>(other)];
        return level > 0 ? step : -step;
      };
      const float corner = std::max(stepTo(n - 1), stepTo(to));
      if (corner >= std::max(4 * tolerance, kCoarse) && stepTo(n - 1) >= 0 && stepTo(to) >= 0) flats.push_back({{n, to - n, level}, corner});
    }
    n = to;
  }
  return flats;
}

bool isSame(float a, float b) { return std::fabs(a - b) <= kSameLevel * std::fabs(b); }

// The level at which one polarity was cut; 0 where it was not. `highest`: of either polarity.
float ceilingOf(const Plane& x, const std::vector<Flat>& flats, bool isUpper, float highest) {
  std::vector<float> peaks;  // the highest samples, the least of them first
  for (const float sample : x) {
    const float height = isUpper ? sample : -sample;
    if (height <= 0 || (peaks.size() > kMostAbove && height <= peaks.front())) continue;
    if (peaks.size() > kMostAbove) std::pop_heap(peaks.begin(), peaks.end(), std::greater<>()), peaks.pop_back();
    peaks.push_back(height), std::push_heap(peaks.begin(), peaks.end(), std::greater<>());
  }
  if (peaks.empty()) return 0;
  const float top = *std::max_element(peaks.begin(), peaks.end());
  const auto runsAt = [&](float level) {
    return std::count_if(flats.begin(), flats.end(), [&](const Flat& flat) {
      return (flat.run.level > 0) == isUpper && isSame(std::fabs(flat.run.level), level);
    });
  };
  const bool isTop = isSame(top, highest) || top >= kFullScale;
  if (runsAt(top) >= (isTop ? 1 : kFewestBelow)) return top;
  // Below a few samples that came later, as clicks do.
  float ceiling = 0, tried = 0;
  for (const Flat& flat : flats) {
    const float level = std::fabs(flat.run.level);
    if ((flat.run.level > 0) != isUpper || level <= ceiling || level < peaks.front() || level == tried) continue;
    tried = level;
    if (runsAt(level) >= kFewestBelow) ceiling = level;
  }
  return ceiling;
}

}  // namespace

std::vector<ClippedRun> findClips(const Plane& x) {
  const std::vector<Flat> flats = flatsOf(x);
  if (flats.empty()) return {};
  float highest = 0;
  for (const float sample : x) highest = std::max(highest, std::fabs(sample));
  float ceiling[2] = {ceilingOf(x, flats, false, highest), ceilingOf(x, flats, true, highest)};
  // What cuts one polarity at its highest cuts the other there too.
  for (const int side : {0, 1})
    if (ceiling[side] == 0 && isSame(ceiling[1 - side], highest)) ceiling[side] = ceiling[1 - side];
  std::vector<ClippedRun> runs;
  int64_t clipped = 0, sounding = 0;
  for (const float sample : x) sounding += std::fabs(sample) > 1e-4f ? 1 : 0;
  const auto end = static_cast<int64_t>(x.size());
  for (int64_t n = 0; n < end;) {
    const float level = x[static_cast<size_t>(n)];
    const float known = ceiling[level > 0 ? 1 : 0];
    const bool isCut = known > 0 && (isSame(std::fabs(level), known) || (std::fabs(level) >= kFullScale && known >= kFullScale));
    int64_t to = n + 1;
    if (isCut) {
      const float tolerance = std::max(toleranceAt(std::fabs(level)), 1e-4f);
      while (to < end && std::fabs(x[static_cast<size_t>(to)] - level) <= tolerance) ++to;
      runs.push_back({n, to - n, level});
      clipped += to - n;
    }
    n = to;
  }
  if (static_cast<double>(clipped) > kSquareShare * static_cast<double>(std::max<int64_t>(1, sounding))) return {};
  return runs;
}

int64_t countLongRuns(const std::vector<ClippedRun>& runs) {
  return std::count_if(runs.begin(), runs.end(), [](const ClippedRun& run) { return run.frames >= kFewest; });
}

void mendClips(Plane& samples, const std::vector<ClippedRun>& runs, int sampleRateHz, const ShareDone& done) {
  const double scale = sampleRateHz / 48000.0;
  const auto order = static_cast<size_t>(std::lround(96 * std::max(1.0, scale)));
  const auto half = static_cast<int64_t>(std::lround(2048 * scale));
  const auto longest = static_cast<int64_t>(kLongestS * sampleRateHz);
  const auto end = static_cast<int64_t>(samples.size());
  const auto margin = static_cast<int64_t>(order);
  for (size_t first = 0; first < runs.size();) {
    // Runs that stand together are solved together; the window reaches `half` beyond them, and what lies in its edges stays.
    size_t last = first;
    while (last + 1 < runs.size() && runs[last + 1].frame - runs[first].frame < half) ++last;
    const int64_t from = std::max<int64_t>(0, runs[first].frame - half);
    const int64_t to = std::min(end, runs[last].frame + runs[last].frames + half);
    std::vector<double> x(samples.begin() + from, samples.begin() + to);
    Gap gap;
    size_t begins = 0, ends = 0;  // of the group's own runs within the gap
    for (size_t i = 0; i < runs.size(); ++i) {
      const ClippedRun& run = runs[i];
      if (run.frame >= to) break;
      if (run.frame < from + margin || run.frame + run.frames > to - margin || run.frames > longest || i < first) continue;
      if (i == first) begins = gap.at.size();
      for (int64_t n = 0; n < run.frames; ++n) {
        gap.at.push_back(static_cast<size_t>(run.frame + n - from));
        // A hair beyond, higher in the middle: what the model would leave at the level shall be no flat run again.
        const double place = (static_cast<double>(n) + 0.5) / static_cast<double>(run.frames);
        gap.least.push_back(run.level * (1 + 2e-3 + 0.02 * 4 * place * (1 - place)));
      }
      if (i <= last) ends = gap.at.size();
    }
    if (!gap.at.empty()) interpolate(x, gap, order, 4);
    for (size_t i = begins; i < ends; ++i) samples[static_cast<size_t>(from) + gap.at[i]] = static_cast<float>(x[gap.at[i]]);
    first = last + 1;
    done(static_cast<double>(first) / static_cast<double>(runs.size()));
  }
}

}  // namespace deskd
