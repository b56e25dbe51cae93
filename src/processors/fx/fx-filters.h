// High-pass and low-pass of an effect, 12 dB/oct, left and right: at the end of its range each is off, to the bit.
#pragma once
#include "../eq/eq.h"

namespace deskd::DESKD_ISA {

constexpr float kFxLowestHz = 20, kFxHighestHz = 20000;

struct FxFilters {
  EqBand low, high;

  void init() noexcept {
    init(low, BandType::LowCut);
    init(high, BandType::HighCut);
    setHighPass(kFxLowestHz, true);
    setLowPass(kFxHighestHz, true);
  }

  void setHighPass(float hz, bool jump) noexcept { set(low, hz, hz > kFxLowestHz, jump); }
  void setLowPass(float hz, bool jump) noexcept { set(high, hz, hz < kFxHighestHz, jump); }

  void prepare(const SmoothingTable& table, double rate) noexcept {
    low.prepare(table, rate);
    high.prepare(table, rate);
  }
  void reset() noexcept { low.filter.reset(), high.filter.reset(); }

  // In place. After prepare().
  void run(float* left, float* right) noexcept {
    alignas(64) float tile[kQuantum * kLanes];
    SvfChain chain;
    chain.tile = tile;
    if (low.used) chain.add(low.filter, low.ramping);
    if (high.used) chain.add(high.filter, high.ramping);
    if (chain.count == 0) return;
    for (int n = 0; n < kQuantum; n++) {
      Vf x{};
      x[0] = left[n], x[1] = right[n];
      store(tile + n * kLanes, x);
    }
    runSvfChain(chain);
    for (int n = 0; n < kQuantum; n++) left[n] = tile[n * kLanes], right[n] = tile[n * kLanes + 1];
  }

 private:
  static void init(EqBand& band, BandType type) noexcept {
    band.init();
    for (int i = 0; i < 2; i++) {
      band.wantedType[i] = (uint8_t)type;
      band.octaveQ.jump(i, -0.5f);  // Butterworth
    }
  }
  static void set(EqBand& band, float hz, bool on, bool jump) noexcept {
    for (int i = 0; i < 2; i++) {
      const float octave = (float)__builtin_log2(hz);
      if (jump) band.octave.jump(i, octave);
      else band.octave.target[i] = octave;
      band.on[i] = on;
    }
    band.moving = band.switching = 1;
    if (jump) band.fresh = 1;
  }
};

}  // namespace deskd::DESKD_ISA
