// Rows of a signal a fixed time ago, to the bit.
#pragma once
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

template <int kRows>
struct DelayedRows {
  static constexpr int kFrames = 128;  // a power of two, at least the delay + a quantum
  alignas(64) double row[kRows][kFrames + kQuantum];
  int position, delay;

  void init(int frames, double everything = 0) noexcept {
    for (auto& frames : row)
      for (double& x : frames) x = everything;
    position = 0;
    delay = frames;
  }
  // [audio thread] A quantum of each row; delayed, it stands at past() until the next one.
  void push(const double* const (&in)[kRows]) noexcept {
    position = (position + kQuantum) % kFrames;
    for (int c = 0; c < kRows; c++) {
      __builtin_memcpy(row[c] + position, in[c], kQuantum * sizeof(double));
      if (position == 0) __builtin_memcpy(row[c] + kFrames, in[c], kQuantum * sizeof(double));
    }
  }
  const double* past(int c) const noexcept { return row[c] + ((position - delay) & (kFrames - 1)); }
};

}  // namespace deskd::DESKD_ISA
