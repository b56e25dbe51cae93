// Every fault of a sound with where and how bad, and the sound without them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "sound.h"

namespace deskd {

enum class FaultKind { nonFinite, clips, clicks, dc, hum, polarity, balance, mono, silence };
inline constexpr const char* kFaultNames[] = {"nonFinite", "clips", "clicks", "dc", "hum", "polarity", "balance", "mono", "silence"};

struct Place {
  int64_t frame = 0, frames = 0;
};

struct FaultFound {
  FaultKind kind{};
  int channel = -1;       // from 0; −1: the file as a whole
  // Certain: it is mended unless other kinds are asked for. Else it may be meant (a side that is louder, silence that keeps tracks in
  // step) and is mended when it is asked for by name. Never: `mono` is told alone.
  bool isCertain = true;
  int64_t count = 1;
  // nonFinite: 0. clips: highest level; clicks: greatest height; dc: mean (full scale is 1). hum: dBFS. balance: right over left, dB, ±inf
  // for a dead side. polarity, mono: correlation. silence: seconds.
  double amount = 0;
  double hz = 0;                // hum: mains
  std::vector<double> linesHz;  // hum
  std::vector<Place> places;    // the first kMostPlaces; empty: everywhere
};

inline constexpr size_t kMostPlaces = 1000;

std::vector<FaultFound> findFaults(const Sound& sound, const ShareDone& done);

struct Mended {
  FaultFound fault;
  double amountAfter = 0;  // as `amount`
  int64_t countAfter = 0;
  bool isFiltered = false;  // dc: below 4 Hz too
};

struct Mending {
  std::vector<Mended> mended;
  double gainDb = 0;         // of the whole file, so that what was restored fits below full scale
  bool isEverySampleNew = false;
};

// Mends in place the kinds that are asked for; empty: those that are certain.
// `fitsBelowFullScale`: the gain is lowered where samples would be above it.
Mending mendSound(Sound& sound, const std::vector<FaultKind>& only, bool fitsBelowFullScale, const ShareDone& done);

}  // namespace deskd
