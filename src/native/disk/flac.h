// Turns a finished WAV file into FLAC where that loses nothing.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace deskd {

// Encodes `wavPath` to `flacPath` (16 bit where the WAV has 16 bit, else 24) under a temporary name, decodes it again and
// compares every sample; only then it gets its name. False, and no file, when the WAV holds what FLAC cannot: samples
// between the steps of 24 bit or beyond full scale, more than 8 channels. `progress` is called now and then with the share
// done, 0…1. Throws std::runtime_error in words. [control thread] Runs the calling thread at the lowest priority from then on.
bool convertToFlac(const std::string& wavPath, const std::string& flacPath, const std::function<void(double)>& progress);

}  // namespace deskd
