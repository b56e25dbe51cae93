// What the third-octave analyser costs while it is on: the same desk with and without it, in turns.
#include "rows.h"

namespace bench {

void measureAnalyser(const Sets& sets, const Music& music, Effort effort) {
  constexpr int kStrips = 32, kChunkBlocks = 375;
  namespace p = deskd::params::analyser;
  for (const auto* set : sets) {
    Desk without(*set, Job::P, kStrips), with(*set, Job::P, kStrips);
    with.graph().setParam(deskd::ParamMap::analyserBase + p::on, 1, true);  // of the master: both sides
    std::vector<double> addedUs;
    long frame = 0;
    for (int round = 0; round < effort.rounds(100); round++, frame += kChunkBlocks * kBlockFrames) {
      const auto chunkUs = [&](Desk& desk) {
        return 1e-3 * cpuNs([&] {
                 for (int b = 0; b < kChunkBlocks; b++) desk.processMusic(music, frame + long(b) * kBlockFrames);
               });
      };
      const double off = chunkUs(without), on = chunkUs(with);
      addedUs.push_back((on - off) / (kChunkBlocks * kBlockFrames / deskd::kQuantum));
    }
    const Spread added = spreadOf(addedUs);
    const double quantumUs = 1e6 * deskd::kQuantum / kSampleRateHz;
    printRow(text("third-octave analyser of a stereo signal, a quantum, %s", set->name), added.median, "µs",
             0.01 * quantumUs, false, "bound: 1 % of the quantum", added.low, added.high);
  }
}

}  // namespace bench
