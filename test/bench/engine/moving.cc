// Every fader, pan and send and one EQ band of every strip moving, against the same desk standing still, in turns.
#include "rows.h"

namespace bench {
namespace {

constexpr int kStrips = 64;
constexpr int kChunkBlocks = 150;  // a fifth of a second
constexpr int kRenewQuanta = 15;   // every target anew in 10 ms: 100 Hz

namespace strip = deskd::params::strip;

struct Mover {
  int strip;
  uint32_t offset;
  double least, most;
};

std::vector<Mover> movers(bool withSendPans) {
  std::vector<Mover> all;
  constexpr uint32_t band = strip::eq::base + strip::eq::band::base + 2 * strip::eq::band::stride;
  for (int s = 0; s < kStrips; s++) {
    all.push_back({s, strip::faderDb, -30, 0});
    all.push_back({s, strip::pan, -100, 100});
    for (uint32_t b = 0; b < Desk::kBuses; b++) {
      const uint32_t send = strip::send::base + b * strip::send::stride;
      all.push_back({s, send + strip::send::levelDb, -40, -5});
      if (withSendPans) all.push_back({s, send + strip::send::pan, -100, 100});
    }
    all.push_back({s, band + strip::eq::band::frequencyHz, 300, 6000});
    all.push_back({s, band + strip::eq::band::gainDb, -12, 12});
    all.push_back({s, band + strip::eq::band::q, 0.5, 4});
  }
  return all;
}

void renewOne(Desk& desk, const Mover& mover, uint32_t& seed) {
  seed = seed * 1664525u + 1013904223u;
  desk.setStrip(mover.strip, mover.offset, mover.least + (mover.most - mover.least) * (seed >> 8) / 16777216.0, false);
}

void measure(const Sets& sets, const Music& music, Effort effort, bool withSendPans) {
  const std::vector<Mover> all = movers(withSendPans);
  for (const auto* set : sets) {
    Desk still(*set, Job::Full, kStrips), moving(*set, Job::Full, kStrips);
    std::vector<double> stillNs, movingNs;
    uint32_t seed = 1;
    long block = 0;
    // A quantum renews the fifteenth part of all targets, so the changes are spread over time.
    const auto renew = [&](long b) {
      for (long quantum = 2 * b; quantum < 2 * b + 2; quantum++)
        for (size_t i = size_t(quantum % kRenewQuanta); i < all.size(); i += kRenewQuanta) renewOne(moving, all[i], seed);
    };
    for (int round = 0; round < effort.rounds(40); round++, block += kChunkBlocks) {
      stillNs.push_back(cpuNs([&] {
        for (int b = 0; b < kChunkBlocks; b++) still.processMusic(music, (block + b) * kBlockFrames);
      }));
      movingNs.push_back(cpuNs([&] {
        for (int b = 0; b < kChunkBlocks; b++) renew(block + b), moving.processMusic(music, (block + b) * kBlockFrames);
      }));
    }
    const Spread ratio = ratioOf(movingNs, stillNs);
    printRow(text("%s against still, full ×64, %s", withSendPans ? "everything moving" : "all but send pans moving",
                  set->name),
             ratio.median, "×", withSendPans ? 2 : 0, false,
             text("%.1f against %.1f µs a block, %.0f changes a second",
                  spreadOf(movingNs).median / kChunkBlocks / 1000, spreadOf(stillNs).median / kChunkBlocks / 1000,
                  double(all.size()) * 100),
             ratio.low, ratio.high);
  }
}

}  // namespace

void measureMoving(const Sets& sets, const Music& music, Effort effort) {
  measure(sets, music, effort, true);
  measure(sets, music, effort, false);
}

}  // namespace bench
