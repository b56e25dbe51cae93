// Cue points with names in a finished WAV or RF64 file: `cue ` and `LIST adtl labl` behind the data, as editors read them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace deskd {

struct CuePoint {
  int64_t frame = 0;
  std::string name;  // UTF-8
};

// Puts these cue points in the place of what follows the data. Points behind the last frame, and those whose frame does
// not fit the format's 32 bits, are left out. Gives how many were written. Throws std::runtime_error in words.
int writeCuePoints(const std::string& path, const std::vector<CuePoint>& cues);

}  // namespace deskd
