// Correlation and balance of a stereo signal from its powers, which stand behind a one-pole of 300 ms.
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

// −1…1; 0 where a side is silent (below −120 dBFS).
inline float correlationOf(float leftPower, float rightPower, float product) noexcept {
  constexpr float silence = 1e-12f;
  if (!(leftPower > silence && rightPower > silence)) return 0;
  const float r = product / (__builtin_sqrtf(leftPower) * __builtin_sqrtf(rightPower));
  return r > 1 ? 1 : r < -1 ? -1 : r;
}

struct StereoPowers {
  float left, right, product;

  // [audio thread] 32 frames, 64-byte aligned. `step`: of the averaging, a quantum.
  void process(const float* l, const float* r, float step) noexcept {
    Vf ll{}, rr{}, lr{};
    for (int n = 0; n < kQuantum; n += kLanes) {
      const Vf a = DESKD_ISA::load(l + n), b = DESKD_ISA::load(r + n);
      ll = fma(a, a, ll), rr = fma(b, b, rr), lr = fma(a, b, lr);
    }
    step /= kQuantum;
    const float keep = 1 - step * kQuantum;
    float sums[3] = {0, 0, 0};
    for (int i = 0; i < kLanes; i++) sums[0] += ll[i], sums[1] += rr[i], sums[2] += lr[i];
    left = left * keep + step * sums[0];
    right = right * keep + step * sums[1];
    product = product * keep + step * sums[2];
  }
  float correlation() const noexcept { return correlationOf(left, right, product); }
  float balance() const noexcept {
    const float both = left + right;
    return both > 1e-12f ? (right - left) / both : 0;
  }
};

}  // namespace deskd::DESKD_ISA
