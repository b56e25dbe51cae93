// A take as the audio thread sees it: what is handed to the recorder, when it begins and ends, and states to replay from.
#pragma once
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "disk/take-recorder.h"
#include "transport.h"

namespace deskd {

// What a strip takes: 0 nothing, 1 its track, 2… a card input, behind those what an effect returns. A change fades out, switches, and fades in.
struct StripInput {
  int32_t now = 1, wanted = 1;
  int32_t fade = 0;  // frames into fading out (negative: left of fading in); 0 stands still
};

// All that a replay begins with. Sized by the control thread, filled by the audio thread in one quantum: all but the strips' delay
// lines, which the control thread copies, and the effects' lines, which the audio thread copies while it goes on.
struct StateSnapshot {
  std::vector<char> core;
  std::vector<float> values;
  std::vector<StripInput> inputs;
  TransportState transport;
  std::vector<std::pair<int32_t, std::vector<float>>> rings;  // delay lines in use, by lane
  bool hasRings = false;
  std::vector<int64_t> fxFloats;           // of each effect's lines, 0 where it is off
  std::vector<float> fxLines;              // room for all of them, until `fxKept`
  std::vector<std::vector<float>> fxKept;  // those in use
  std::atomic<int64_t> frame{-1};  // of the take; set when the rest is there
  std::atomic<bool> hasFxLines{false};
};

// Where a take begins and ends by itself: the first frame at inFrame of the timeline, the last before outFrame.
struct Punch {
  bool on = false;
  int64_t inFrame = 0, outFrame = 0;
};

// The recorder's files: 0 master, then the inputs, then the buses.
struct Take {
  std::unique_ptr<TakeRecorder> recorder;
  std::vector<int> strips, buses;
  bool logs = false;
  int64_t inputDelayFrames = 0;  // the inputs' files are so much later than the master's
  Punch punch;
  // Taken by the audio thread at its next quantum.
  std::atomic<StateSnapshot*> snapshotWanted{nullptr};
  std::atomic<bool> stopAsked{false};

  // The audio thread's. `startFrame` is set once the first snapshot is there.
  std::atomic<int64_t> startFrame{-1};
  std::atomic<int64_t> masterFrames{0};  // handed over since then
  int64_t inputFrames = 0;
  int64_t lastFrame = std::numeric_limits<int64_t>::max();  // of the master: it ends by itself there
  int64_t nextPosition = 0;                                  // of a punched take: where the timeline must go on
  // Frames handed over before the files begin, −1 while the take is only held in memory.
  std::atomic<int64_t> firstFrame{-1};
  std::atomic<bool> ended{false};
};

}  // namespace deskd
