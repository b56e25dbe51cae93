// The power spectrum of all channels, averaged over the whole length, in bands of a 24th of an octave.
#pragma once
#include <vector>

namespace deskd {

constexpr int kSpectrumBands = 240;  // from 20 Hz to 20.48 kHz

class AveragedSpectrum {
 public:
  AveragedSpectrum(double sampleRateHz, int channels);
  void add(const float* const* planes, int frames);
  // Mean squares of the bands, mean of the channels; what is above the Nyquist frequency is 0. Together they are the mean
  // square of the signal between their ends.
  std::vector<double> bands() const;

 private:
  void transform(const float* left, const float* right);

  const double sampleRateHz_;
  const int channels_;
  int size_, filled_ = 0;
  double windows_ = 0;
  std::vector<std::vector<float>> lines_;
  std::vector<double> window_, cosines_, sines_, re_, im_, power_;
};

}  // namespace deskd
