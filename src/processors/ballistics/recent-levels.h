// Peaks, power and mean of a stereo signal over the last 3 s, renewed every 100 ms.
#pragma once
#include "../limiter/true-peak.h"

namespace deskd::DESKD_ISA {

struct RecentLevels {
  static constexpr int kSlots = 30;
  struct Slot {
    float truePeak, samplePeak;
    double squares, sum[2];
  };

  void init(double sampleRateHz) noexcept {
    *this = RecentLevels{};
    slotQuanta_ = (int)(sampleRateHz / 10 / kQuantum + .5);
  }

  // [audio thread] 32 frames, 64-byte aligned.
  void process(const float* l, const float* r) noexcept {
    const float highest = truePeaks_.highest(l, r);
    Vf peak{};
    Vd squares{}, left{}, right{};
    for (int n = 0; n < kQuantum; n += kLanes) peak = max(abs(load(l + n)), max(abs(load(r + n)), peak));
    for (int n = 0; n < kQuantum; n += kWide) {
      const Vd a = widen(l + n), b = widen(r + n);
      squares = fma(a, a, fma(b, b, squares));
      left += a, right += b;
    }
    for (int i = 0; i < kWide; i++) now_.squares += squares[i], now_.sum[0] += left[i], now_.sum[1] += right[i];
    const float sample = highestLane(peak);
    now_.samplePeak = sample > now_.samplePeak ? sample : now_.samplePeak;
    now_.truePeak = highest > now_.truePeak ? highest : now_.truePeak;
    if (++quanta_ < slotQuanta_) return;
    slot_[at_] = now_;
    at_ = (at_ + 1) % kSlots;
    filled_ = filled_ < kSlots ? filled_ + 1 : kSlots;
    quanta_ = 0;
    now_ = Slot{};
    sumUp();
  }

  // Linear, the higher side; 0 before the first 100 ms.
  float truePeak() const noexcept { return all_.truePeak > all_.samplePeak ? all_.truePeak : all_.samplePeak; }
  float samplePeak() const noexcept { return all_.samplePeak; }
  double meanSquare() const noexcept { return filled_ ? all_.squares / (2 * frames()) : 0; }
  double mean(int side) const noexcept { return filled_ ? all_.sum[side] / frames() : 0; }

 private:
  double frames() const noexcept { return (double)filled_ * slotQuanta_ * kQuantum; }
  void sumUp() noexcept {
    all_ = Slot{};
    for (const Slot& s : slot_) {
      all_.truePeak = s.truePeak > all_.truePeak ? s.truePeak : all_.truePeak;
      all_.samplePeak = s.samplePeak > all_.samplePeak ? s.samplePeak : all_.samplePeak;
      all_.squares += s.squares;
      for (int side = 0; side < 2; side++) all_.sum[side] += s.sum[side];
    }
  }

  TruePeak truePeaks_;
  Slot slot_[kSlots], now_, all_;
  int slotQuanta_, quanta_, at_, filled_;
};

}  // namespace deskd::DESKD_ISA
