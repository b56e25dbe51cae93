// One equaliser band of a group of strips: parameters smoothed once a quantum, coefficients ramped inside it.
#pragma once
#include "../smoothing/smoothing.h"
#include "band-design.h"

namespace deskd::DESKD_ISA {

// The two halves of a float vector as doubles.
DESKD_INLINE Vd lowHalf(const Vf& v) { return widen((const float*)&v); }
DESKD_INLINE Vd highHalf(const Vf& v) { return widen((const float*)&v + kWide); }

constexpr double kHighestNorm = 0.49;  // of the sample rate: what a band's frequency is held below

struct EqBand {
  Svf filter;
  SmoothValues octave, gainDb, octaveQ;  // log2 of Hz, dB, log2 of Q
  SmoothValues wet;
  uint8_t type[kLanes], wantedType[kLanes], on[kLanes];
  int32_t moving, fresh, used, ramping;
  int32_t switching;  // a lane went on or off, or changes its type
  uint32_t types;     // those that any lane has, one bit each

  void init() noexcept {
    for (int i = 0; i < kLanes; i++) {
      octave.jump(i, 9.9657843f);
      gainDb.jump(i, 0);
      octaveQ.jump(i, -0.4941f);
      wet.jump(i, 0);
    }
    const SvfDesign flat = {Vd{}, Vd{}, splatd(1), Vd{}, Vd{}, splatd(1)};
    filter.set(flat, flat);
    filter.reset();
    fresh = moving = switching = 1;
  }

  // Steps parameters and designs the quantum's ramp. After it `used` says whether the band is heard in any lane.
  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (ramping) settle();
    if (!moving) return;
    if (switching) switchLanes();
    const Vi still = octave.advance(table, 1e-5f, kMostReach) | gainDb.advance(table, 1e-4f) |
                     octaveQ.advance(table, 1e-5f, kMostReach) | wet.advance(table, 1e-5f);
    SvfDesign low{}, high{};
    for (uint32_t todo = types; todo; todo &= todo - 1) {
      const int t = __builtin_ctz(todo);
      const SvfDesign a = design((BandType)t, sampleRateHz, 0), b = design((BandType)t, sampleRateHz, kWide);
      if (todo == types) {
        low = a, high = b;
      } else {
        merge(low, a, t, 0);
        merge(high, b, t, kWide);
      }
    }
    const bool wasUsed = used;
    used = any((join(low.direct, high.direct) != splat(1)) | (join(low.n1, high.n1) != Vf{}) |
               (join(low.n2, high.n2) != Vf{}));
    if (fresh || (used && !wasUsed)) filter.reset();
    if (fresh) {
      filter.set(low, high);
      ramping = 0;
    } else {
      filter.rampTo(low, high);
      ramping = 1;
      used |= wasUsed;  // run out the ramp to flat
    }
    pending[0] = low;
    pending[1] = high;
    fresh = 0;
    moving = any(still) || switching;
  }

 private:
  // Bands go on and off by fading; a type changes while its band is faded out.
  void switchLanes() noexcept {
    switching = 0;
    types = 0;
    for (int i = 0; i < kLanes; i++) {
      if (type[i] != wantedType[i] && wet.value[i] == 0) type[i] = wantedType[i];
      wet.target[i] = on[i] && type[i] == wantedType[i] ? 1 : 0;
      if (fresh) wet.jump(i, wet.target[i]), type[i] = wantedType[i];
      types |= 1u << type[i];
      switching |= type[i] != wantedType[i];
    }
  }

  SvfDesign pending[2];

  // The ramp has been run: take its exact end.
  void settle() noexcept {
    filter.set(pending[0], pending[1]);
    ramping = 0;
    used = any((filter.direct != splat(1)) | (filter.n1 != Vf{}) | (filter.n2 != Vf{}));
  }

  SvfDesign design(BandType t, double sampleRateHz, int from) const noexcept {
    const auto half = [from](const Vf& v) { return widen((const float*)&v + from); };
    const Vd hz = min(exp2(half(octave.value)), splatd(kHighestNorm * sampleRateHz));
    return designBand(t, hz * (6.283185307179586 / sampleRateHz), half(gainDb.value), exp2(half(octaveQ.value)),
                      half(wet.value));
  }

  void merge(SvfDesign& into, const SvfDesign& from, int t, int lane) const noexcept {
    Vl mask{};
    for (int i = 0; i < kWide; i++) mask[i] = type[lane + i] == t ? -1 : 0;
    into.c1 = mask ? from.c1 : into.c1;
    into.c2 = mask ? from.c2 : into.c2;
    into.direct = mask ? from.direct : into.direct;
    into.n1 = mask ? from.n1 : into.n1;
    into.n2 = mask ? from.n2 : into.n2;
    into.gd = mask ? from.gd : into.gd;
  }
};

}  // namespace deskd::DESKD_ISA
