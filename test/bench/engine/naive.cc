// The naive engine. Built with -O3 -march=native and, as its users have it, without flushing denormals.
#include "naive.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <numbers>
#include <vector>

#include "jobs.h"

namespace bench {
namespace {

// Transposed direct form II; coefficients from the Audio EQ Cookbook.
template <class T>
struct Biquad {
  T b0 = 1, b1 = 0, b2 = 0, a1 = 0, a2 = 0, s1 = 0, s2 = 0;

  T operator()(T x) {
    const T y = b0 * x + s1;
    s1 = b1 * x - a1 * y + s2;
    s2 = b2 * x - a2 * y;
    return y;
  }

  static Biquad of(double b0, double b1, double b2, double a0, double a1, double a2) {
    return {T(b0 / a0), T(b1 / a0), T(b2 / a0), T(a1 / a0), T(a2 / a0)};
  }
  static Biquad bell(const Bell& bell) {
    const double w = 2 * std::numbers::pi * bell.frequencyHz / kSampleRateHz, a = std::pow(10, bell.gainDb / 40);
    const double alpha = std::sin(w) / (2 * bell.q);
    return of(1 + alpha * a, -2 * std::cos(w), 1 - alpha * a, 1 + alpha / a, -2 * std::cos(w), 1 - alpha / a);
  }
  static Biquad highPass(double frequencyHz, double q) {
    const double w = 2 * std::numbers::pi * frequencyHz / kSampleRateHz, c = std::cos(w), alpha = std::sin(w) / (2 * q);
    return of((1 + c) / 2, -(1 + c), (1 + c) / 2, 1 + alpha, -2 * c, 1 - alpha);
  }
};

double onePole(double ms) { return 1 - std::exp(-1000 / (ms * kSampleRateHz)); }

// Feed-forward, soft knee, smooth decoupled peak detector (Giannoulis, Massberg and Reiss 2012).
template <class T>
struct NaiveCompressor {
  T attack = T(onePole(kAttackMs)), release = T(onePole(kReleaseMs));
  T held = 0, reductionDb = 0;

  T operator()(T x) {
    const T over = T(20) * std::log10(std::abs(x) + T(1e-15)) - T(kThresholdDb);
    const T slope = T(1 - 1 / kRatio), bend = over + T(kKneeDb / 2);
    T wanted = 0;
    if (2 * over > T(kKneeDb)) wanted = slope * over;
    else if (2 * over > -T(kKneeDb)) wanted = slope * bend * bend / T(2 * kKneeDb);
    held = std::max(wanted, held + release * (wanted - held));
    reductionDb += attack * (held - reductionDb);
    return x * std::pow(T(10), -reductionDb / T(20));
  }
};

template <class T>
struct NaiveStrip {
  Biquad<T> highPass[2] = {Biquad<T>::highPass(kHighPassHz, 0.54119610), Biquad<T>::highPass(kHighPassHz, 1.30656296)};
  Biquad<T> bell[4];
  NaiveCompressor<T> compressor;
  T left, right;

  NaiveStrip(int strip, int stripCount) {
    for (int i = 0; i < 4; i++) bell[i] = Biquad<T>::bell(kStripBells[i]);
    const double angle = (pan(strip) + 100) / 200 * std::numbers::pi / 2, gain = std::pow(10, faderDb(stripCount) / 20);
    left = T(gain * std::cos(angle));
    right = T(gain * std::sin(angle));
  }

  T operator()(T x) {
    for (auto& f : highPass) x = f(x);
    for (auto& f : bell) x = f(x);
    return compressor(x);
  }
};

// Four points a frame, 12 taps a phase: the coefficients of BS.1770-5 Annex 2.
constexpr double kPhases[4][12] = {
    {0.0017089843750, 0.0109863281250, -0.0196533203125, 0.0332031250000, -0.0594482421875, 0.1373291015625,
     0.9721679687500, -0.1022949218750, 0.0476074218750, -0.0266113281250, 0.0148925781250, -0.0083007812500},
    {-0.0291748046875, 0.0292968750000, -0.0517578125000, 0.0891113281250, -0.1665039062500, 0.4650878906250,
     0.7797851562500, -0.2003173828125, 0.1015625000000, -0.0582275390625, 0.0330810546875, -0.0189208984375},
    {-0.0189208984375, 0.0330810546875, -0.0582275390625, 0.1015625000000, -0.2003173828125, 0.7797851562500,
     0.4650878906250, -0.1665039062500, 0.0891113281250, -0.0517578125000, 0.0292968750000, -0.0291748046875},
    {-0.0083007812500, 0.0148925781250, -0.0266113281250, 0.0476074218750, -0.1022949218750, 0.9721679687500,
     0.1373291015625, -0.0594482421875, 0.0332031250000, -0.0196533203125, 0.0109863281250, 0.0017089843750}};

template <class T>
struct NaiveTruePeak {
  std::array<T, 12> past{};  // newest first

  T operator()(T x) {
    for (int i = 11; i > 0; i--) past[i] = past[i - 1];
    past[0] = x;
    T peak = 0;
    for (const auto& phase : kPhases) {
      T y = 0;
      for (int i = 0; i < 12; i++) y += T(phase[i]) * past[i];
      peak = std::max(peak, std::abs(y));
    }
    return peak;
  }
};

// Gain needed → least over the look-ahead → release → mean over the look-ahead, beside a delay of the signal.
template <class T>
struct NaiveLimiter {
  static constexpr int kLookahead = int(kLookaheadMs * kSampleRateHz / 1000);
  static constexpr int kDelay = kLookahead + 6;  // and half the interpolator

