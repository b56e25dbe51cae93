#include "mend.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "clicks.h"
#include "clips.h"
#include "hum.h"
#include "offset.h"
#include "sides.h"

namespace deskd {
namespace {

constexpr double kImbalanceDb = 1, kSilenceS = 0.5, kMonoCorrelation = -0.2;
constexpr double kKeptBeforeS = 0.02, kKeptBehindS = 0.2;
constexpr float kRestoredPeak = 0.989f;  // −.1 dBFS
constexpr double kInfinite = std::numeric_limits<double>::infinity();

// A part of a progress bar.
ShareDone part(const ShareDone& done, double from, double to) {
  return [done, from, to](double share) { done(from + (to - from) * share); };
}

std::vector<bool> marksOf(const std::vector<ClippedRun>& runs, size_t frames) {
  std::vector<bool> marks(frames);
  for (const ClippedRun& run : runs) std::fill_n(marks.begin() + run.frame, run.frames, true);
  return marks;
}

template <class Stretches>
std::vector<Place> placesOf(const Stretches& stretches, int64_t fewestFrames = 1) {
  std::vector<Place> places;
  for (const auto& one : stretches)
    if (one.frames >= fewestFrames && places.size() < kMostPlaces) places.push_back({one.frame, one.frames});
  return places;
}

FaultFound clipsFault(const std::vector<ClippedRun>& runs, int channel) {
  FaultFound fault{FaultKind::clips, channel, true, countLongRuns(runs), 0, 0, {}, placesOf(runs, 3)};
  for (const ClippedRun& run : runs) fault.amount = std::max(fault.amount, static_cast<double>(std::fabs(run.level)));
  return fault;
}

FaultFound clicksFault(const std::vector<Click>& clicks, double highest, int channel) {
  return {FaultKind::clicks, channel, true, static_cast<int64_t>(clicks.size()), highest, 0, {}, placesOf(clicks)};
}

FaultFound offsetFault(const Offset& offset, int channel) { return {FaultKind::dc, channel, true, 1, offset.mean, 0, {}, {}}; }

FaultFound humFault(const Hum& hum, int channel) {
  FaultFound fault{FaultKind::hum, channel, true, 1, levelOf(hum), hum.mainsHz, {}, {}};
  for (const HumLine& line : hum.lines) fault.linesHz.push_back(line.hz);
  return fault;
}

void addSides(const Sound& sound, std::vector<FaultFound>& faults) {
  if (sound.planes.size() != 2) return;
  const Sides sides = sidesOf(sound);
  if (sides.isInverted) faults.push_back({FaultKind::polarity, 1, true, 1, sides.correlation, 0, {}, {}});
  if (sides.deadSide >= 0)
    faults.push_back({FaultKind::balance, sides.deadSide, true, 1, sides.deadSide == 1 ? -kInfinite : kInfinite, 0, {}, {}});
  else if (std::fabs(sides.centreDb) >= kImbalanceDb)
    faults.push_back({FaultKind::balance, -1, false, 1, sides.centreDb, 0, {}, {}});
  const bool sounds = sides.leftDbfs > -80;
  if (sounds && (sides.areSame || (!sides.isInverted && sides.deadSide < 0 && sides.correlation < kMonoCorrelation)))
    faults.push_back({FaultKind::mono, -1, false, 1, sides.correlation, 0, {}, {}});
}

void addEnds(const Sound& sound, std::vector<FaultFound>& faults) {
  const Ends ends = endsOf(sound);
  FaultFound fault{FaultKind::silence, -1, false, 0, 0, 0, {}, {}};
  const auto fewest = static_cast<int64_t>(kSilenceS * sound.sampleRateHz);
  if (ends.before > fewest) fault.places.push_back({0, ends.before});
  if (ends.behind > fewest && ends.before < sound.frames()) fault.places.push_back({sound.frames() - ends.behind, ends.behind});
  for (const Place& place : fault.places) fault.amount += static_cast<double>(place.frames) / sound.sampleRateHz;
  fault.count = static_cast<int64_t>(fault.places.size());
  if (fault.count > 0) faults.push_back(fault);
}

// One channel's faults, mended where `wants` says so.
class ChannelMending {
 public:
  ChannelMending(Plane& samples, int channel, int sampleRateHz, Mending& mending)
      : samples_(samples), channel_(channel), rate_(sampleRateHz), mending_(mending) {}

