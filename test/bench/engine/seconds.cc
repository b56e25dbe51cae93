// Job P in memory with the best instruction set here: prints CPU seconds and level. Argument: seconds of audio.
#include <cstdlib>

#include "desk.h"
#include "timing.h"

int main(int count, char** arguments) {
  using namespace bench;
  if (count != 2) return 2;
  const deskd::InstructionSet* set = deskd::kInstructionSets;
  while (set->name && !set->supported()) set++;
  if (!set->name) return 2;
  const Music music;
  Desk desk(*set, Job::P, 32);
  const long blocks = std::lround(std::atof(arguments[1]) * kSampleRateHz / kBlockFrames);
  double energy = 0, ns = 0;
  for (long b = 0; b < blocks;) {
    constexpr long kChunkBlocks = 750;  // a second
    const long end = std::min(blocks, b + kChunkBlocks);
    ns += cpuNs([&] {
      for (; b < end; b++) {
        desk.processMusic(music, b * kBlockFrames);
        for (int n = 0; n < kBlockFrames; n++)
          energy += double(desk.master(0)[n]) * desk.master(0)[n] + double(desk.master(1)[n]) * desk.master(1)[n];
      }
    });
  }
  std::printf(R"({"set":"%s","cpuSeconds":%.6f,"levelDb":%.2f})" "\n", set->name, ns * 1e-9,
              10 * std::log10(energy / double(blocks * kBlockFrames)));
}
