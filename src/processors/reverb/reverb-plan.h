// What a reverb's lines are, for one sample rate: how long, and where they lie in its memory.
#pragma once
#include "../fx/line.h"

namespace deskd::DESKD_ISA {

constexpr int kReverbLines = 16, kDiffusers = 3;
constexpr int kReverbBanks = kDiffusers + 1;  // the last is the feedback network
constexpr double kReverbLargest = 2;          // size
constexpr double kReverbPreDelaySeconds = 0.25;

// Delays at size 1, in ms. The network's are spread evenly over an octave and a half, so that its echoes soon lie between each other;
// each diffuser has one echo in every sixteenth of its span, in shuffled order.
constexpr double kReverbMs[kReverbBanks][kReverbLines] = {
    {0.03, 4.61, 2.47, 6.83, 1.12, 5.37, 3.29, 7.71, 0.53, 4.97, 2.89, 7.23, 1.73, 6.11, 3.83, 2.03},
    {9.71, 1.13, 14.3, 5.93, 12.1, 3.41, 16.9, 7.79, 10.9, 0.29, 15.7, 4.67, 13.3, 2.17, 17.9, 8.83},
    {3.07, 21.7, 31.9, 11.3, 26.3, 7.31, 36.7, 17.1, 0.61, 24.1, 34.3, 13.9, 29.1, 5.03, 19.3, 9.41},
    {29.3, 58.9, 41.1, 83.3, 34.7, 70.1, 47.9, 31.7, 63.7, 44.3, 88.7, 37.9, 75.9, 51.3, 54.7, 79.9},
};

struct ReverbPlan {
  LinePlace line[kReverbBanks][kReverbLines], preDelay[2];
  int32_t floats;
  double framesPerMs;
  const uint32_t* primes;  // one bit a number

  void init(double rate, const uint32_t* primeBits) noexcept {
    LinePlan plan;
    framesPerMs = rate * 0.001;
    primes = primeBits;
    for (LinePlace& p : preDelay) p = plan.place(kReverbPreDelaySeconds * rate);
    for (int b = 0; b < kReverbBanks; b++)
      for (int i = 0; i < kReverbLines; i++) line[b][i] = plan.place(kReverbMs[b][i] * kReverbLargest * framesPerMs + 1);
    floats = plan.floats;
  }

  // The network's delays are primes, so that no two lines share an echo; the diffusers' are whole frames.
  int32_t frames(int bank, int i, double size) const noexcept {
    int32_t n = (int32_t)(kReverbMs[bank][i] * size * framesPerMs + 0.5);
    if (bank == kDiffusers)
      while (!(primes[n >> 5] >> (n & 31) & 1)) n--;
    return n;
  }
};

// Numbers whose primality is known: the longest line at 192 kHz and twice the size.
constexpr int kPrimesBelow = 65536;

static inline void findPrimes(uint32_t* bits) noexcept {
  for (int i = 0; i < kPrimesBelow / 32; i++) bits[i] = ~0u;
  bits[0] &= ~3u;
  for (int p = 2; p * p < kPrimesBelow; p++)
    if (bits[p >> 5] >> (p & 31) & 1)
      for (int n = p * p; n < kPrimesBelow; n += p) bits[n >> 5] &= ~(1u << (n & 31));
}

}  // namespace deskd::DESKD_ISA
