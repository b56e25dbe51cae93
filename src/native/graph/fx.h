// Effect slots: fed by buses in the quantum that they run in, heard by strips in the next.
#pragma once
#include "buses.h"

namespace deskd::DESKD_ISA {

class GraphFx : protected GraphBuses {
 protected:
  using GraphBuses::GraphBuses;

  void runFx() noexcept {
    for (int f = 0; f < spec_.fxCount; f++) {
      FxSlot& slot = fx_[f];
      if (slot.isOff()) continue;
      if (slot.type != slot.wantedType) keepRest(f);
      if (!slot.prepare(fxPlan_)) continue;
      keepSome(f);
      const float* in[2] = {silence_, silence_};
      for (int c = 0; slot.source >= 0 && c < 2; c++) in[c] = busOut_ + (2 * slot.source + c) * kQuantum;
      core_->nonFinite += slot.run(in, fxLines(f), fxPlan_, peakDecay_);
    }
    if (keeping_) keptFrames_ += kKeptAtOnce;
  }

  // A take wants the lines as they are now. They are copied over some hundred quanta, for one is too short: from each
  // line more than the effect writes meanwhile, and first what it writes next.
  void beginKeeping(float* to) noexcept {
    keepTo_ = to;
    keeping_ = 0;
    keptFrames_ = 0;
    for (int f = 0; to && f < spec_.fxCount; f++)
      if (fx_[f].type != 0) keeping_ |= 1u << f;
  }
  bool isKept() const noexcept { return keeping_ == 0; }

 private:
  static constexpr int kKeptAtOnce = 8 * kQuantum;

  void keepSome(int f) noexcept {
    if (keeping_ >> f & 1) keep(f, kKeptAtOnce);
  }
  // The slot's memory is about to serve another kind.
  void keepRest(int f) noexcept {
    if (keeping_ >> f & 1) keep(f, INT32_MAX / 2);
  }

  void keep(int f, int32_t most) noexcept {
    const float* from = fxLines(f);
    float* to = keepTo_ + (size_t)f * (size_t)fxPlan_.floats;
    bool left = false;
    fx_[f].eachLine(fxPlan_, [&](const LinePlace& p, int32_t at) {
      int32_t start = at - keptFrames_ / kKeptAtOnce * kQuantum;  // where it was written when the take began
      if (start < 0) start += p.length;
      for (int32_t done = keptFrames_; done < p.length && done - keptFrames_ < most; done += kQuantum) {
        int32_t row = start + done;
        if (row >= p.length) row -= p.length;
        __builtin_memcpy(to + p.offset + row, from + p.offset + row, kQuantum * sizeof(float));
        if (row < kLineMirror) __builtin_memcpy(to + p.offset + p.length + row, from + p.offset + row, kQuantum * sizeof(float));
      }
      left |= keptFrames_ + most < p.length;
    });
    if (!left) keeping_ &= ~(1u << f);
  }

  float* keepTo_ = nullptr;
  uint32_t keeping_ = 0;  // slots, one bit each
  int32_t keptFrames_ = 0;  // of every line
};

}  // namespace deskd::DESKD_ISA