  void clips(const ShareDone& done) {
    const auto runs = findClips(samples_);
    if (countLongRuns(runs) == 0) return;
    mendClips(samples_, runs, rate_, done);
    double peak = 0;
    for (const ClippedRun& run : runs)
      for (int64_t n = run.frame; n < run.frame + run.frames; ++n) peak = std::max(peak, std::fabs(static_cast<double>(samples_[static_cast<size_t>(n)])));
    mending_.mended.push_back({clipsFault(runs, channel_), peak, countLongRuns(findClips(samples_)), false});
  }

  void clicks(const ShareDone& done) {
    const auto clicks = findClicks(samples_, {}, rate_, part(done, 0, 0.6));
    if (clicks.empty()) return;
    const double highest = highestOf(samples_, clicks, rate_);
    mendClicks(samples_, clicks, rate_);
    const auto left = findClicks(samples_, {}, rate_, part(done, 0.6, 1));
    mending_.mended.push_back({clicksFault(clicks, highest, channel_), highestOf(samples_, left, rate_), static_cast<int64_t>(left.size()), false});
  }

  void dc() {
    const Offset offset = offsetOf(samples_, rate_);
    if (!isFault(offset)) return;
    const bool isFiltered = mendOffset(samples_, offset, rate_);
    const Offset after = offsetOf(samples_, rate_);
    mending_.mended.push_back({offsetFault(offset, channel_), after.mean, isFault(after) ? 1 : 0, isFiltered});
    mending_.isEverySampleNew = true;
  }

  void hum(const ShareDone& done) {
    const Hum hum = findHum(samples_, rate_, done);
    if (hum.lines.empty()) return;
    mendHum(samples_, hum, rate_);
    const double left = levelLeft(samples_, hum, rate_);
    mending_.mended.push_back({humFault(hum, channel_), left, left > levelOf(hum) - 20 ? 1 : 0, false});
    mending_.isEverySampleNew = true;
  }

