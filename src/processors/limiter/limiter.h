// The master's true-peak limiter: input gain → peak → gain needed → gain curve, of both sides as one, or linked in part.
#pragma once
#include "../smoothing/smoothing.h"
#include "gain-curve.h"
#include "true-peak-8.h"

namespace deskd::DESKD_ISA {

constexpr double kMaxLookaheadMs = 10, kMaxSampleRateHz = 192000;
constexpr int kMaxLookaheadFrames = (int)(kMaxLookaheadMs * kMaxSampleRateHz / 1000);
static_assert(kMaxLookaheadFrames + kPeakDelay8 + kQuantum <= kLimiterRing);

struct LimiterSettings {
  bool on = false;
  double ceilingDbtp = -1;     // −12 … 0
  double releaseMs = 50;       // time constant (63 %), 1 … 1000
  bool autoRelease = false;    // releaseMs does not count: after a short peak 20 ms, after a long one 200 ms
  double gainDb = 0;           // before the limiter, on or off; 0 … 24
  double transientLink = 1;    // how much of the gain that a side needs at once the other gets too, 0 … 1
  double releaseLink = 1;      // the same of what stays down for long
};

struct Limiter {
  // Any sample rate to 192 kHz; the look-ahead is kept within 1 frame … 10 ms; points a frame at which peaks are looked
  // for: 4 or 8. Off until set(); a reset() after it makes the first settings hold without a glide.
  void init(double sampleRateHz, double lookaheadMs, int points = 4) noexcept {
    *this = Limiter{};
    sampleRateHz_ = sampleRateHz;
    points_ = points;
    const double frames = lookaheadMs * sampleRateHz / 1000 + .5;
    shape_.init(frames < 1 ? 1 : frames > kMaxLookaheadFrames ? kMaxLookaheadFrames : (int)frames);
    at_.mask = 4 * kQuantum - 1;  // recall() reaches back over three quanta
    while (at_.mask + 1 < latencyFrames() + kQuantum) at_.mask = 2 * at_.mask + 1;
    table_.init(sampleRateHz);
    offDecay_ = decay(kSwitchMs / 2);
    fastDecay_ = decay(kAutoFastMs);
    slowDecay_ = decay(kAutoSlowMs);
    chargeDecay_ = decay(kChargeMs);
    set({});
    reset();
  }

  // Silence and unity gain; the settings stay and hold at once.
  void reset() noexcept {
    peaks_.reset();
    peaks8_.reset();
    left_.fill(0);
    right_.fill(0);
    clampAt_.fill(kNoCeiling);
    for (GainCurve& c : curve_) c.reset(shape_);
    slow_[0] = slow_[1] = 1;
    at_.position = 0;
    minGain_ = 1;
    amount_ = want_.on ? 1 : 0;
    ceilingDb_ = want_.ceilingDbtp;
    ceiling_ = amplitude(ceilingDb_);
    drive_.jump(drive_.target);
    transientLink_ = want_.transientLink;
    releaseLink_ = want_.releaseLink;
    apart_ = !isLinked();
    alike_ = 0;
    glide_ = 0;
    restFrames_ = 0;
  }

  // [audio thread] Cheap when nothing changed. All glides over 20 ms.
  void set(const LimiterSettings& to) noexcept {
    if (to.ceilingDbtp != want_.ceilingDbtp || to.transientLink != want_.transientLink || to.releaseLink != want_.releaseLink)
      glide_ = switchQuanta();
    if (to.releaseMs != want_.releaseMs || decay_ == 0) decay_ = decay(to.releaseMs);
    if (to.gainDb != want_.gainDb || drive_.target == 0) drive_.target = __builtin_exp(to.gainDb * kNepersPerDb);
    want_ = to;
  }

  // Frames from input to output, on or off.
  int latencyFrames() const noexcept { return (points_ == 8 ? kPeakDelay8 : kPeakDelay) - 1 + shape_.lookahead; }

