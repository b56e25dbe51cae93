// Where a recording's sound begins and ends, and a copy that is cut there with fades.
#pragma once
#include <cstdint>
#include <string>

namespace deskd {

// The first frame above the threshold and the one behind the last; both 0 where there is none.
struct SoundSpan {
  int64_t first = 0, end = 0;
};

// `threshold` is linear. Throws std::runtime_error in words for a file that cannot be read to its end.
SoundSpan soundSpan(const std::string& path, float threshold);

struct Cut {
  int64_t first = 0, frames = 0;
  int64_t fadeInFrames = 0, fadeOutFrames = 0;  // raised cosines at the ends of what is kept
};

// Copies a part of a file to a WAV file of 32-bit floats. Throws std::runtime_error in words; then there is no file.
void cutFile(const std::string& from, const std::string& to, const Cut& cut);

}  // namespace deskd
