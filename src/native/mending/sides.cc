#include "sides.h"

#include <algorithm>
#include <cmath>

namespace deskd {
namespace {

constexpr float kSilent = 1e-4f;
constexpr double kBlockS = 0.4, kInvertedBelow = -0.5, kInvertedShare = 0.9, kCentreAbove = 0.9;

double dbOf(double power) { return 10 * std::log10(power + 1e-30); }

struct Products {
  double ll = 0, rr = 0, lr = 0;
  void add(double l, double r) {
    ll += l * l;
    rr += r * r;
    lr += l * r;
  }
  double correlation() const { return ll > 0 && rr > 0 ? lr / std::sqrt(ll * rr) : 0; }
};

}  // namespace

Sides sidesOf(const Sound& stereo) {
  const Plane &left = stereo.planes[0], &right = stereo.planes[1];
  const auto length = static_cast<size_t>(kBlockS * stereo.sampleRateHz);
  Products all;
  std::vector<Products> blocks(left.size() / length + 1);
  Sides sides;
  sides.areSame = true;
  for (size_t n = 0; n < left.size(); ++n) {
    all.add(left[n], right[n]);
    blocks[n / length].add(left[n], right[n]);
    sides.areSame = sides.areSame && left[n] == right[n];
  }
  const auto frames = static_cast<double>(std::max<size_t>(1, left.size()));
  sides.leftDbfs = dbOf(all.ll / frames);
  sides.rightDbfs = dbOf(all.rr / frames);
  sides.correlation = all.correlation();
  if (all.ll + all.rr > 0) sides.monoLossDb = -dbOf((all.ll + all.rr + 2 * all.lr) / (all.ll + all.rr));
  const double difference = sides.leftDbfs - sides.rightDbfs;
  if (std::max(sides.leftDbfs, sides.rightDbfs) > -80 && std::fabs(difference) > 50) sides.deadSide = difference > 0 ? 1 : 0;
  double sounding = 0, inverted = 0;
  std::vector<double> centre;
  for (const Products& block : blocks) {
    if (block.ll + block.rr < 1e-6 * static_cast<double>(length)) continue;
    sounding += 1;
    inverted += block.correlation() < kInvertedBelow ? 1 : 0;
    if (block.correlation() > kCentreAbove) centre.push_back(dbOf(block.rr / block.ll));
  }
  sides.isInverted = sides.deadSide < 0 && sounding > 0 && inverted > kInvertedShare * sounding && sides.correlation < kInvertedBelow;
  if (sides.deadSide < 0 && static_cast<double>(centre.size()) > 0.2 * sounding) {
    std::nth_element(centre.begin(), centre.begin() + static_cast<int64_t>(centre.size() / 2), centre.end());
    sides.centreDb = centre[centre.size() / 2];
  }
  return sides;
}

Ends endsOf(const Sound& sound) {
  int64_t first = sound.frames(), last = -1;
  for (const Plane& plane : sound.planes) {
    const auto sounds = [](float x) { return std::fabs(x) > kSilent; };
    const auto begin = std::find_if(plane.begin(), plane.end(), sounds);
    if (begin == plane.end()) continue;
    first = std::min<int64_t>(first, begin - plane.begin());
    last = std::max<int64_t>(last, plane.rend() - std::find_if(plane.rbegin(), plane.rend(), sounds) - 1);
  }
  return {first, sound.frames() - 1 - last};
}

}  // namespace deskd
