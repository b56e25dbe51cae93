#include "autoregression.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace deskd {
namespace {

// A symmetric positive system whose rows reach `width` to either side, kept as rows of the lower half: Cholesky in place.
class BandSystem {
 public:
  BandSystem(size_t size, size_t width) : size_(size), width_(width), rows_(size * (width + 1)) {}
  double& at(size_t i, size_t j) { return rows_[i * (width_ + 1) + (width_ + j - i)]; }

  std::vector<double> solve(std::vector<double> y) {
    for (size_t i = 0; i < size_; ++i) {
      const size_t first = i > width_ ? i - width_ : 0;
      for (size_t j = first; j <= i; ++j) {
        double sum = at(i, j);
        for (size_t k = std::max(first, j > width_ ? j - width_ : 0); k < j; ++k) sum -= at(i, k) * at(j, k);
        at(i, j) = j == i ? std::sqrt(std::max(sum, 1e-300)) : sum / at(j, j);
      }
      double sum = y[i];
      for (size_t k = first; k < i; ++k) sum -= at(i, k) * y[k];
      y[i] = sum / at(i, i);
    }
    for (size_t i = size_; i-- > 0;) {
      double sum = y[i];
      for (size_t k = i + 1; k < std::min(size_, i + width_ + 1); ++k) sum -= at(k, i) * y[k];
      y[i] = sum / at(i, i);
    }
    return y;
  }

 private:
  const size_t size_, width_;
  std::vector<double> rows_;
};

constexpr double kRidge = 1e-9;  // of the diagonal: keeps near-singular systems solvable

// How far a row of the gap's system reaches, counted in unknowns.
size_t reachOf(const std::vector<size_t>& at, size_t order) {
  size_t reach = 0;
  for (size_t i = 0, j = 0; i < at.size(); ++i) {
    while (at[i] - at[j] > order) ++j;
    reach = std::max(reach, i - j);
  }
  return reach;
}

// Moves towards the least error from a start inside the bounds, one sample at a time.
void descend(std::vector<double>& values, const Gap& gap, const std::vector<double>& b, const std::vector<double>& right, size_t order) {
  const auto inside = [&](size_t i, double value) {
    const double least = gap.least[i];
    return least > 0 ? std::max(value, least) : least < 0 ? std::min(value, least) : value;
  };
  const double diagonal = b[0] * (1 + kRidge);
  for (size_t i = 0; i < values.size(); ++i) values[i] = inside(i, values[i]);
  for (int pass = 0; pass < 60; ++pass) {
    double moved = 0, largest = 1e-9;
    for (size_t i = 0; i < values.size(); ++i) {
      double sum = right[i];
      for (size_t j = i; j-- > 0 && gap.at[i] - gap.at[j] <= order;) sum -= b[gap.at[i] - gap.at[j]] * values[j];
      for (size_t j = i + 1; j < values.size() && gap.at[j] - gap.at[i] <= order; ++j) sum -= b[gap.at[j] - gap.at[i]] * values[j];
      const double next = inside(i, sum / diagonal);
      moved = std::max(moved, std::fabs(next - values[i]));
      largest = std::max(largest, std::fabs(next));
      values[i] = next;
    }
    if (moved < 1e-5 * largest) return;
  }
}

void fill(std::vector<double>& x, const Gap& gap, const std::vector<double>& a) {
  const size_t order = a.size() - 1, unknowns = gap.at.size();
  std::vector<double> b(order + 1);
  for (size_t lag = 0; lag <= order; ++lag)
    for (size_t k = 0; k + lag <= order; ++k) b[lag] += a[k] * a[k + lag];
  for (const size_t n : gap.at) x[n] = 0;
  std::vector<double> right(unknowns);
  for (size_t i = 0; i < unknowns; ++i) {
    const size_t n = gap.at[i];
    double sum = 0;
    for (size_t lag = 1; lag <= order; ++lag) sum += b[lag] * (x[n - lag] + x[n + lag]);
    right[i] = -sum;
  }
  BandSystem system(unknowns, reachOf(gap.at, order));
  for (size_t i = 0; i < unknowns; ++i) {
    system.at(i, i) = b[0] * (1 + kRidge);
    for (size_t j = i; j-- > 0 && gap.at[i] - gap.at[j] <= order;) system.at(i, j) = b[gap.at[i] - gap.at[j]];
  }
  std::vector<double> values = system.solve(right);
  bool isBeyond = true;
  for (size_t i = 0; i < gap.least.size(); ++i)
    isBeyond = isBeyond && (gap.least[i] > 0 ? values[i] >= gap.least[i] : gap.least[i] < 0 ? values[i] <= gap.least[i] : true);
  if (!isBeyond) descend(values, gap, b, right, order);
  for (size_t i = 0; i < unknowns; ++i) x[gap.at[i]] = values[i];
}

}  // namespace

bool predictor(const double* x, size_t frames, size_t order, std::vector<double>& a) {
  std::vector<double> windowed(frames), r(order + 1);
  for (size_t n = 0; n < frames; ++n)
    windowed[n] = x[n] * (0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(n) + 0.5) / static_cast<double>(frames)));
  for (size_t lag = 0; lag <= order; ++lag)
    for (size_t n = lag; n < frames; ++n) r[lag] += windowed[n] * windowed[n - lag];
  a.assign(order + 1, 0.0);
  a[0] = 1;
  if (!(r[0] > 1e-14 * static_cast<double>(frames))) return false;
  double error = r[0] *= 1 + 1e-10;
  std::vector<double> before(order + 1);
  for (size_t m = 1; m <= order; ++m) {
    double sum = r[m];
    for (size_t k = 1; k < m; ++k) sum += a[k] * r[m - k];
    const double reflection = -sum / error;
    before = a;
    for (size_t k = 1; k < m; ++k) a[k] = before[k] + reflection * before[m - k];
    a[m] = reflection;
    error *= 1 - reflection * reflection;
    if (!(error > 0)) break;
  }
  return true;
}

void interpolate(std::vector<double>& x, const Gap& gap, size_t order, int rounds) {
  std::vector<double> a;
  for (int round = 0; round < rounds; ++round) {
    if (!predictor(x.data(), x.size(), order, a)) return;
    fill(x, gap, a);
  }
}

}  // namespace deskd
