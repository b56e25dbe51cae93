// A whole file in memory, as mending needs it: planes of floats, and how to write them back as they came.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace deskd {

using Plane = std::vector<float>;
using ShareDone = std::function<void(double share)>;  // 0…1

struct Sound {
  std::vector<Plane> planes;  // one or two, of equal length
  int sampleRateHz = 48000;
  std::string format;         // as AudioFileInfo has it
  int64_t nonFinite = 0;      // samples that were no numbers, or beyond +120 dBFS

  int64_t frames() const { return planes.empty() ? 0 : static_cast<int64_t>(planes[0].size()); }
};

// Memory grows with what is decoded, never with what a header claims. Throws std::runtime_error in words; a file that ends
// before the last frame that its header promises is refused.
Sound readSound(const std::string& path, const ShareDone& done);

struct SoundFormat {
  bool isFlac = false;
  int bits = 24;          // 8, 16, 24; 32: float
  bool dither = false;    // TPDF, where every sample is new
};

// Container and bits that hold what `format` (AudioFileInfo's words) held. Whole numbers of 32 bits and doubles become 32-bit floats.
SoundFormat formatLike(const std::string& format, bool isFlac);

// Writes a file with the tags, markers and broadcast chunk of `likePath`. It is whole on the disk when this returns; else nothing is
// left and it throws std::runtime_error in words.
void writeSound(const Sound& sound, const std::string& path, const SoundFormat& format, const std::string& likePath);

}  // namespace deskd
