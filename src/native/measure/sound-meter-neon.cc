// The sound meter built for neon.
#define DESKD_ISA neon
#include "sound-meter-impl.h"

namespace deskd {
SoundMeter* createSoundMeter_neon(const SoundMeterSpec& spec, SoundMeterSink& sink) {
  return new neon::SoundMeterImpl(spec, sink);
}
}  // namespace deskd
