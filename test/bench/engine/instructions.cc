// What callgrind counts: blocks of job P (32 strips) or of full strips (64). Arguments: instruction set, job, blocks.
#include <cstdlib>
#include <cstring>

#include "desk.h"

// Collection is on inside this function alone.
extern "C" [[gnu::noinline]] void measuredBlock(bench::Desk& desk, const bench::Music& music, long frame) {
  desk.processMusic(music, frame);
}

int main(int count, char** arguments) {
  if (count != 4) return 2;
  const deskd::InstructionSet* set = deskd::kInstructionSets;
  while (set->name && std::strcmp(set->name, arguments[1]) != 0) set++;
  if (!set->name) return 2;
  const bool full = std::strcmp(arguments[2], "full") == 0;
  const bench::Music music;
  bench::Desk desk(*set, full ? bench::Job::Full : bench::Job::P, full ? 64 : 32);
  const int blocks = std::atoi(arguments[3]);
  constexpr int kWarmUp = 8;
  for (int b = 0; b < kWarmUp + blocks; b++) {
    if (b < kWarmUp) desk.processMusic(music, long(b) * bench::kBlockFrames);
    else measuredBlock(desk, music, long(b) * bench::kBlockFrames);
  }
}
