// The K-weighting of ITU-R BS.1770-5 at any sample rate, left and right in one register, in f64.
#pragma once
#include "../../native/lanes.h"

namespace deskd::DESKD_ISA {

struct KWeighting {
  double shelf[5];  // b0 b1 b2 a1 a2, with the gain of the high-pass
  double highPass[2];  // a1 a2 over 1 −2 1
  V2d x1, x2, y1, y2, z1, z2;

  // The analogue prototypes are those that give the standard's printed coefficients at 48 kHz (as found by
  // De Man, "Evaluation of implementations of the EBU R128 loudness measurement", AES 145, 2018).
  void init(double sampleRateHz) noexcept {
    constexpr double pi = 3.14159265358979323846;
    {
      constexpr double frequencyHz = 1681.974450955533, gainDb = 3.999843853973347, q = 0.7071752369554196;
      const double k = __builtin_tan(pi * frequencyHz / sampleRateHz);
      const double high = __builtin_exp(gainDb * 0.11512925464970228420);
      const double band = __builtin_exp(gainDb * 0.11512925464970228420 * 0.4996667741545416);
      const double a0 = 1 + k / q + k * k;
      const double b[5] = {(high + band * k / q + k * k) / a0, 2 * (k * k - high) / a0,
                           (high - band * k / q + k * k) / a0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0};
      for (int i = 0; i < 5; i++) shelf[i] = b[i];
    }
    constexpr double frequencyHz = 38.13547087602444, q = 0.5003270373238773;
    const auto norm = [](double k) { return 1 + k / q + k * k; };
    const double k = __builtin_tan(pi * frequencyHz / sampleRateHz), a0 = norm(k);
    highPass[0] = 2 * (k * k - 1) / a0;
    highPass[1] = (1 - k / q + k * k) / a0;
    // The printed numerator 1 −2 1 lacks the division by a0 (+.043 dB at 48 kHz); that same gain is kept at all rates.
    const double gain = norm(__builtin_tan(pi * frequencyHz / 48000)) / a0;
    for (int i = 0; i < 3; i++) shelf[i] *= gain;
    clear();
  }

  void clear() noexcept { x1 = x2 = y1 = y2 = z1 = z2 = V2d{}; }

  // [audio thread] One frame. Direct form: only one product waits for the frame before, and f64 has room for its noise.
  [[gnu::always_inline]] V2d next(V2d x) noexcept {
    const V2d shelfInput = fma2(V2d{} + shelf[2], x2, fma2(V2d{} + shelf[1], x1, shelf[0] * x));
    const V2d y = fma2(V2d{} - shelf[3], y1, fma2(V2d{} - shelf[4], y2, shelfInput));
    const V2d highPassInput = y - 2.0 * y1 + y2;
    const V2d z = fma2(V2d{} - highPass[0], z1, fma2(V2d{} - highPass[1], z2, highPassInput));
    x2 = x1, x1 = x;
    y2 = y1, y1 = y;
    z2 = z1, z1 = z;
    return z;
  }
};

}  // namespace deskd::DESKD_ISA
