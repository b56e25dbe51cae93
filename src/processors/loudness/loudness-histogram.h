// Gated means and percentiles of any number of loudness values in constant memory: bins of .01 LU, and groups of them.
#pragma once
#include "../../native/lanes.h"

namespace deskd::DESKD_ISA {

// BS.1770-5: LUFS of a mean square, summed over the (front) channels; −inf for silence.
inline double lufsOf(double meanSquare) noexcept {
  return meanSquare > 0 ? -0.691 + 10 * __builtin_log10(meanSquare) : -__builtin_inf();
}

struct LoudnessHistogram {
  static constexpr double kAbsoluteGateLufs = -70;
  static constexpr int kBinsPerLu = 100, kGroupBins = 100, kGroups = 80, kBins = kGroups * kGroupBins;

  // Energies are kept, so a gate is exact but for the one bin it falls into; what is louder than +10 LUFS shares the
  // highest bin.
  double energy[kBins], groupEnergy[kGroups], totalEnergy;
  uint32_t count[kBins], groupCount[kGroups], totalCount;

  // [audio thread] Groups that were never filled are left alone.
  void reset() noexcept {
    for (int g = 0; g < kGroups; g++) {
      if (groupCount[g] == 0) continue;
      for (int b = g * kGroupBins; b < (g + 1) * kGroupBins; b++) energy[b] = 0, count[b] = 0;
      groupEnergy[g] = 0;
      groupCount[g] = 0;
    }
    totalEnergy = 0;
    totalCount = 0;
  }

  // [audio thread] At or below −70 LUFS (and NaN) is not counted.
  void add(double meanSquare) noexcept {
    const double lufs = lufsOf(meanSquare);
    if (!(lufs > kAbsoluteGateLufs)) return;
    const int bin = binOf(lufs);
    energy[bin] += meanSquare;
    groupEnergy[bin / kGroupBins] += meanSquare;
    totalEnergy += meanSquare;
    count[bin]++;
    groupCount[bin / kGroupBins]++;
    totalCount++;
  }

  // Mean square above the relative gate, which stands at `ratio` (−10 LU: .1) of the mean of all; 0 if there is none.
  double gatedMean(double ratio) const noexcept {
    if (totalCount == 0) return 0;
    const int first = firstAbove(ratio);
    double sum = 0;
    uint64_t n = 0;
    int bin = first;
    for (; bin < kBins && bin % kGroupBins != 0; bin++) sum += energy[bin], n += count[bin];
    for (int g = bin / kGroupBins; g < kGroups; g++) sum += groupEnergy[g], n += groupCount[g];
    return n ? sum / (double)n : 0;
  }

  // EBU Tech 3342: from the 10th to the 95th percentile above the relative gate, in LU; 0 if there is nothing.
  double range(double ratio) const noexcept {
    if (totalCount == 0) return 0;
    const int first = firstAbove(ratio);
    const uint64_t below = countBelow(first), n = totalCount - below;
    if (n == 0) return 0;
    const auto percentile = [&](double part) { return lufsOfRank(below + (uint64_t)((double)(n - 1) * part + .5)); };
    return percentile(.95) - percentile(.1);
  }

 private:
  static int binOf(double lufs) noexcept {
    const double bin = (lufs - kAbsoluteGateLufs) * kBinsPerLu;
    return bin < 0 ? 0 : bin >= kBins ? kBins - 1 : (int)bin;
  }

  // The bin the gate falls into counts as above it when its mean is.
  int firstAbove(double ratio) const noexcept {
    const double gate = ratio * totalEnergy / totalCount;
    const int bin = binOf(lufsOf(gate));
    return energy[bin] > gate * count[bin] ? bin : bin + 1;
  }

  uint64_t countBelow(int end) const noexcept {
    uint64_t n = 0;
    for (int g = 0; g < end / kGroupBins; g++) n += groupCount[g];
    for (int b = end / kGroupBins * kGroupBins; b < end; b++) n += count[b];
    return n;
  }

  // The value that `rank` values are below or beside: the mean of its bin.
  double lufsOfRank(uint64_t rank) const noexcept {
    int g = 0;
    while (rank >= groupCount[g]) rank -= groupCount[g++];
    int b = g * kGroupBins;
    while (rank >= count[b]) rank -= count[b++];
    return lufsOf(energy[b] / count[b]);
  }
};

}  // namespace deskd::DESKD_ISA
