// The master's stereo-linked true-peak limiter: peak → gain needed → least over the look-ahead → release → two boxcars.
#pragma once
#include "true-peak.h"

namespace deskd::DESKD_ISA {

constexpr double kMaxLookaheadMs = 10, kMaxSampleRateHz = 192000;
constexpr int kMaxLookaheadFrames = (int)(kMaxLookaheadMs * kMaxSampleRateHz / 1000);
constexpr int kLimiterRing = 2048;  // frames; a power of two ≥ the longest latency + a quantum
static_assert(kMaxLookaheadFrames + kPeakDelay + kQuantum <= kLimiterRing);

// The past of a signal. The first quantum is repeated behind the end, so that any 32 frames lie side by side.
struct FloatRing {
  alignas(64) float data[kLimiterRing + kQuantum];

  void fill(float x) noexcept {
    for (float& y : data) y = x;
  }
};

struct Limiter {
  // Any sample rate to 192 kHz; the look-ahead is kept within 1 frame … 10 ms. Off until set(); a reset() after it makes
  // the first settings hold without a glide.
  void init(double sampleRateHz, double lookaheadMs) noexcept {
    *this = Limiter{};
    sampleRateHz_ = sampleRateHz;
    const double frames = lookaheadMs * sampleRateHz / 1000 + .5;
    lookahead_ = frames < 1 ? 1 : frames > kMaxLookaheadFrames ? kMaxLookaheadFrames : (int)frames;
    mask_ = 2 * kQuantum - 1;
    while (mask_ + 1 < latencyFrames() + kQuantum) mask_ = 2 * mask_ + 1;
    // Two boxcars in a row reach as far as the look-ahead. The least is taken over one frame more, because a peak
    // between two samples needs the gain of both.
    boxFrames_[0] = (lookahead_ + 1) / 2;
    boxFrames_[1] = lookahead_ + 1 - boxFrames_[0];
    perBoxes_ = 1.0 / (kUnity * boxFrames_[0] * boxFrames_[1]);
    offDecay_ = decay(kSwitchMs / 2);
    set(false, 0, 100);
    reset();
  }

  // Silence and unity gain; the settings stay and hold at once.
  void reset() noexcept {
    peaks_.reset();
    left_.fill(0);
    right_.fill(0);
    clampAt_.fill(kNoCeiling);
    least_.fill(1);
    for (float& x : needed_) x = 1;
    for (int64_t& x : gains_) x = kUnity;
    for (int64_t& x : firstBox_) x = kUnity * boxFrames_[0];
    sums_[0] = kUnity * boxFrames_[0];
    sums_[1] = sums_[0] * boxFrames_[1];
    position_ = 0;
    gain_ = 1;
    minGain_ = 1;
    amount_ = on_ ? 1 : 0;
    ceilingDb_ = targetDb_;
    ceiling_ = amplitude(ceilingDb_);
    glide_ = 0;
  }

  // [audio thread] ceilingDbtp −12…0; releaseMs is the time constant (63 %), 1…1000. Cheap when nothing changed.
  // Switching and a new ceiling glide over 20 ms.
  void set(bool on, double ceilingDbtp, double releaseMs) noexcept {
    on_ = on;
    if (ceilingDbtp != targetDb_) {
      targetDb_ = ceilingDbtp;
      glide_ = switchQuanta();
    }
    if (releaseMs != releaseMs_) {
      releaseMs_ = releaseMs;
      decay_ = decay(releaseMs);
    }
  }

  // Frames from input to output, on or off.
  int latencyFrames() const noexcept { return kPeakDelay - 1 + lookahead_; }

  // The lowest gain of the last quantum, linear: 1 when nothing was reduced.
  float minGain() const noexcept { return minGain_; }

  // [audio thread] 32 frames; the outputs may be the inputs. All 64-byte aligned.
  void process(const float* l, const float* r, float* outL, float* outR) noexcept {
    alignas(64) float block[kQuantum];
    moveSettings();
    write(left_, l);
    write(right_, r);
    // A frame is clamped by the ceiling it came in under: those before it were not promised the new one.
    const Vf clampAt = splat(amount_ == 1 ? ceiling_ : kNoCeiling);
    for (int v = 0; v < kQuantumVectors; v++) store(block + v * kLanes, clampAt);
    write(clampAt_, block);

    peaks_.perFrame(l, r, block);
    neededGain(block);
    leastOverLookahead(block);
    smooth(block);

    Vf lowest = splat(1);
    for (int v = 0; v < kQuantumVectors; v++) {
      const int at = v * kLanes;
      const Vf gain = load(block + at);
      const Vf limit = loadAnywhere(past(clampAt_, latencyFrames()) + at);
      const Vf yL = loadAnywhere(past(left_, latencyFrames()) + at) * gain;
      const Vf yR = loadAnywhere(past(right_, latencyFrames()) + at) * gain;
      // NaN passes (it is the second operand), for the graph to find and count.
      store(outL + at, max(-limit, min(limit, yL)));
      store(outR + at, max(-limit, min(limit, yR)));
      lowest = min(gain, lowest);
    }
    minGain_ = -highestLane(-lowest);
    position_ = (position_ + kQuantum) & mask_;
  }

 private:
  static constexpr float kNoCeiling = 3.4028234664e38f;
  static constexpr int64_t kUnity = 1 << 30;  // 1.0 in the fixed point of the boxcars: sums stay below 2⁵¹
  static constexpr double kSwitchMs = 20;

  double decay(double timeConstantMs) const noexcept { return __builtin_exp(-1000 / (timeConstantMs * sampleRateHz_)); }

