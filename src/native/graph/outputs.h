// Master, monitor and output patch.
#pragma once
#include "talkback.h"

namespace deskd::DESKD_ISA {

class GraphOutputs : protected GraphTalkback {
 protected:
  using GraphTalkback::GraphTalkback;

  void runMaster() noexcept {
    for (int o = kMasterLeft; o <= kMasterRight; o++) {
      finishSum(o);
      if (!summed_[o])
        for (int n = 0; n < kQuantum; n += kWide) stored(sums_ + o * kQuantum + n, Vd{});
    }
    double *left = sums_, *right = sums_ + kQuantum;
    core_->chain.run(table_, core_->frame, rmsStep_, chainLines_, left, right);
    alignas(64) double gain[kQuantum];
    core_->fader.run(table_, gain);
    float top = 0, sum = 0;
    Vd check{};
    for (int c = 0; c < 2; c++) {
      double* from = c ? right : left;
      float* to = preLimiter_ + c * kQuantum;
      for (int n = 0; n < kQuantum; n += kWide) {
        const Vd x = loadd(from + n) * loadd(gain + n);
        check = check + x * 0.0;
        narrow(to + n, x);
      }
    }
    double finite = 0;
    for (int i = 0; i < kWide; i++) finite += check[i];
    if (finite != 0) {  // NaN: something went non-finite
      core_->nonFinite += kQuantum;
      core_->chain.reset(chainLines_);
      for (int n = 0; n < 2 * kQuantum; n++) preLimiter_[n] = 0;
    }
    core_->limiter.process(preLimiter_, preLimiter_ + kQuantum, masterRows_, masterRows_ + kQuantum);
    Vf tops{}, squares{};
    for (int n = 0; n < 2 * kQuantum; n += kLanes) {
      const Vf x = load(masterRows_ + n);
      tops = max(abs(x), tops);
      squares = fma(x, x, squares);
    }
    for (int i = 0; i < kLanes; i++) top = larger(tops[i], top), sum += squares[i];
    if (top >= 1.0f)
      for (int n = 0; n < 2 * kQuantum; n++) core_->masterClips += __builtin_fabsf(masterRows_[n]) >= 1.0f;
    core_->masterPeak = larger(top, core_->masterPeak * peakDecay_);
    core_->masterMeanSquare += rmsStep_ * (sum / (2 * kQuantum) - core_->masterMeanSquare);
    loudness_->process(masterRows_, masterRows_ + kQuantum);
  }

  // Writes a row into its alignment line and gives back the row of `late` frames ago. The line's first
  // quantum stands again behind its end, so that any kQuantum frames lie side by side.
  const float* alignRow(float* line, const float* in, int late) noexcept {
    const int64_t mask = alignLength_ - 1, at = core_->frame & mask;
    __builtin_memcpy(line + at, in, kQuantum * sizeof(float));
    if (at == 0) __builtin_memcpy(line + alignLength_, in, kQuantum * sizeof(float));
    return line + ((core_->frame - late) & mask);
  }
  float* alignLine(float* lines, int i) const noexcept { return lines + (size_t)i * (size_t)(alignLength_ + kQuantum); }

  // Buses and solo, as late as the master is.
  void alignBuses() noexcept {
    alignas(64) float row[kQuantum];
    const int64_t drained = alignLength_ / kQuantum + 1;  // quanta after which an idle line holds only noughts
    int64_t& soloIdle = busIdle_[busGroupCount_];
    soloIdle = summed_[kSoloLeft] | summed_[kSoloRight] ? 0 : soloIdle + 1;
    bool allIdle = true;
    for (int g = 0; g <= busGroupCount_; g++) allIdle &= busIdle_[g] > drained;
    if (allIdle && alignedSilence_) return;
    alignedSilence_ = allIdle;
    for (int s = 0; s <= spec_.busCount; s++) {
      const bool isSolo = s == spec_.busCount;
      const bool idle = (isSolo ? soloIdle : busIdle_[2 * s / kLanes]) > drained;
      for (int c = 0; c < 2; c++) {
        const float* from = busOut_ + (2 * s + c) * kQuantum;
        if (isSolo && !idle) sumRow(kSoloLeft + c, row), from = row;
        aligned_[2 * s + c] = idle ? silence_ : alignRow(alignLine(align_, 2 * s + c), from, masterLatency_);
      }
    }
  }

  struct StereoFloats {
    const float *left, *right;
  };

  // The strip that plays the reference, before its fader and as loud as the master; measured as long as there is one, so that
  // it comes at its level when it is asked for. Another strip comes when the one before is faded out.
  StereoFloats runReference(int weight) noexcept {
    ReferenceState& r = core_->reference;
    if (r.strip != r.wantedStrip) {
      const bool isHeard = monitorWeight_[weight].value != 0 || monitorWeight_[weight].moving();
      r.gain.target = 0;
      if (!isHeard || r.strip < 0 || (r.gain.value == 0 && !r.gain.moving())) {
        r.strip = r.wantedStrip;
        r.match.reset();
        r.gain.jump(0);
      }
    }
    if (r.strip < 0) return {silence_, silence_};
    const StripState& t = strip_[r.strip];
    const float* left = rows(t.lane / kLanes) + t.lane % kLanes * kQuantum;
    const float* right = t.stereo ? left + kQuantum : left;
    alignas(64) double wide[4][kQuantum], gain[kQuantum];
    const float* const from[4] = {left, right, masterRows_, masterRows_ + kQuantum};
    for (int i = 0; i < 4; i++)
      for (int n = 0; n < kQuantum; n++) wide[i][n] = from[i][n];
    r.match.measure(wide[0], wide[1], wide[2], wide[3]);
    if (r.strip == r.wantedStrip) r.gain.target = r.isMatched ? r.match.gain : 1;
    r.gain.run(table_, gain);
    for (int side = 0; side < 2; side++)
      for (int n = 0; n < kQuantum; n++) keyTile_[side * kQuantum + n] = (float)(gain[n] * wide[side][n]);
    return {keyTile_, keyTile_ + kQuantum};
  }

