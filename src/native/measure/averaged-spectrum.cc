// Welch's method: Hann windows of about 170 ms that overlap by half, two channels in one complex transform.
#include "averaged-spectrum.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace deskd {

AveragedSpectrum::AveragedSpectrum(double sampleRateHz, int channels)
    : sampleRateHz_(sampleRateHz), channels_(channels), size_(sampleRateHz <= 50000 ? 8192 : sampleRateHz <= 100000 ? 16384 : 32768) {
  const auto size = static_cast<size_t>(size_);
  lines_.assign(static_cast<size_t>(channels), std::vector<float>(size));
  window_.resize(size), re_.resize(size), im_.resize(size), power_.resize(size / 2 + 1);
  cosines_.resize(size / 2), sines_.resize(size / 2);
  for (size_t i = 0; i < size; i++) {
    const double turn = 2 * std::numbers::pi * static_cast<double>(i) / size_;
    window_[i] = .5 - .5 * std::cos(turn);
    if (i < size / 2) cosines_[i] = std::cos(turn), sines_[i] = -std::sin(turn);
  }
  filled_ = size_ / 2;  // the first half window begins in silence, so that the first samples count as much as the others
}

void AveragedSpectrum::add(const float* const* planes, int frames) {
  for (int done = 0; done < frames;) {
    const int count = std::min(frames - done, size_ - filled_);
    for (size_t c = 0; c < lines_.size(); c++) std::copy_n(planes[c] + done, count, lines_[c].data() + filled_);
    filled_ += count, done += count;
    if (filled_ < size_) continue;
    for (int c = 0; c < channels_; c += 2) transform(lines_[static_cast<size_t>(c)].data(), c + 1 < channels_ ? lines_[static_cast<size_t>(c) + 1].data() : nullptr);
    for (auto& line : lines_) std::copy(line.begin() + size_ / 2, line.end(), line.begin());
    filled_ = size_ / 2;
    windows_++;
  }
}

// |X(k)|² + |X(−k)|² of left + i·right is twice the sum of both powers.
void AveragedSpectrum::transform(const float* left, const float* right) {
  const auto size = static_cast<size_t>(size_);
  for (size_t i = 0, j = 0; i < size; i++) {
    re_[j] = left[i] * window_[i];
    im_[j] = right ? right[i] * window_[i] : 0;
    size_t bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
  }
  for (size_t length = 2; length <= size; length *= 2) {
    const size_t half = length / 2, step = size / length;
    for (size_t first = 0; first < size; first += length)
      for (size_t k = 0; k < half; k++) {
        const size_t a = first + k, b = a + half;
        const double c = cosines_[k * step], s = sines_[k * step];
        const double r = re_[b] * c - im_[b] * s, q = re_[b] * s + im_[b] * c;
        re_[b] = re_[a] - r, im_[b] = im_[a] - q;
        re_[a] += r, im_[a] += q;
      }
  }
  const auto square = [&](size_t k) { return re_[k] * re_[k] + im_[k] * im_[k]; };
  for (size_t k = 0; k <= size / 2; k++) power_[k] += (square(k) + square((size - k) % size)) / 2;
}

std::vector<double> AveragedSpectrum::bands() const {
  std::vector<double> bands(kSpectrumBands);
  if (windows_ == 0) return bands;
  // The mean of a squared Hann window is 3/8; both halves of the spectrum count.
  const double scale = 2 / (windows_ * channels_ * .375 * static_cast<double>(size_) * size_);
  const double binHz = sampleRateHz_ / size_;
  const auto place = [&](int band) { return 20 * std::exp2(band / 24.0) / binHz + .5; };
  for (int band = 0; band < kSpectrumBands; band++) {
    const double from = place(band), to = std::min(place(band + 1), static_cast<double>(size_) / 2 + .5);
    for (double at = from; at < to;) {
      const double next = std::min(std::floor(at) + 1, to);
      bands[static_cast<size_t>(band)] += (next - at) * power_[std::min(static_cast<size_t>(at), power_.size() - 1)] * scale;
      at = next;
    }
  }
  return bands;
}

}  // namespace deskd