  NaiveTruePeak<T> peak[2];
  std::vector<T> delayed[2] = {std::vector<T>(kDelay), std::vector<T>(kDelay)};
  std::vector<T> window = std::vector<T>(kLookahead, T(1));
  std::deque<std::pair<long, T>> least;  // rising gains: the first is the least of the window
  double mean = kLookahead;
  T gain = 1, release = T(onePole(kLimiterReleaseMs)), ceiling = T(std::pow(10, kCeilingDb / 20));
  long frame = 0;

  void operator()(T& left, T& right) {
    const T needed = std::min(T(1), ceiling / std::max(std::max(peak[0](left), peak[1](right)), T(1e-15)));
    while (!least.empty() && least.back().second >= needed) least.pop_back();
    least.emplace_back(frame, needed);
    if (least.front().first <= frame - kLookahead) least.pop_front();
    gain = std::min(least.front().second, gain + release * (least.front().second - gain));
    T& oldest = window[frame % kLookahead];
    mean += double(gain) - double(oldest);
    oldest = gain;
    const T smooth = T(mean / kLookahead);
    T& l = delayed[0][frame % kDelay];
    T& r = delayed[1][frame % kDelay];
    std::swap(l, left);
    std::swap(r, right);
    left = std::clamp(left * smooth, -ceiling, ceiling);
    right = std::clamp(right * smooth, -ceiling, ceiling);
    frame++;
  }
};

// BS.1770-5: K-weighting, 400 ms blocks every 100 ms, gates at −70 LUFS and −10 LU.
template <class T>
struct NaiveLoudness {
  Biquad<T> shelf[2], highPass[2];
  NaiveTruePeak<T> peak[2];
  T truePeak = 0;
  double energy = 0, quarters[4] = {};
  std::vector<double> blocks;
  int frames = 0, hops = 0;

  NaiveLoudness() {
    for (int c = 0; c < 2; c++) {
      shelf[c] = Biquad<T>::of(1.53512485958697, -2.69169618940638, 1.19839281085285, 1, -1.69065929318241,
                               0.73248077421585);
      highPass[c] = Biquad<T>::of(1, -2, 1, 1, -1.99004745483398, 0.99007225036621);
    }
  }

  void operator()(T left, T right) {
    truePeak = std::max(truePeak, std::max(peak[0](left), peak[1](right)));
    const T l = highPass[0](shelf[0](left)), r = highPass[1](shelf[1](right));
    energy += double(l) * l + double(r) * r;
    if (++frames < kSampleRateHz / 10) return;
    quarters[hops++ % 4] = energy / frames;
    energy = frames = 0;
    if (hops >= 4) blocks.push_back((quarters[0] + quarters[1] + quarters[2] + quarters[3]) / 4);
  }

  static double lufs(double meanSquare) { return -0.691 + 10 * std::log10(meanSquare); }
  double meanAbove(double gateLufs) const {
    double sum = 0;
    long count = 0;
    for (double block : blocks)
      if (lufs(block) > gateLufs) sum += block, count++;
    return count ? sum / double(count) : 0;
  }
  double integratedLufs() const { return lufs(meanAbove(std::max(-70.0, lufs(meanAbove(-70)) - 10))); }
};

template <class T>
class NaiveDeskOf final : public NaiveDesk {
 public:
  explicit NaiveDeskOf(int stripCount) {
    for (int s = 0; s < stripCount; s++) strips_.emplace_back(s, stripCount);
    for (auto& side : eq_)
      for (int i = 0; i < 5; i++) side[i] = Biquad<T>::bell(kMasterBells[i]);
  }

  void process(const float* const* sources, float* left, float* right, int frames) override {
    left_.assign(frames, 0);
    right_.assign(frames, 0);
    for (size_t s = 0; s < strips_.size(); s++) {
      NaiveStrip<T>& strip = strips_[s];
      for (int n = 0; n < frames; n++) {
        const T x = strip(T(sources[s][n]));
        left_[n] += x * strip.left;
        right_[n] += x * strip.right;
      }
    }
    for (int n = 0; n < frames; n++) {
      T l = left_[n], r = right_[n];
      for (auto& f : eq_[0]) l = f(l);
      for (auto& f : eq_[1]) r = f(r);
      limiter_(l, r);
      loudness_(l, r);
      left[n] = float(l);
      right[n] = float(r);
    }
  }

  double integratedLufs() const override { return loudness_.integratedLufs(); }
  double truePeak() const override { return double(loudness_.truePeak); }

 private:
  std::vector<NaiveStrip<T>> strips_;
  Biquad<T> eq_[2][5];
  NaiveLimiter<T> limiter_;
  NaiveLoudness<T> loudness_;
  std::vector<T> left_, right_;
};

}  // namespace

namespace NAIVE_BUILD {
std::unique_ptr<NaiveDesk> naiveDeskF32(int stripCount) { return std::make_unique<NaiveDeskOf<float>>(stripCount); }
std::unique_ptr<NaiveDesk> naiveDeskF64(int stripCount) { return std::make_unique<NaiveDeskOf<double>>(stripCount); }
}  // namespace NAIVE_BUILD

}  // namespace bench
