// The sound meter built for portable.
#define DESKD_ISA portable
#include "sound-meter-impl.h"

namespace deskd {
SoundMeter* createSoundMeter_portable(const SoundMeterSpec& spec, SoundMeterSink& sink) {
  return new portable::SoundMeterImpl(spec, sink);
}
}  // namespace deskd
