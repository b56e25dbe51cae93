#include "hum.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace deskd {
namespace {

using Complex = std::complex<double>;

constexpr double kBlockS = 0.5, kStepS = 0.25;        // Hann: zeros 4 Hz beside a line, so neighbours tell what else sounds
constexpr double kBesideHz[] = {-8, -6, -4, 4, 6, 8};
constexpr int kMostLines = 24;
constexpr double kReachHz = 0.5, kFineHz = 0.004;     // how far mains strays, and how finely it is looked for
constexpr double kFloorPower = 1e-14;                 // −140 dBFS: below it everything is quiet
constexpr double kLowestAmplitude = 3e-5;             // −90 dBFS
constexpr double kClear = 0.15, kDim = 0.6;            // of a line's power in the quiet: what may be left of it
constexpr double kTwoPi = 2 * std::numbers::pi;

// What a line's block says: its amplitude and phase, and how far both may be wrong because of what sounds beside it.
struct Block {
  Complex value;
  double noise = 0;
  double around = 0;  // power in the band, line and all
  bool isSilent = false;
};

// The signal at about 4800 Hz: lines up to 1200 Hz are untouched.
struct Slow {
  std::vector<double> samples;
  double rateHz = 0;
  int factor = 1;
};

Slow slowed(const Plane& x, int sampleRateHz) {
  Slow slow;
  slow.factor = std::max(1, sampleRateHz / 4800);
  slow.rateHz = static_cast<double>(sampleRateHz) / slow.factor;
  const int half = 8 * slow.factor;
  std::vector<double> kernel(static_cast<size_t>(2 * half + 1));
  double sum = 0;
  for (int k = -half; k <= half; ++k) {
    const double t = 0.75 * k / slow.factor, window = 0.5 + 0.5 * std::cos(std::numbers::pi * k / (half + 1.0));
    sum += kernel[static_cast<size_t>(k + half)] = (k == 0 ? 1 : std::sin(std::numbers::pi * t) / (std::numbers::pi * t)) * window;
  }
  const auto end = static_cast<int64_t>(x.size());
  for (int64_t at = 0; at < end; at += slow.factor) {
    double value = 0;
    for (int k = -half; k <= half; ++k)
      if (at + k >= 0 && at + k < end) value += kernel[static_cast<size_t>(k + half)] * static_cast<double>(x[static_cast<size_t>(at + k)]);
    slow.samples.push_back(value / sum);
  }
  return slow;
}

// Blocks of a signal under one window, asked for single frequencies.
class Blocks {
 public:
  Blocks(const Slow& slow) : slow_(slow) {
    length_ = static_cast<int64_t>(std::lround(kBlockS * slow.rateHz));
    step_ = static_cast<int64_t>(std::lround(kStepS * slow.rateHz));
    for (int64_t n = 0; n < length_; ++n)
      window_.push_back((1 - std::cos(kTwoPi * (static_cast<double>(n) + 0.5) / static_cast<double>(length_))) / static_cast<double>(length_));
    count_ = std::max<int64_t>(0, (static_cast<int64_t>(slow.samples.size()) - length_) / step_ + 1);
    for (int64_t b = 0; b < count_; ++b) {
      int64_t zeros = 0;
      for (int64_t n = 0; n < length_; ++n) zeros += std::fabs(slow.samples[static_cast<size_t>(b * step_ + n)]) < 1e-7 ? 1 : 0;
      isSilent_.push_back(zeros * 4 > length_);
    }
  }
  int64_t count() const { return count_; }
  double stepS() const { return static_cast<double>(step_) / slow_.rateHz; }
  // Middle of a block, seconds.
  double middleS(int64_t b) const { return (static_cast<double>(b * step_) + 0.5 * static_cast<double>(length_ - 1)) / slow_.rateHz; }

  // Amplitude and phase (at time 0) of a frequency in each block.
  std::vector<Block> at(double hz) const {
    std::vector<std::vector<Complex>> rows;
    rows.push_back(row(hz));
    for (const double beside : kBesideHz) rows.push_back(row(hz + beside));
    std::vector<Block> blocks(static_cast<size_t>(count_));
    for (size_t b = 0; b < blocks.size(); ++b) {
      double power = 0;
      for (size_t r = 1; r < rows.size(); ++r) power = std::max(power, std::norm(rows[r][b]));
      blocks[b] = {rows[0][b], power + kFloorPower, std::max(power, std::norm(rows[0][b])), isSilent_[b]};
    }
    return blocks;
  }

 private:
  std::vector<Complex> row(double hz) const {
    std::vector<Complex> wave(static_cast<size_t>(length_)), values;
    for (int64_t n = 0; n < length_; ++n) {
      const double phase = -kTwoPi * hz * static_cast<double>(n) / slow_.rateHz;
      wave[static_cast<size_t>(n)] = 2 * window_[static_cast<size_t>(n)] * Complex(std::cos(phase), std::sin(phase));
    }
    for (int64_t b = 0; b < count_; ++b) {
      const double* x = slow_.samples.data() + b * step_;
      double re = 0, im = 0;
      for (int64_t n = 0; n < length_; ++n) {
        re += x[n] * wave[static_cast<size_t>(n)].real();
        im += x[n] * wave[static_cast<size_t>(n)].imag();
      }
      values.push_back(Complex(re, im) * std::polar(1.0, -kTwoPi * std::fmod(hz * static_cast<double>(b * step_) / slow_.rateHz, 1.0)));
    }
    return values;
  }

