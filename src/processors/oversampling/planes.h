// A signal at a multiple of the desk's rate, dealt out in turn to as many rows, with its past: all its filters then work on
// whole vectors of neighbouring frames, and nothing is ever interleaved.
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

typedef double VdUnaligned __attribute__((vector_size(kWide * 8), aligned(8)));
DESKD_INLINE Vd loadAnywhere(const double* p) { return (Vd)(*(const VdUnaligned*)p); }
DESKD_INLINE void storeAnywhere(double* p, Vd x) { *(VdUnaligned*)p = (VdUnaligned)x; }

// `kPast`: frames of the desk's rate, a multiple of 8.
template <int kRows, int kPast>
struct Planes {
  alignas(64) double row[kRows][kPast + kQuantum];

  // Lets the last quantum pass; the new one is then written to in().
  void step() noexcept {
    for (int p = 0; p < kRows; p++)
      for (int n = 0; n < kPast; n += kWide) stored(row[p] + n, loadd(row[p] + n + kQuantum));
  }
  double* in(int p) noexcept { return row[p] + kPast; }
  // From `offset` of its own frames, counted from the first one of the quantum; every kRows-th.
  const double* at(int offset) const noexcept {
    const int p = ((offset % kRows) + kRows) % kRows;
    return row[p] + kPast + (offset - p) / kRows;
  }
};

// out[n] = ∑ tap[j]·(x(centre − first − j·step) + x(centre + first + j·step)), each kRows further for the next n.
// Sums of several vectors run side by side, else each product would wait for the one before.
template <int kRows, int kPast>
DESKD_INLINE void filterPairs(const Planes<kRows, kPast>& x, const double* tap, int pairs, int before, int after, int step,
                              double* out) {
  constexpr int vectors = kQuantum / kWide, block = vectors < 8 ? vectors : 8;
  for (int first = 0; first < vectors; first += block) {
    Vd sum[block]{};
#pragma GCC unroll 1
    for (int j = 0; j < pairs; j++) {
      const double *a = x.at(before - j * step) + first * kWide, *b = x.at(after + j * step) + first * kWide;
      const Vd t = splatd(tap[j]);
#pragma GCC unroll 8
      for (int v = 0; v < block; v++) sum[v] = fma(t, loadAnywhere(a + v * kWide) + loadAnywhere(b + v * kWide), sum[v]);
    }
#pragma GCC unroll 8
    for (int v = 0; v < block; v++) storeAnywhere(out + (first + v) * kWide, sum[v]);
  }
}

}  // namespace deskd::DESKD_ISA
