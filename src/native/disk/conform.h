// Brings an audio file to the desk's sample rate.
#pragma once
#include <cstdint>
#include <string>

namespace deskd {

// Frames of `frames` at another rate: round(frames · outHz / inHz), halves up.
int64_t conformedFrames(int64_t frames, int inHz, int outHz);

// Converts `source` to a 32-bit-float WAV (RF64 above 4 GB) at `sampleRateHz` with soxr's VHQ recipe, aligned with the
// source to the sample and conformedFrames() long. Written under a temporary name beside `destination`, then renamed
// over it: the destination is never half made. The same file gives the same bytes. Throws std::runtime_error in words.
// [control thread] Takes time: about one hundredth of the file's duration.
void conformFile(const std::string& source, const std::string& destination, int sampleRateHz);

}  // namespace deskd
