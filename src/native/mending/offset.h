// DC: a wave that does not rest at zero.
#pragma once
#include "sound.h"

namespace deskd {

struct Offset {
  double mean = 0;   // of all samples
  double quiet = 0;  // where the file is quietest: what an uneven wave has is not in it
};

// Zero of less than a second.
Offset offsetOf(const Plane& samples, int sampleRateHz);

// Above −66 dBFS in the quiet, or −60 dBFS on the whole.
bool isFault(const Offset& offset);

// Subtracts the constant that is there in the quiet. Where the mean is then still above −86 dBFS, as of uneven waves, or the offset
// wanders, what lies below 4 Hz goes too, without a shift of phase. Gives whether it did the latter.
bool mendOffset(Plane& samples, const Offset& offset, int sampleRateHz);

}  // namespace deskd