  // The lowest gain of the last quantum, linear: 1 when nothing was reduced.
  float minGain() const noexcept { return minGain_; }

  // [audio thread] 32 frames; the outputs may be the inputs. All 64-byte aligned.
  void process(const float* l, const float* r, float* outL, float* outR) noexcept {
    alignas(64) float block[2][kQuantum], driven[2][kQuantum];
    moveSettings();
    if (drive_.target != 1 || drive_.moving()) {
      drive(l, r, driven);
      l = driven[0], r = driven[1];
    }
    at_.write(left_, l);
    at_.write(right_, r);
    if (isResting()) {
      passLate(outL, outR);
      at_.position = (at_.position + kQuantum) & at_.mask;
      return;
    }
    // A frame is clamped by the ceiling it came in under: those before it were not promised the new one.
    const Vf clampAt = splat(amount_ == 1 ? ceiling_ : kNoCeiling);
    for (int v = 0; v < kQuantumVectors; v++) store(block[0] + v * kLanes, clampAt);
    at_.write(clampAt_, block[0]);

    Vf lowest = splat(1);
    if (apart_) {
      perSide(l, r, block);
      play<true>(block, outL, outR, lowest);
    } else {
      if (points_ == 8) joinedPeaks8(l, r, block);
      else peaks_.perFrame(l, r, block[0]);
      neededGain(block[0]);
      curve_[0].leastOverLookahead(shape_, at_, block[0]);
      if (isPlain()) curve_[0].smooth(shape_, at_, want_.on ? decay_ : offDecay_, block[0]);
      else smoothInTwo(block[0]);
      play<false>(block, outL, outR, lowest);
    }
    minGain_ = -highestLane(-lowest);
    at_.position = (at_.position + kQuantum) & at_.mask;
  }

 private:
  static constexpr float kNoCeiling = 3.4028234664e38f;
  static constexpr double kSwitchMs = 20, kAutoFastMs = 20, kAutoSlowMs = 200, kChargeMs = 100;
  static constexpr double kNepersPerDb = 0.11512925464970228420;  // ln 10 / 20

  double decay(double timeConstantMs) const noexcept { return __builtin_exp(-1000 / (timeConstantMs * sampleRateHz_)); }

  int switchQuanta() const noexcept { return (int)(kSwitchMs * sampleRateHz_ / 1000 / kQuantum) + 1; }

  // Both sides as one: a single curve does for both.
  bool isLinked() const noexcept {
    return want_.transientLink == 1 && want_.releaseLink == 1 && transientLink_ == 1 && releaseLink_ == 1;
  }
  // And one release, without a slow stage.
  bool isPlain() const noexcept { return isLinked() && !want_.autoRelease; }

  // Off, and all that it remembers is unity: it is a delay. What is in its lines is all that finding peaks needs to go on.
  bool isResting() noexcept {
    if (amount_ > 0) {
      if (restFrames_ > restAfter()) recall();
      restFrames_ = 0;
      return false;
    }
    if (restFrames_ > restAfter()) return true;
    restFrames_ = minGain_ == 1 ? restFrames_ + kQuantum : 0;
    if (restFrames_ <= restAfter()) return false;
    for (GainCurve& c : curve_) c.reset(shape_);
    slow_[0] = slow_[1] = 1;
    apart_ = !isLinked();
    return true;
  }
  int restAfter() const noexcept { return at_.mask + 1 + kQuantum; }
  void passLate(float* outL, float* outR) const noexcept {
    const float *l = at_.past(left_, latencyFrames()), *r = at_.past(right_, latencyFrames());
    for (int n = 0; n < kQuantum; n += kLanes) {
      const Vf left = loadAnywhere(l + n), right = loadAnywhere(r + n);
      store(outL + n, left);
      store(outR + n, right);
    }
  }
  // What the peaks are found in stands before the quantum that has just been written.
  void recall() noexcept {
    alignas(64) float l[kQuantum], r[kQuantum], unused[2][kQuantum];
    for (int back = 3; back >= 1; back--) {
      __builtin_memcpy(l, at_.past(left_, back * kQuantum), sizeof l);
      __builtin_memcpy(r, at_.past(right_, back * kQuantum), sizeof r);
      if (points_ == 8) peaks8_.perFrame(l, r, unused);
      else peaks_.perFrame(l, r, unused[0]);
    }
  }