  void runMonitor() noexcept {
    alignBuses();
    const int solo = spec_.busCount + 1;
    const StereoFloats reference = runReference(solo + 1);
    float *left = monitorRows_, *right = monitorRows_ + kQuantum;
    if (core_->monitorChanging) core_->monitorChanging = isAnyWeightMoving();
    const bool plain = !core_->monitorChanging && monitorWeight_[0].value == 1;
    for (int n = 0; n < 2 * kQuantum; n++) monitorRows_[n] = plain ? masterRows_[n] : 0;
    if (!plain) {
      for (int i = 0; i <= solo + 1; i++) {
        if (!monitorWeight_[i].moving() && monitorWeight_[i].value == 0) continue;
        double w[kQuantum];
        monitorWeight_[i].run(table_, w);
        const float *l = masterRows_, *r = masterRows_ + kQuantum;
        if (i > solo) l = reference.left, r = reference.right;
        else if (i > 0) l = aligned_[2 * (i - 1)], r = aligned_[2 * i - 1];
        for (int n = 0; n < kQuantum; n++) {
          left[n] += (float)w[n] * l[n];
          right[n] += (float)w[n] * r[n];
        }
      }
    }
    if (core_->monoMix.moving() || core_->monoMix.value != 0) {
      double m[kQuantum];
      core_->monoMix.run(table_, m);
      for (int n = 0; n < kQuantum; n++) {
        const float middle = 0.5f * (left[n] + right[n]), apart = 1 - (float)m[n];
        left[n] = middle + apart * (left[n] - middle);
        right[n] = middle + apart * (right[n] - middle);
      }
    }
    if (core_->monitorGain.moving() || core_->monitorGain.value != 1) {
      double g[kQuantum];
      core_->monitorGain.run(table_, g);
      for (int n = 0; n < kQuantum; n++) left[n] *= (float)g[n], right[n] *= (float)g[n];
    }
  }

  // Standing still, one of them is 1 and the others are 0.
  bool isAnyWeightMoving() const noexcept {
    for (int i = 0; i < spec_.busCount + 3; i++)
      if (monitorWeight_[i].moving()) return true;
    return false;
  }

  // The patch: names in the order of processors/routing/params.ts.
  void runOutputs(const GraphBlock& block) noexcept {
    enum { kAuto, kOff, kMaster, kMonitor = 4, kBus = 6 };
    for (int o = 0; o < spec_.outputCount; o++) {
      OutputState& t = output_[o];
      float* out = block.outputs[o];
      if (t.source != t.wanted) {
        if (t.gain.value == 0 && !t.gain.moving()) {
          t.source = t.wanted;
          t.waitFrames = latency_;
          __builtin_memset(alignLine(outputAlign_, o), 0, (size_t)(alignLength_ + kQuantum) * sizeof(float));
        } else {
          t.gain.target = 0;
        }
      } else if (t.waitFrames > 0) {
        t.waitFrames -= kQuantum;
      } else {
        t.gain.target = 1;
      }
      int source = t.source;
      if (source == kAuto) {
        if (block.deviceOutputs >= 4) source = o < 2 ? kMaster + o : o < 4 ? kMonitor + o - 2 : kOff;
        else source = o < 2 ? kMonitor + o : kOff;
      }
      const float* from = silence_;
      if (source >= kBus && source < kBus + 2 * spec_.busCount) {
        from = withTalkback((source - kBus) / 2, aligned_[source - kBus], keyTile_);
      } else if (source >= kBus) {
        const int lane = directLane(source - kBus - 2 * spec_.busCount);
        if (lane >= 0) {
          applyGains(direct_[lane / kLanes], lane % kLanes, rows(lane / kLanes) + lane % kLanes * kQuantum, keyTile_);
          from = alignRow(alignLine(outputAlign_, o), keyTile_, busLatency_ + masterLatency_);
        }
      } else if (source >= kMonitor) {
        from = withTalkback(spec_.busCount, monitorRows_ + (source - kMonitor) * kQuantum, keyTile_);
      } else if (source >= kMaster) {
        from = masterRows_ + (source - kMaster) * kQuantum;
      }
      if (t.gain.moving() || t.gain.value != 1) {
        double g[kQuantum];
        t.gain.run(table_, g);
        for (int n = 0; n < kQuantum; n++) out[n] = (float)g[n] * from[n];
      } else {
        __builtin_memcpy(out, from, kQuantum * sizeof(float));
      }
    }
  }

  int directLane(int index) const noexcept {
    for (int s = 0; s < spec_.stripCount; s++) {
      const int sides = strip_[s].stereo ? 2 : 1;
      if (index < sides) return strip_[s].lane + index;
      index -= sides;
    }
    return -1;
  }
};

}  // namespace deskd::DESKD_ISA
