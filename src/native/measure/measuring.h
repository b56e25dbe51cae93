// Measures a stream of blocks, or a whole file.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "averaged-spectrum.h"
#include "clipped-runs.h"
#include "loudness-of.h"
#include "sound-meter.h"

namespace deskd {

constexpr double kOverDbtp = -1;  // true peaks above it are listed

struct MeasureSpec {
  double sampleRateHz = 48000;
  int channels = 2;            // 1…6: L; L R; L R C; L R Ls Rs; L R C Ls Rs; L R C LFE Ls Rs
  int64_t frames = 0;          // for the overview's columns; 0 when unknown: then there is none
  double overDbtp = kOverDbtp;
  bool brief = false;          // loudness, peaks and levels alone
};

class Measuring final : private SoundMeterSink {
 public:
  explicit Measuring(const MeasureSpec& spec);
  // Any count of frames. What is not finite counts as 0.
  void add(const float* interleaved, int64_t frames);
  // Behind the last frame.
  Measurement finish();

 private:
  static constexpr int kBlock = 2048, kColumns = 1600;
  static constexpr size_t kMostListed = 1000;

  void hop(double meanSquare, float truePeak) noexcept override;
  void over(int channel, int64_t frame, float truePeak) noexcept override;
  void block(int frames);
  void addLevels(int frames);
  void addColumns(int frames);
  void addDynamicRange(int frames);
  double dynamicRangeOf(size_t channel) const;

  struct AlignedFree {
    void operator()(float* p) const;
  };
  const MeasureSpec spec_;
  Measurement result_;
  LoudnessHops hops_;
  std::unique_ptr<SoundMeter> meter_;
  std::unique_ptr<AveragedSpectrum> spectrum_;
  std::vector<ClippedRuns> clipped_;
  std::unique_ptr<float[], AlignedFree> memory_;
  float* planes_[kMostMeterChannels] = {};
  int filled_ = 0;
  int64_t frames_ = 0;
  double product_ = 0;
  int64_t lastOver_[kMostMeterChannels];
  std::vector<size_t> openOver_;  // of each channel: where in the list, +1
  // DR: blocks of about 3 s.
  int64_t drBlock_, drFilled_ = 0;
  std::vector<double> drSum_, drPeak_;
  std::vector<std::vector<double>> drMeans_, drPeaks_;  // a channel
};

// Throws std::runtime_error in words where the file is none to be measured or ends early. `progress` hears how much is done, to 1.
struct FileMeasurement {
  Measurement measurement;
  std::string format;
};
FileMeasurement measureFile(const std::string& path, bool brief, const std::function<void(double share)>& progress);

}  // namespace deskd
