// The sound meter built for avx512.
#define DESKD_ISA avx512
#include "sound-meter-impl.h"

namespace deskd {
SoundMeter* createSoundMeter_avx512(const SoundMeterSpec& spec, SoundMeterSink& sink) {
  return new avx512::SoundMeterImpl(spec, sink);
}
}  // namespace deskd
