// What a gate or compressor listens to: the lane's own signal or a row from elsewhere, behind a high-pass and a low-pass.
#pragma once
#include "../hpf/hpf.h"
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

enum KeyFilter { kKeyHighPass, kKeyLowPass, kKeyFilterCount };

struct Key {
  int32_t source[kLanes];  // row that keys the lane, −1 its own signal
  int32_t second[kLanes];  // a second row to average with (a stereo source keys a mono strip), or −1
  SmoothValues octave[kKeyFilterCount], wet[kKeyFilterCount];
  Svf filter[kKeyFilterCount];
  SmoothGains listen;  // of the key, into the monitor
  int32_t external, moving, listenMoving;
  int32_t heard[kKeyFilterCount];  // filters that any lane uses
  uint32_t listening;              // lanes whose listening is not nought

  void init() noexcept {
    const SvfDesign flat = {Vd{}, Vd{}, splatd(1), Vd{}, Vd{}, splatd(1)};
    for (int f = 0; f < kKeyFilterCount; f++) filter[f].set(flat, flat), filter[f].reset();
    for (int i = 0; i < kLanes; i++) {
      source[i] = second[i] = -1;
      octave[kKeyHighPass].jump(i, 6.6438562f);
      octave[kKeyLowPass].jump(i, 12.287712f);
    }
    moving = 1;
  }

  void resetLane(int lane) noexcept {
    for (Svf& f : filter) f.S1[lane] = f.s2[lane] = 0;
  }
  void copySignal(const Key& from, int lane) noexcept {
    for (int f = 0; f < kKeyFilterCount; f++) {
      filter[f].S1[lane] = from.filter[f].S1[lane];
      filter[f].s2[lane] = from.filter[f].s2[lane];
    }
  }

  void prepare(const SmoothingTable& table, double sampleRateHz) noexcept {
    if (moving) {
      Vi still{};
      for (int f = 0; f < kKeyFilterCount; f++) {
        still |= octave[f].advance(table, 1e-5f) | wet[f].advance(table, 1e-5f);
        const SvfDesign low = design(f, lowHalf(octave[f].value), lowHalf(wet[f].value), sampleRateHz);
        const SvfDesign high = design(f, highHalf(octave[f].value), highHalf(wet[f].value), sampleRateHz);
        filter[f].S1 = filter[f].S1 * (filter[f].gd / join(low.gd, high.gd));
        filter[f].set(low, high);
        const bool wasHeard = heard[f];
        heard[f] = any(wet[f].value != Vf{});
        if (heard[f] && !wasHeard) filter[f].reset();
      }
      moving = any(still);
    }
    if (listenMoving) {
      const Vi going = listen.advance(table);
      listenMoving = any(going);
      listening = bitsOf(going | (listen.value != Vf{}));
    }
  }

  // The key of a group whose own signal is `tile`: that itself, or what stands in `scratch` afterwards.
  const float* read(const float* tile, float* scratch, const float* const* rows) noexcept {
    if (!external && !filtered()) return tile;
    for (int n = 0; n < kQuantum; n++) store(scratch + n * kLanes, load(tile + n * kLanes));
    takeRows(scratch, rows);
    runFilters(scratch);
    return scratch;
  }
  void takeRows(float* tile, const float* const* rows) const noexcept {
    for (int i = 0; external && i < kLanes; i++) {
      if (source[i] < 0) continue;
      const float *a = rows[source[i]], *b = second[i] >= 0 ? rows[second[i]] : a;
      for (int n = 0; n < kQuantum; n++) tile[n * kLanes + i] = 0.5f * (a[n] + b[n]);
    }
  }
  int filtered() const noexcept { return heard[kKeyHighPass] | heard[kKeyLowPass]; }
  void runFilters(float* tile) noexcept {
    if (!filtered()) return;
    SvfChain chain;
    chain.tile = tile;
    for (int f = 0; f < kKeyFilterCount; f++)
      if (heard[f]) chain.add(filter[f], false);
    runSvfChain(chain);
  }

 private:
  // 12 dB/oct, Butterworth.
  DESKD_INLINE SvfDesign design(int which, Vd octave, Vd wet, double sampleRateHz) {
    const Vd Q = splatd(0.70710678118654752);
    const Vd w = min(exp2(octave), splatd(kHighestNorm * sampleRateHz)) * (6.283185307179586 / sampleRateHz);
    return fadedIn(svfOf(which == kKeyHighPass ? designHighPass(w, Q, Vl{}) : designHighCut(w, Q)), wet);
  }
};

}  // namespace deskd::DESKD_ISA
