// What is measured sample by sample, whatever the instruction set it was built for: loudness, true peaks, spectra, ballistics.
#pragma once
#include <cstdint>

namespace deskd {

constexpr int kMostMeterChannels = 6;
constexpr int kMeterThirdOctaves = 31;

struct SoundMeterSpec {
  double sampleRateHz;
  int channels;                           // 1…kMostMeterChannels
  double weights[kMostMeterChannels];     // of the channels' powers in the loudness (BS.1770-5 table 4); 0 leaves one out
  float overLimit;                        // linear: true peaks above it are told one by one
  bool brief;                             // neither third octaves nor ballistics
};

// What comes out as it goes.
class SoundMeterSink {
 public:
  virtual ~SoundMeterSink() = default;
  // Every 10 ms: K-weighted mean square, summed over the channels with their weights; highest true peak, linear.
  virtual void hop(double meanSquare, float truePeak) noexcept = 0;
  // A true peak above the limit, the highest of 32 frames of a channel; `frame` counts from the first.
  virtual void over(int channel, int64_t frame, float truePeak) noexcept = 0;
};

// Highest readings since the start, linear: PPM and VU by the peak, K by √2 times the RMS of a sine.
struct BallisticReadings {
  double ppm1, ppm2, vu, k;
};

struct SoundMeterReadings {
  float truePeak[kMostMeterChannels];           // linear
  double thirdOctaves[kMeterThirdOctaves];      // mean squares over all frames, mean of the channels
  BallisticReadings highest;
};

class SoundMeter {
 public:
  virtual ~SoundMeter() = default;
  // Planes are 64-byte aligned. Only the last call may have frames that are no multiple of 32; its planes go on with zeros
  // up to one.
  virtual void process(const float* const* planes, int frames) noexcept = 0;
  // Behind the last frame: what is still in the filters.
  virtual void finish() noexcept = 0;
  virtual SoundMeterReadings readings() const noexcept = 0;
};

// For the best instruction set of this machine. `sink` must outlive it.
SoundMeter* createSoundMeter(const SoundMeterSpec& spec, SoundMeterSink& sink);

}  // namespace deskd
