// Silence, and tails that decay into it, against music: the case of the denormals. Desks in turns.
#include "rows.h"

namespace bench {
namespace {

constexpr int kStrips = 32;
constexpr int kChunkBlocks = 375;  // half a second
constexpr int kTailChunks = 36;    // 18 s: a release of 200 ms has passed the least normal number by then

void measure(const deskd::InstructionSet& set, Job job, const char* name, const Music& music, Effort effort) {
  alignas(64) static const float zeros[kBlockFrames] = {};
  const std::vector<const float*> silent(kStrips, zeros);
  Desk playing(set, job, kStrips), quiet(set, job, kStrips), tail(set, job, kStrips);
  std::vector<double> playingNs, quietNs;
  std::vector<std::vector<double>> tailNs(kTailChunks);
  long frame = 0;
  for (int round = 0; round < effort.rounds(10); round++) {
    for (int b = 0; b < kChunkBlocks; b++) tail.processMusic(music, long(b) * kBlockFrames);
    for (auto& chunk : tailNs) {
      playingNs.push_back(cpuNs([&] {
        for (int b = 0; b < kChunkBlocks; b++, frame += kBlockFrames) playing.processMusic(music, frame);
      }));
      chunk.push_back(cpuNs([&] {
        for (int b = 0; b < kChunkBlocks; b++) tail.process(silent.data());
      }));
      quietNs.push_back(cpuNs([&] {
        for (int b = 0; b < kChunkBlocks; b++) quiet.process(silent.data());
      }));
    }
  }
  double worst = 0;
  for (const auto& chunk : tailNs) worst = std::max(worst, quantile(chunk, 0.5));
  const Spread ratio = ratioOf(quietNs, playingNs);
  printRow(text("silence against music, %s ×32, %s", name, set.name), ratio.median, "×", 1.1, false, "", ratio.low,
           ratio.high);
  printRow(text("tails into silence against music, %s ×32, %s", name, set.name), worst / spreadOf(playingNs).median,
           "×", 1.1, false, "the slowest half second of 18 s");
}

}  // namespace

void measureSilence(const Sets& sets, const Music& music, Effort effort) {
  for (const auto* set : sets) {
    measure(*set, Job::P, "job P", music, effort);
    measure(*set, Job::Full, "full", music, effort);
  }
}

}  // namespace bench