 private:
  Plane& samples_;
  const int channel_, rate_;
  Mending& mending_;
};

void mendSides(Sound& sound, const std::vector<FaultFound>& faults, FaultKind kind, Mending& mending) {
  for (const FaultFound& fault : faults) {
    if (fault.kind != kind) continue;
    Plane &left = sound.planes[0], &right = sound.planes[1];
    if (kind == FaultKind::polarity) {
      for (float& sample : right) sample = -sample;
      mending.mended.push_back({fault, sidesOf(sound).correlation, 0, false});
    } else if (std::isinf(fault.amount)) {
      (fault.channel == 0 ? left : right) = fault.channel == 0 ? right : left;
      mending.mended.push_back({fault, 0, 0, false});
    } else {
      // The louder side comes down.
      const double gain = std::pow(10, -std::fabs(fault.amount) / 20);
      for (float& sample : fault.amount > 0 ? right : left) sample = static_cast<float>(static_cast<double>(sample) * gain);
      mending.isEverySampleNew = true;
      mending.mended.push_back({fault, sidesOf(sound).centreDb, 0, false});
    }
  }
}

void mendEnds(Sound& sound, Mending& mending) {
  std::vector<FaultFound> faults;
  addEnds(sound, faults);
  const Ends ends = endsOf(sound);
  if (faults.empty() || ends.before >= sound.frames()) return;
  const int64_t from = std::max<int64_t>(0, ends.before - static_cast<int64_t>(kKeptBeforeS * sound.sampleRateHz));
  const int64_t to = sound.frames() - std::max<int64_t>(0, ends.behind - static_cast<int64_t>(kKeptBehindS * sound.sampleRateHz));
  bool isBefore = false, isBehind = false;
  for (const Place& place : faults[0].places) (place.frame == 0 ? isBefore : isBehind) = true;
  for (Plane& plane : sound.planes) {
    if (isBehind) plane.resize(static_cast<size_t>(to));
    if (isBefore) plane.erase(plane.begin(), plane.begin() + from);
  }
  mending.mended.push_back({faults[0], 0, 0, false});
}

void fitBelowFullScale(Sound& sound, Mending& mending) {
  float peak = 0;
  for (const Plane& plane : sound.planes)
    for (const float sample : plane) peak = std::max(peak, std::fabs(sample));
  if (peak <= 1) return;
  const float gain = kRestoredPeak / peak;
  for (Plane& plane : sound.planes)
    for (float& sample : plane) sample *= gain;
  mending.gainDb = 20 * std::log10(static_cast<double>(gain));
  mending.isEverySampleNew = true;
}

}  // namespace

std::vector<FaultFound> findFaults(const Sound& sound, const ShareDone& done) {
  std::vector<FaultFound> faults;
  if (sound.nonFinite > 0) faults.push_back({FaultKind::nonFinite, -1, true, sound.nonFinite, 0, 0, {}, {}});
  const auto channels = static_cast<double>(sound.planes.size());
  // What is the same on both sides is told once.
  const bool areSame = sound.planes.size() == 2 && sound.planes[0] == sound.planes[1];
  for (size_t c = 0; c < (areSame ? 1 : sound.planes.size()); ++c) {
    const Plane& samples = sound.planes[c];
    const int channel = areSame || sound.planes.size() == 1 ? -1 : static_cast<int>(c);
    const ShareDone share = part(done, static_cast<double>(c) / channels, static_cast<double>(c + 1) / channels);
    const auto runs = findClips(samples);
    if (countLongRuns(runs) > 0) faults.push_back(clipsFault(runs, channel));
    share(0.1);
    const auto clicks = findClicks(samples, marksOf(runs, samples.size()), sound.sampleRateHz, part(share, 0.1, 0.5));
    if (!clicks.empty()) faults.push_back(clicksFault(clicks, highestOf(samples, clicks, sound.sampleRateHz), channel));
    const Offset offset = offsetOf(samples, sound.sampleRateHz);
    if (isFault(offset)) faults.push_back(offsetFault(offset, channel));
    const Hum hum = findHum(samples, sound.sampleRateHz, part(share, 0.5, 1));
    if (!hum.lines.empty()) faults.push_back(humFault(hum, channel));
  }
  addSides(sound, faults);
  addEnds(sound, faults);
  done(1);
  return faults;
}

Mending mendSound(Sound& sound, const std::vector<FaultKind>& only, bool fitsBelowFullScale, const ShareDone& done) {
  Mending mending;
  const auto wants = [&](FaultKind kind) { return only.empty() ? kind != FaultKind::silence : std::find(only.begin(), only.end(), kind) != only.end(); };
  if (sound.nonFinite > 0) mending.mended.push_back({{FaultKind::nonFinite, -1, true, sound.nonFinite, 0, 0, {}, {}}, 0, 0, false});
  const auto channels = static_cast<double>(sound.planes.size());
  for (size_t c = 0; c < sound.planes.size(); ++c) {
    const ShareDone share = part(done, static_cast<double>(c) / channels, static_cast<double>(c + 1) / channels);
    ChannelMending channel(sound.planes[c], sound.planes.size() == 1 ? -1 : static_cast<int>(c), sound.sampleRateHz, mending);
    // Clips first: their level is one only as long as nothing was added.
    if (wants(FaultKind::clips)) channel.clips(part(share, 0, 0.4));
    if (wants(FaultKind::clicks)) channel.clicks(part(share, 0.4, 0.7));
    if (wants(FaultKind::dc)) channel.dc();
    if (wants(FaultKind::hum)) channel.hum(part(share, 0.7, 1));
  }
  std::vector<FaultFound> sides;
  addSides(sound, sides);
  if (only.empty()) std::erase_if(sides, [](const FaultFound& fault) { return !fault.isCertain; });
  for (const FaultKind kind : {FaultKind::polarity, FaultKind::balance})
    if (wants(kind)) mendSides(sound, sides, kind, mending);
  if (wants(FaultKind::silence)) mendEnds(sound, mending);
  if (fitsBelowFullScale && !mending.mended.empty()) fitBelowFullScale(sound, mending);
  done(1);
  return mending;
}

}  // namespace deskd
