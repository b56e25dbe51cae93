// The sound meter built for sse2.
#define DESKD_ISA sse2
#include "sound-meter-impl.h"

namespace deskd {
SoundMeter* createSoundMeter_sse2(const SoundMeterSpec& spec, SoundMeterSink& sink) {
  return new sse2::SoundMeterImpl(spec, sink);
}
}  // namespace deskd
