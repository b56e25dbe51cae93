// What is wrong between left and right: one inverted, one louder, one dead; and silence before and behind.
#pragma once
#include <cstdint>

#include "sound.h"

namespace deskd {

struct Sides {
  double leftDbfs = 0, rightDbfs = 0;  // RMS
  double correlation = 0;              // of the whole
  double monoLossDb = 0;               // what the sum loses against two channels that have nothing in common; below 0: it gains
  bool areSame = false;                // sample by sample
  bool isInverted = false;             // nearly all the time, whenever something sounds
  int deadSide = -1;                   // 0 left, 1 right: silent, or 50 dB below the other
  // Right over left where both play the same (coherent and in phase), dB; 0 where too little is the same.
  double centreDb = 0;
};

Sides sidesOf(const Sound& stereo);

// Frames of silence (−80 dBFS and less) before and behind; both are the whole length where nothing sounds.
struct Ends {
  int64_t before = 0, behind = 0;
};

Ends endsOf(const Sound& sound);

}  // namespace deskd
