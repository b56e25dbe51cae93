// How much louder what comes out of something is than what goes in: K-weighted (ITU-R BS.1770-5) over the last seconds, as a
// gain for the way around it.
#pragma once
#include "../../native/quantum.h"
#include "../loudness/k-weighting.h"

namespace deskd::DESKD_ISA {

struct LevelMatch {
  KWeighting before, behind;
  double step, fall, rise;        // a quantum
  double beforePower, behindPower;  // mean squares
  double gain;                    // the match, gliding
  int32_t heardQuanta, enoughQuanta, isKnown;

  void init(double sampleRateHz) noexcept {
    *this = LevelMatch{};
    before.init(sampleRateHz);
    behind.init(sampleRateHz);
    const auto perQuantum = [&](double seconds) { return 1 - __builtin_exp(-kQuantum / (seconds * sampleRateHz)); };
    step = perQuantum(kMeanSeconds);
    fall = perQuantum(kFallSeconds);
    rise = perQuantum(kRiseSeconds);
    enoughQuanta = (int)(kEnoughSeconds * sampleRateHz / kQuantum);
    gain = 1;
  }
  void reset() noexcept {
    before.clear();
    behind.clear();
    beforePower = behindPower = 0;
    heardQuanta = isKnown = 0;
    gain = 1;
  }

  // [audio thread] kQuantum frames of what goes in, as late as what comes out, and of what comes out.
  void measure(const double* inLeft, const double* inRight, const double* outLeft, const double* outRight) noexcept {
    V2d in{}, out{};
    for (int n = 0; n < kQuantum; n++) {
      const V2d a = before.next(V2d{inLeft[n], inRight[n]}), b = behind.next(V2d{outLeft[n], outRight[n]});
      in = fma2(a, a, in);
      out = fma2(b, b, out);
    }
    // In silence it holds: there is nothing to compare.
    const double inPower = (in[0] + in[1]) / kQuantum;
    if (inPower > kSilence) {
      // A plain mean at first, so that the first moment counts no more than the others.
      heardQuanta += heardQuanta < (1 << 30);
      const double take = 1.0 / heardQuanta > step ? 1.0 / heardQuanta : step;
      beforePower += take * (inPower - beforePower);
      behindPower += take * ((out[0] + out[1]) / kQuantum - behindPower);
    }
    double wanted = beforePower > kSilence ? __builtin_sqrt(behindPower / beforePower) : 1;
    wanted = wanted < kLeast ? kLeast : wanted > kMost ? kMost : wanted;
    if (heardQuanta < enoughQuanta) return;
    if (!isKnown) gain = wanted, isKnown = 1;
    gain += (wanted < gain ? fall : rise) * (wanted - gain);
  }

 private:
  static constexpr double kMeanSeconds = 3, kEnoughSeconds = 0.4, kFallSeconds = 0.1, kRiseSeconds = 1;
  static constexpr double kSilence = 1e-7;           // −70 LUFS
  static constexpr double kLeast = 0.0625, kMost = 4;  // −24 … +12 dB
};

}  // namespace deskd::DESKD_ISA