  const Slow& slow_;
  int64_t length_ = 0, step_ = 0, count_ = 0;
  std::vector<double> window_;
  std::vector<bool> isSilent_;
};

// How much better the blocks are explained by a line that runs at `shiftHz` beside where they were asked, and stands still.
double evidence(const std::vector<Block>& blocks, const Blocks& where, double shiftHz) {
  Complex sum;
  double weights = 0;
  for (size_t b = 0; b < blocks.size(); ++b) {
    if (blocks[b].isSilent) continue;
    const double weight = 1 / blocks[b].noise;
    sum += weight * blocks[b].value * std::polar(1.0, -kTwoPi * shiftHz * where.middleS(static_cast<int64_t>(b)));
    weights += weight;
  }
  return weights > 0 ? std::norm(sum) / weights : 0;
}

// A random walk seen through noise, smoothed (Kalman filter and Rauch–Tung–Striebel smoother); gives the likelihood of `drift`,
// the walk's power a step.
double smooth(const std::vector<Block>& blocks, double drift, std::vector<Complex>& course) {
  const size_t count = blocks.size();
  std::vector<Complex> guess(count);
  std::vector<double> spread(count);
  Complex at;
  double power = 1, likelihood = 0;
  for (size_t b = 0; b < count; ++b) {
    if (b > 0) power += drift;
    if (!blocks[b].isSilent) {
      const double expected = power + blocks[b].noise, gain = power / expected;
      const Complex off = blocks[b].value - at;
      if (power < 0.5) likelihood -= std::log(expected) + std::norm(off) / expected;
      at += gain * off;
      power *= 1 - gain;
    }
    guess[b] = at;
    spread[b] = power;
  }
  course = guess;
  for (size_t b = count - 1; b-- > 0;) course[b] = guess[b] + spread[b] / (spread[b] + drift) * (course[b + 1] - guess[b]);
  return likelihood;
}

// The course that the blocks make most likely: standing still, or wandering as little as explains them.
std::vector<Complex> likelyCourse(const std::vector<Block>& blocks) {
  std::vector<Complex> best, course;
  double highest = 0;
  double power = 0;
  smooth(blocks, 1e-30, course);
  for (const Complex& value : course) power = std::max(power, std::norm(value));
  for (const double share : {0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3}) {
    const double likelihood = smooth(blocks, share * power + 1e-30, course);
    // What wanders more has to explain clearly more.
    if (best.empty() || likelihood > highest + 6) {
      best = course;
      highest = likelihood;
    }
  }
  return best;
}

// Whether a line is there where the music pauses, and how much of it stays when the course is taken away.
// At most `mostLeft` of its power.
bool standsStill(const std::vector<Block>& blocks, double mostLeft, HumLine& line) {
  std::vector<size_t> order;
  for (size_t b = 0; b < blocks.size(); ++b)
    if (!blocks[b].isSilent) order.push_back(b);
  if (order.size() < 4) return false;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return blocks[a].around < blocks[b].around; });
  const size_t quiet = std::max<size_t>(4, order.size() / 4);
  double before = 0, after = 0, noise = 0;
  for (size_t i = 0; i < quiet && i < order.size(); ++i) {
    const size_t b = order[i];
    before += std::norm(blocks[b].value);
    after += std::norm(blocks[b].value - line.course[b]);
    noise += blocks[b].noise;
  }
  for (const size_t b : order) line.amplitude += std::abs(line.course[b]) / static_cast<double>(order.size());
  line.quietPowerBefore = before / static_cast<double>(quiet);
  line.quietPowerAfter = after / static_cast<double>(quiet);
  return line.amplitude > kLowestAmplitude && after < mostLeft * before && noise < std::max(0.5, mostLeft) * before;
}

