// Linear prediction of short stretches, and the samples that fit it best where some are missing.
#pragma once
#include <cstddef>
#include <vector>

namespace deskd {

// a[0] = 1, a[1…order]: the prediction error of x is Σ a[k]·x[n−k] (autocorrelation method with a Hann window, Levinson and Durbin).
// False where the stretch is silent.
bool predictor(const double* x, size_t frames, size_t order, std::vector<double>& a);

// One stretch in which some samples are not known.
struct Gap {
  std::vector<size_t> at;     // rising, at least `order` away from both ends
  std::vector<double> least;  // empty, or for each the level that it lies beyond: above when positive, below when negative
};

// Fills the gaps of `x` (A. Janssen, R. Veldhuis and L. Vries, "Adaptive interpolation of discrete-time signals that can be modeled as
// autoregressive processes", IEEE Trans. ASSP 34(2), 1986): predictor and samples in turn, `rounds` times. What is in the gaps before is
// the first guess. With `least` the samples are those of least error among all that lie beyond it.
void interpolate(std::vector<double>& x, const Gap& gap, size_t order, int rounds);

}  // namespace deskd