  // Rounded down, so that the clamp never lets a sample above the ceiling.
  static float amplitude(double db) noexcept {
    const double exact = __builtin_exp(db * kNepersPerDb);
    const float rounded = (float)exact;
    return rounded > exact ? __builtin_nextafterf(rounded, 0.0f) : rounded;
  }

  void moveSettings() noexcept {
    const float step = 1.0f / switchQuanta();
    amount_ += want_.on ? step : -step;
    amount_ = amount_ < 0 ? 0 : amount_ > 1 ? 1 : amount_;
    if (glide_ > 0) {
      const auto approach = [&](double& value, double target) {
        value += (target - value) / glide_;
        if (glide_ == 1) value = target;
      };
      approach(ceilingDb_, want_.ceilingDbtp);
      approach(transientLink_, want_.transientLink);
      approach(releaseLink_, want_.releaseLink);
      glide_--;
      ceiling_ = amplitude(ceilingDb_);
    }
    if (isPlain()) dropSlow();
    if (isLinked() != apart_) return;
    if (apart_) joinAgain();
    else part();
  }

  // The slow stage goes over into the curve.
  void dropSlow() noexcept {
    for (int c = 0; c < (apart_ ? 2 : 1); c++)
      if (commonSlow() < curve_[c].gain) curve_[c].gain = commonSlow();
    slow_[0] = slow_[1] = 1;
  }
  // From one curve to two that are alike.
  void part() noexcept {
    curve_[1] = curve_[0];
    slow_[1] = slow_[0];
    alike_ = 0;
    apart_ = true;
  }
  // When both curves have been alike for as long as they remember, one will do.
  void joinAgain() noexcept {
    alike_ = curve_[0].gain == curve_[1].gain ? alike_ + 1 : 0;
    if (alike_ * kQuantum <= 2 * shape_.lookahead + 2 * kQuantum) return;
    slow_[0] = slow_[1] = commonSlow();
    apart_ = false;
  }

  void drive(const float* l, const float* r, float (&driven)[2][kQuantum]) noexcept {
    alignas(64) double gain[kQuantum];
    drive_.run(table_, gain);
    for (int n = 0; n < kQuantum; n++) driven[0][n] = (float)(gain[n] * l[n]), driven[1][n] = (float)(gain[n] * r[n]);
  }