Hum familyOf(const Blocks& blocks, const Slow& slow, double nominalHz) {
  Hum hum;
  double shiftHz = 0, most = 0;
  {
    std::vector<std::vector<Block>> first;
    for (int k = 1; k <= 3; ++k) first.push_back(blocks.at(k * nominalHz));
    for (double shift = -kReachHz; shift <= kReachHz; shift += kFineHz) {
      double sum = 0;
      for (int k = 1; k <= 3; ++k) sum += evidence(first[static_cast<size_t>(k - 1)], blocks, k * shift);
      if (sum > most) {
        most = sum;
        shiftHz = shift;
      }
    }
  }
  if (most < 30) return hum;
  const double hz = std::fabs(shiftHz) < 1.5 * kFineHz ? nominalHz : nominalHz + shiftHz;
  const int count = std::min(kMostLines, static_cast<int>(slow.rateHz / 4 / nominalHz));
  const auto look = [&](int k, double mostLeft) {
    const std::vector<Block> at = blocks.at(k * hz);
    HumLine line;
    line.hz = k * hz;
    line.course = likelyCourse(at);
    if (standsStill(at, mostLeft, line)) hum.lines.push_back(line);
  };
  // One of the first two stands out clearly, or there is no hum; then the others are expected and may be dimmer.
  bool isThere = false;
  for (int k = 1; k <= 2 && !isThere; ++k) {
    look(k, kClear);
    isThere = !hum.lines.empty();
  }
  hum.lines.clear();
  for (int k = 1; k <= count && isThere; ++k) look(k, kDim);
  // What outdoes the first three is no line of theirs but a tone.
  double strongest = 0;
  for (const HumLine& line : hum.lines)
    if (line.hz < 3.5 * hz) strongest = std::max(strongest, line.amplitude);
  std::erase_if(hum.lines, [&](const HumLine& line) { return line.amplitude > 2 * strongest; });
  hum.mainsHz = hum.lines.empty() ? 0 : hz;
  return hum;
}

}  // namespace

Hum findHum(const Plane& samples, int sampleRateHz, const ShareDone& done) {
  const Slow slow = slowed(samples, sampleRateHz);
  done(0.3);
  const Blocks blocks(slow);
  if (blocks.count() < 4) return {};
  Hum best;
  for (const double hz : {50.0, 60.0}) {
    Hum hum = familyOf(blocks, slow, hz);
    if (!hum.lines.empty() && (best.lines.empty() || levelOf(hum) > levelOf(best))) best = hum;
    done(hz == 50 ? 0.65 : 1);
  }
  best.stepFrames = blocks.stepS() * sampleRateHz;
  // The courses begin in the middle of the first block: from here on they begin at frame 0.
  const double firstFrame = blocks.middleS(0) * sampleRateHz;
  const auto lead = static_cast<size_t>(std::lround(firstFrame / best.stepFrames));
  for (HumLine& line : best.lines) line.course.insert(line.course.begin(), lead, line.course.front());
  return best;
}

double levelOf(const Hum& hum) {
  double power = 0;
  for (const HumLine& line : hum.lines) power += line.amplitude * line.amplitude / 2;
  return 10 * std::log10(power + 1e-30);
}

double levelLeft(const Plane& mended, const Hum& hum, int sampleRateHz) {
  const Slow slow = slowed(mended, sampleRateHz);
  const Blocks blocks(slow);
  const auto lead = static_cast<size_t>(std::lround(blocks.middleS(0) * sampleRateHz / hum.stepFrames));
  double power = 0;
  for (const HumLine& line : hum.lines) {
    const std::vector<Block> at = blocks.at(line.hz);
    Complex along;
    double weights = 0;
    for (size_t b = 0; b < at.size(); ++b) {
      if (at[b].isSilent) continue;
      const Complex course = line.course[std::min(b + lead, line.course.size() - 1)];
      along += at[b].value * std::conj(course) / at[b].noise;
      weights += std::norm(course) / at[b].noise;
    }
    if (weights > 0) power += std::norm(along / weights) * line.amplitude * line.amplitude / 2;
  }
  return 10 * std::log10(power + 1e-30);
}

void mendHum(Plane& samples, const Hum& hum, int sampleRateHz) {
  const auto end = static_cast<int64_t>(samples.size());
  // Ten milliseconds and more of zeros were silent before the hum came: they stay so.
  std::vector<bool> isSilent(samples.size());
  const int64_t fewest = sampleRateHz / 100;
  for (int64_t n = 0; n < end;) {
    int64_t to = n;
    while (to < end && samples[static_cast<size_t>(to)] == 0) ++to;
    if (to - n >= fewest) std::fill(isSilent.begin() + n, isSilent.begin() + to, true);
    n = std::max(to, n + 1);
  }
  constexpr int64_t kBlock = 1024;
  for (int64_t from = 0; from < end; from += kBlock) {
    const int64_t to = std::min(end, from + kBlock);
    double sum[kBlock] = {};
    for (const HumLine& line : hum.lines) {
      const double turns = line.hz / sampleRateHz;
      const auto last = static_cast<double>(line.course.size() - 1);
      const Complex turn = std::polar(1.0, kTwoPi * turns);
      Complex wave = std::polar(1.0, kTwoPi * std::fmod(turns * static_cast<double>(from), 1.0));
      for (int64_t n = from; n < to; ++n) {
        const double place = std::min(static_cast<double>(n) / hum.stepFrames, last);
        const auto at = static_cast<size_t>(place);
        const Complex here = line.course[at], next = line.course[std::min(at + 1, line.course.size() - 1)];
        const Complex value = here + (place - static_cast<double>(at)) * (next - here);
        sum[n - from] += value.real() * wave.real() - value.imag() * wave.imag();
        wave *= turn;
      }
    }
    for (int64_t n = from; n < to; ++n)
      if (const auto i = static_cast<size_t>(n); !isSilent[i]) samples[i] = static_cast<float>(static_cast<double>(samples[i]) - sum[n - from]);
  }
}

}  // namespace deskd
