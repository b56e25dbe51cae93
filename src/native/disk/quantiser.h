// Samples to whole numbers of 16, 20 or 24 bits, dithered where bits are lost, the noise where it is told to go.
#pragma once
#include <cstdint>
#include <vector>

namespace deskd {

// standard: tpdf to 16 and 20 bits, none to 24. light and strong are tpdf with the error fed back, shaped after the threshold
// of hearing: strong takes 16 to 18 dB off what is heard of it and puts 17 dB into it above 12 kHz, light 8 and 6 dB.
enum class Dither { standard, none, tpdf, light, strong };

struct QuantiserSpec {
  int channels = 2;
  int sampleRateHz = 48000;
  int bits = 16;
  Dither dither = Dither::standard;
  uint64_t seed = 0;  // the same seed and samples give the same numbers
};

// From the first frame on that loses bits all are dithered; before it (silence, a file of as many bits) nothing is changed.
class Quantiser {
 public:
  explicit Quantiser(const QuantiserSpec& spec);

  // Frames that follow on those before, however they are cut up; `firstFrame` places the noise. Clips at full scale; NaN and
  // Inf count as 0.
  void run(const float* interleaved, int64_t firstFrame, int64_t frames, int32_t* numbers);

 private:
  static constexpr int kMostTaps = 9;
  bool fits(const float* frame) const;
  double shaped(int channel) const;

  const int channels_;
  const double fullScale_;
  const Dither dither_;
  const uint64_t seed_;
  bool fitsSoFar_ = true;
  double tap_[kMostTaps] = {};  // of the error one frame before, two frames before …
  const int taps_;
  std::vector<double> errors_;  // [channel][kMostTaps], a ring
  int newest_ = 0;
};

// The filter 1 + ∑ tap[k]·z⁻ᵏ⁻¹ through which the error leaves: gives how many taps it has, at most 9.
int noiseShape(Dither dither, double sampleRateHz, double* tap);

}  // namespace deskd
