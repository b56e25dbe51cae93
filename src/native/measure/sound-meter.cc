// The build of the sound meter for this machine.
#include "sound-meter.h"

#include <cstring>

#include "../graph.h"

namespace deskd {

#define DESKD_METER(set) SoundMeter* createSoundMeter_##set(const SoundMeterSpec&, SoundMeterSink&);
#if defined(__x86_64__)
DESKD_METER(avx512)
DESKD_METER(avx2)
DESKD_METER(sse2)
#elif defined(__aarch64__)
DESKD_METER(neon)
#else
DESKD_METER(portable)
#endif
#undef DESKD_METER

SoundMeter* createSoundMeter(const SoundMeterSpec& spec, SoundMeterSink& sink) {
#if defined(__x86_64__)
  const InstructionSet* best = kInstructionSets;
  while (!best->supported()) best++;
  if (std::strcmp(best->name, "avx512") == 0) return createSoundMeter_avx512(spec, sink);
  if (std::strcmp(best->name, "avx2") == 0) return createSoundMeter_avx2(spec, sink);
  return createSoundMeter_sse2(spec, sink);
#elif defined(__aarch64__)
  return createSoundMeter_neon(spec, sink);
#else
  return createSoundMeter_portable(spec, sink);
#endif
}

}  // namespace deskd