  void joinedPeaks8(const float* l, const float* r, float (&block)[2][kQuantum]) noexcept {
    peaks8_.perFrame(l, r, block);
    for (int n = 0; n < kQuantum; n += kLanes) store(block[0] + n, max(load(block[1] + n), load(block[0] + n)));
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

  // A frame's gain behind the fast release and the slow stage beside it.
  struct Keeps {
    double fast, slow, charge;
  };
  Keeps keeps() const noexcept {
    return {!want_.on ? offDecay_ : want_.autoRelease ? fastDecay_ : decay_,
            !want_.on ? offDecay_ : want_.autoRelease ? slowDecay_ : decay_, chargeDecay_};
  }
  // What lasts charges it: both together rise by the slower one where much was taken for long.
  static double charged(const Keeps& k, double slow, double least) noexcept {
    const double keep = least < slow ? k.charge : k.slow;
    return multiplyAdd(keep, slow, (1 - keep) * least);
  }
  double commonSlow() const noexcept { return slow_[0] < slow_[1] ? slow_[0] : slow_[1]; }
  double linkedSlow(int c, double common) const noexcept {
    return releaseLink_ == 1 ? common : slow_[c] + releaseLink_ * (common - slow_[c]);
  }

  // One curve for both sides, with the slow stage.
  void smoothInTwo(float* block) noexcept {
    const Keeps k = keeps();
    double gain = curve_[0].gain, slow = slow_[0];
    curve_[0].smoothed(shape_, at_, block, [&](int i) {
      const double least = block[i];
      gain = released(k.fast, gain, least);
      slow = charged(k, slow, least);
      return slow < gain ? slow : gain;
    });
    curve_[0].gain = gain;
    slow_[0] = slow_[1] = slow;
  }

  // A curve a side.
  void perSide(const float* l, const float* r, float (&block)[2][kQuantum]) noexcept {
    if (points_ == 8) peaks8_.perFrame(l, r, block);
    else peaks_.perFrame(l, r, block);
    neededGain(block[0]);
    neededGain(block[1]);
    const Vf link = splat((float)transientLink_);
    for (int n = 0; n < kQuantum; n += kLanes) {
      const Vf left = load(block[0] + n), right = load(block[1] + n), both = min(left, right);
      // Never above what the side itself needs.
      store(block[0] + n, transientLink_ == 1 ? both : min(fma(link, both - left, left), left));
      store(block[1] + n, transientLink_ == 1 ? both : min(fma(link, both - right, right), right));
    }
    for (int c = 0; c < 2; c++) curve_[c].leastOverLookahead(shape_, at_, block[c]);

    const bool slow = !isPlain();
    const Keeps k = keeps();
    alignas(64) double gain[2][kQuantum];
    for (int i = 0; i < kQuantum; i++) {
      for (int c = 0; c < 2; c++) {
        const double least = block[c][i];
        curve_[c].gain = released(k.fast, curve_[c].gain, least);
        if (slow) slow_[c] = charged(k, slow_[c], least);
      }
      for (int c = 0; c < 2; c++) {
        const double stays = linkedSlow(c, commonSlow());
        gain[c][i] = stays < curve_[c].gain ? stays : curve_[c].gain;
      }
    }
    for (int c = 0; c < 2; c++) curve_[c].smoothed(shape_, at_, block[c], [&](int i) { return gain[c][i]; });
  }

  template <bool kApart>
  void play(const float (&block)[2][kQuantum], float* outL, float* outR, Vf& lowest) const noexcept {
    for (int v = 0; v < kQuantumVectors; v++) {
      const int n = v * kLanes;
      const Vf gain = load(block[0] + n), gainR = kApart ? load(block[1] + n) : gain;
      const Vf limit = loadAnywhere(at_.past(clampAt_, latencyFrames()) + n);
      const Vf yL = loadAnywhere(at_.past(left_, latencyFrames()) + n) * gain;
      const Vf yR = loadAnywhere(at_.past(right_, latencyFrames()) + n) * gainR;
      // NaN passes (it is the second operand), for the graph to find and count.
      store(outL + n, max(-limit, min(limit, yL)));
      store(outR + n, max(-limit, min(limit, yR)));
      lowest = min(gain, lowest);
      if constexpr (kApart) lowest = min(gainR, lowest);
    }
  }

  TruePeak peaks_;
  TruePeak8 peaks8_;
  FloatRing left_, right_, clampAt_;
  GainCurve curve_[2];  // apart: left and right; else the first for both
  double slow_[2];
  CurveShape shape_;
  RingPlace at_;
  LimiterSettings want_;
  SmoothingTable table_;
  SmoothGain drive_;
  double sampleRateHz_, decay_, offDecay_, fastDecay_, slowDecay_, chargeDecay_, ceilingDb_, transientLink_, releaseLink_;
  float ceiling_, amount_, minGain_;
  int points_, glide_, alike_, restFrames_;  // restFrames_: for so long off and at unity gain
  bool apart_;
};

}  // namespace deskd::DESKD_ISA
