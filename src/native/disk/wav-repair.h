// Mends WAV and RF64 files whose writer was killed: the header's sizes are brought to the data that is really there.
#pragma once
#include <cstdint>
#include <string>

namespace deskd {

struct WavRepair {
  int64_t framesBefore = 0;  // as the header said
  int64_t frames = 0;        // as the file holds
  bool isMended = false;     // false: the header was right, the file was not touched
};

// Every whole frame behind the header counts; at most part of a frame at the very end is cut off. A file that has
// outgrown 4 GB becomes RF64, for which WavWriter keeps the room. May be called again. Throws std::runtime_error in words.
WavRepair repairWav(const std::string& path);

}  // namespace deskd
