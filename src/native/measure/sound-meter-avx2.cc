// The sound meter built for avx2.
#define DESKD_ISA avx2
#include "sound-meter-impl.h"

namespace deskd {
SoundMeter* createSoundMeter_avx2(const SoundMeterSpec& spec, SoundMeterSink& sink) {
  return new avx2::SoundMeterImpl(spec, sink);
}
}  // namespace deskd
