// Mains hum: lines at 50 or 60 Hz and their multiples that are there all the time, whatever else sounds.
#pragma once
#include <complex>
#include <cstdint>
#include <vector>

#include "sound.h"

namespace deskd {

// One line as it goes through the file: amplitude and phase every `stepFrames`, the first at frame 0.
struct HumLine {
  double hz = 0;
  double amplitude = 0;      // mean, full scale is 1
  double quietPowerBefore = 0, quietPowerAfter = 0;  // in the quietest quarter of the file, with the line and without it
  std::vector<std::complex<double>> course;          // x ≈ Re(course · e^(2πi·hz·t))
};

struct Hum {
  double mainsHz = 0;  // as measured: 49.98; 0 where there is none
  double stepFrames = 0;
  std::vector<HumLine> lines;
};

// Looks for a line that stands still where the music pauses. Blocks of digital silence are not asked.
Hum findHum(const Plane& samples, int sampleRateHz, const ShareDone& done);

// Subtracts the lines; digital silence stays silent. What else sounds at these frequencies stays.
void mendHum(Plane& samples, const Hum& hum, int sampleRateHz);

// RMS of all lines together, dBFS.
double levelOf(const Hum& hum);

// The same of what still goes along with these lines in samples that were mended since.
double levelLeft(const Plane& mended, const Hum& hum, int sampleRateHz);

}  // namespace deskd