  int switchQuanta() const noexcept { return (int)(kSwitchMs * sampleRateHz_ / 1000 / kQuantum) + 1; }

  // Rounded down, so that the clamp never lets a sample above the ceiling.
  static float amplitude(double db) noexcept {
    const double exact = __builtin_exp(db * 0.11512925464970228420);  // ln 10 / 20
    const float rounded = (float)exact;
    return rounded > exact ? __builtin_nextafterf(rounded, 0.0f) : rounded;
  }

  void moveSettings() noexcept {
    const float step = 1.0f / switchQuanta();
    amount_ += on_ ? step : -step;
    amount_ = amount_ < 0 ? 0 : amount_ > 1 ? 1 : amount_;
    if (glide_ > 0) {
      ceilingDb_ += (targetDb_ - ceilingDb_) / glide_--;
      if (glide_ == 0) ceilingDb_ = targetDb_;
      ceiling_ = amplitude(ceilingDb_);
    }
  }

  void write(FloatRing& ring, const float* block) noexcept {
    for (int v = 0; v < kQuantumVectors; v++) {
      const Vf x = load(block + v * kLanes);
      store(ring.data + position_ + v * kLanes, x);
      if (position_ == 0) store(ring.data + mask_ + 1 + v * kLanes, x);
    }
  }
  const float* past(const FloatRing& ring, int frames) const noexcept {
    return ring.data + ((position_ - frames) & mask_);
  }

  // Peaks in, gain out: what each frame needs not to pass the ceiling.
  void neededGain(float* block) const noexcept {
    const Vf ceiling = splat(ceiling_), one = splat(1), amount = splat(amount_);
    for (int v = 0; v < kQuantumVectors; v++) {
      const Vf peak = load(block + v * kLanes);
      const Vf excess = one - select(peak > ceiling, ceiling / peak, one);
      store(block + v * kLanes, fnma(amount, excess, one));
    }
  }

  // Each frame's minimum joined with that of `step` frames before; 1 stands for what lies before the first frame.
  template <int step>
  static void leastOfTwice(Vf (&x)[2 * kQuantumVectors]) noexcept {
    constexpr int vectors = step / kLanes;
    for (int v = 2 * kQuantumVectors - 1; v >= vectors; v--) {
      if constexpr (vectors > 0) {
        x[v] = min(x[v], x[v - vectors]);
      } else {
        x[v] = min(x[v], delayLanes<step>(v > 0 ? x[v - 1] : splat(1), x[v]));
      }
    }
  }

  // Sliding minimum over lookahead + 1 frames: doubled in registers up to 32, then as many of those as it takes. The
  // work depends on the look-ahead alone.
  void leastOverLookahead(float* block) noexcept {
    const int window = lookahead_ + 1;
    Vf x[2 * kQuantumVectors];
    for (int v = 0; v < kQuantumVectors; v++) {
      x[v] = load(needed_ + v * kLanes);
      x[kQuantumVectors + v] = load(block + v * kLanes);
      store(needed_ + v * kLanes, x[kQuantumVectors + v]);
    }
    int span = 1;
    if (window >= 2) leastOfTwice<1>(x), span = 2;
    if (window >= 4) leastOfTwice<2>(x), span = 4;
    if (window >= 8) leastOfTwice<4>(x), span = 8;
    if (window >= 16) leastOfTwice<8>(x), span = 16;
    if (window >= 32) leastOfTwice<16>(x), span = 32;
    for (int v = 0; v < kQuantumVectors; v++) store(block + v * kLanes, x[kQuantumVectors + v]);
    write(least_, block);
    for (int v = 0; v < kQuantumVectors; v++) {
      Vf least = x[kQuantumVectors + v];
      for (int back = span; back < window - span; back += span)
        least = min(least, loadAnywhere(past(least_, back) + v * kLanes));
      store(block + v * kLanes, min(least, loadAnywhere(past(least_, window - span) + v * kLanes)));
    }
  }

  DESKD_INLINE double multiplyAdd(double a, double b, double c) {
#if defined(__FMA__)
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
  }

  // Falls at once, rises by the release; then the boxcars turn every fall into a bend that is done in time. Their sums
  // are whole numbers, so they neither drift nor stray from 1 once all inputs are 1.
  void smooth(float* block) noexcept {
    const double keep = on_ ? decay_ : offDecay_, take = 1 - keep;  // exact, so that 1 stays 1
    double gain = gain_;
    int64_t first = sums_[0], second = sums_[1];
    for (int i = 0; i < kQuantum; i++) {
      const double least = block[i];
      const double risen = multiplyAdd(keep, gain, take * least);
      gain = risen < least ? risen : least;
      const int at = position_ + i;
      const int64_t fixed = (int64_t)(gain * kUnity);
      gains_[at] = fixed;
      first += fixed - gains_[(at - boxFrames_[0]) & mask_];
      firstBox_[at] = first;
      second += first - firstBox_[(at - boxFrames_[1]) & mask_];
      block[i] = (float)((double)second * perBoxes_);
    }
    gain_ = gain;
    sums_[0] = first;
    sums_[1] = second;
  }

  TruePeak peaks_;
  FloatRing left_, right_, clampAt_, least_;
  alignas(64) float needed_[kQuantum];  // of the quantum before
  alignas(64) int64_t gains_[kLimiterRing], firstBox_[kLimiterRing];
  int64_t sums_[2];
  double sampleRateHz_, perBoxes_, gain_, decay_, offDecay_, releaseMs_, targetDb_, ceilingDb_;
  float ceiling_, amount_, minGain_;
  int lookahead_, mask_, boxFrames_[2], position_, glide_;
  bool on_;
};

}  // namespace deskd::DESKD_ISA
