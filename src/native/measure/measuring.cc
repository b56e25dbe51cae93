#include "measuring.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <stdexcept>

#include "../disk/audio-file.h"
#include "../flush-denormals.h"

namespace deskd {
namespace {

// BS.1770-5 table 4: what is at the side or behind counts 1.41 times, low-frequency effects do not count.
SoundMeterSpec meterSpecOf(const MeasureSpec& spec) {
  SoundMeterSpec meter{spec.sampleRateHz, spec.channels, {1, 1, 1, 1, 1, 1},
                       static_cast<float>(std::pow(10, spec.overDbtp / 20)), spec.brief};
  constexpr double surround = 1.41;
  double* w = meter.weights;
  if (spec.channels == 4) w[2] = w[3] = surround;
  if (spec.channels == 5) w[3] = w[4] = surround;
  if (spec.channels == 6) w[3] = 0, w[4] = w[5] = surround;
  return meter;
}

}  // namespace

void Measuring::AlignedFree::operator()(float* p) const { ::operator delete[](p, std::align_val_t(64)); }

Measuring::Measuring(const MeasureSpec& spec) : spec_(spec) {
  if (spec.channels < 1 || spec.channels > kMostMeterChannels)
    throw std::runtime_error("expected 1 to 6 channels, found " + std::to_string(spec.channels));
  if (!(spec.sampleRateHz >= 8000 && spec.sampleRateHz <= 384000))
    throw std::runtime_error("expected a sample rate of 8000 to 384000 Hz, found " + std::to_string(spec.sampleRateHz) + " Hz");
  const auto channels = static_cast<size_t>(spec.channels);
  meter_.reset(createSoundMeter(meterSpecOf(spec), *this));
  if (!spec.brief) {
    spectrum_ = std::make_unique<AveragedSpectrum>(spec.sampleRateHz, spec.channels);
    for (int c = 0; c < spec.channels; c++) clipped_.emplace_back(c);
  }
  memory_.reset(new (std::align_val_t(64)) float[channels * kBlock]);
  for (size_t c = 0; c < channels; c++) planes_[c] = memory_.get() + c * kBlock;
  std::fill(std::begin(lastOver_), std::end(lastOver_), INT64_MIN / 2);
  openOver_.assign(channels, 0);
  result_.channels = spec.channels;
  result_.sampleRateHz = spec.sampleRateHz;
  result_.samplePeak.assign(channels, 0);
  result_.meanSquare.assign(channels, 0);
  result_.mean.assign(channels, 0);
  if (spec.frames > 0 && !spec.brief) {
    result_.columns = static_cast<int>(std::min<int64_t>(spec.frames, kColumns));
    result_.lowest.assign(channels * static_cast<size_t>(result_.columns), 2e6f);
    result_.highest.assign(channels * static_cast<size_t>(result_.columns), -2e6f);
  }
  drBlock_ = std::llround(132480.0 / 44100 * spec.sampleRateHz);
  drSum_.assign(channels, 0), drPeak_.assign(channels, 0);
  drMeans_.resize(channels), drPeaks_.resize(channels);
}

void Measuring::add(const float* interleaved, int64_t frames) {
  const FlushDenormals flush;
  const int channels = spec_.channels;
  for (int64_t done = 0; done < frames;) {
    const int count = static_cast<int>(std::min<int64_t>(frames - done, kBlock - filled_));
    const float* from = interleaved + done * channels;
    for (int c = 0; c < channels; c++) {
      float* to = planes_[c] + filled_;
      for (int n = 0; n < count; n++) {
        const float x = from[n * channels + c];
        to[n] = std::isfinite(x) ? x : 0;
      }
    }
    filled_ += count, done += count;
    if (filled_ == kBlock) block(kBlock), filled_ = 0;
  }
}

Measurement Measuring::finish() {
  const FlushDenormals flush;
  if (filled_ > 0) {
    for (int c = 0; c < spec_.channels; c++) std::fill(planes_[c] + filled_, planes_[c] + (filled_ + 31) / 32 * 32, 0.0f);
    block(filled_);
  }
  meter_->finish();
  const auto channels = static_cast<size_t>(spec_.channels);
  const double frames = static_cast<double>(std::max<int64_t>(1, frames_));
  result_.frames = frames_;
  addLoudness(hops_, result_);
  const SoundMeterReadings readings = meter_->readings();
  for (size_t c = 0; c < channels; c++) {
    result_.truePeak.push_back(std::max<double>(readings.truePeak[c], result_.samplePeak[c]));
    result_.meanSquare[c] /= frames;
    result_.mean[c] /= frames;
    result_.dynamicRangeDb.push_back(dynamicRangeOf(c));
  }
  for (ClippedRuns& runs : clipped_) runs.finish(result_.clippedRuns);
  const double powers = channels > 1 ? result_.meanSquare[0] * result_.meanSquare[1] : 0;
  result_.correlation = channels == 1 ? 1 : powers > 0 ? std::clamp(product_ / frames / std::sqrt(powers), -1.0, 1.0) : 0;
  result_.ppm1 = readings.highest.ppm1, result_.ppm2 = readings.highest.ppm2;
  result_.vu = readings.highest.vu, result_.k = readings.highest.k;
  if (spectrum_) {
    result_.thirdOctaves.assign(readings.thirdOctaves, readings.thirdOctaves + kMeterThirdOctaves);
    result_.spectrum = spectrum_->bands();
  }
  const auto byTime = [](const auto& a, const auto& b) { return a.frame < b.frame; };
  std::sort(result_.clippedRuns.begin(), result_.clippedRuns.end(), byTime);
  std::sort(result_.overs.begin(), result_.overs.end(), byTime);
  result_.clippedRunCount = static_cast<int64_t>(result_.clippedRuns.size());
  if (result_.clippedRuns.size() > kMostListed) result_.clippedRuns.resize(kMostListed);
  // Columns that nothing fell into: the file is shorter than was said.
  for (float& x : result_.lowest) x = x > 1e6f ? 0.0f : x;
  for (float& x : result_.highest) x = x < -1e6f ? 0.0f : x;
  return std::move(result_);
}

void Measuring::block(int frames) {
  meter_->process(planes_, frames);
  addLevels(frames);
  if (!spec_.brief) addDynamicRange(frames);
  if (result_.columns > 0) addColumns(frames);
  if (spectrum_) spectrum_->add(planes_, frames);
  for (size_t c = 0; c < clipped_.size(); c++) clipped_[c].add(planes_[c], frames);
  frames_ += frames;
}

// In four sums each, side by side; behind the frames there are noughts.
void Measuring::addLevels(int frames) {
  constexpr int kSums = 4;
  const auto total = [](const double (&sums)[kSums]) { return (sums[0] + sums[1]) + (sums[2] + sums[3]); };
  for (int c = 0; c < spec_.channels; c++) {
    const float* x = planes_[c];
    float peak[kSums] = {};
    double squares[kSums] = {}, sum[kSums] = {};
    for (int n = 0; n < frames; n += kSums)
      for (int k = 0; k < kSums; k++) {
        const float size = std::fabs(x[n + k]);
        peak[k] = size > peak[k] ? size : peak[k];
        squares[k] += static_cast<double>(x[n + k]) * x[n + k];
        sum[k] += x[n + k];
      }
    const auto i = static_cast<size_t>(c);
    result_.samplePeak[i] = std::max<double>(result_.samplePeak[i], *std::max_element(peak, peak + kSums));
    result_.meanSquare[i] += total(squares);
    result_.mean[i] += total(sum);
  }
  if (spec_.channels > 1) {
    double product[kSums] = {};
    for (int n = 0; n < frames; n += kSums)
      for (int k = 0; k < kSums; k++) product[k] += static_cast<double>(planes_[0][n + k]) * planes_[1][n + k];
    product_ += total(product);
  }
}

void Measuring::addColumns(int frames) {
  for (int c = 0; c < spec_.channels; c++) {
    float* lowest = result_.lowest.data() + static_cast<size_t>(c) * static_cast<size_t>(result_.columns);
    float* highest = result_.highest.data() + static_cast<size_t>(c) * static_cast<size_t>(result_.columns);
    for (int done = 0; done < frames;) {
      const int64_t column = std::min<int64_t>((frames_ + done) * result_.columns / spec_.frames, result_.columns - 1);
      // The first frame of the next column.
      const int64_t next = ((column + 1) * spec_.frames + result_.columns - 1) / result_.columns;
      const int end = column == result_.columns - 1 ? frames : static_cast<int>(std::min<int64_t>(frames, next - frames_));
      float low = lowest[column], high = highest[column];
      for (int n = done; n < end; n++) low = std::min(low, planes_[c][n]), high = std::max(high, planes_[c][n]);
      lowest[column] = low, highest[column] = high;
      done = end;
    }
  }
}

// "Measuring DR", v1.3: RMS (of a sine its peak) and peak of every block.
void Measuring::addDynamicRange(int frames) {
  for (int done = 0; done < frames;) {
    const int count = static_cast<int>(std::min<int64_t>(frames - done, drBlock_ - drFilled_));
    for (size_t c = 0; c < drSum_.size(); c++) {
      double sum = 0;
      float peak = 0;
      for (int n = done; n < done + count; n++) {
        const double x = planes_[c][n];
        sum += x * x;
        peak = std::max(peak, std::fabs(planes_[c][n]));
      }
      drSum_[c] += sum;
      drPeak_[c] = std::max<double>(drPeak_[c], peak);
    }
    drFilled_ += count, done += count;
    if (drFilled_ < drBlock_) continue;
    for (size_t c = 0; c < drSum_.size(); c++) {
      drMeans_[c].push_back(2 * drSum_[c] / static_cast<double>(drBlock_));
      drPeaks_[c].push_back(drPeak_[c]);
      drSum_[c] = drPeak_[c] = 0;
    }
    drFilled_ = 0;
  }
}

// Of the second-highest peak of a block over the RMS of the loudest fifth of them; a rest that fills no block is left out, but
// where it is all there is.
double Measuring::dynamicRangeOf(size_t channel) const {
  std::vector<double> means = drMeans_[channel], peaks = drPeaks_[channel];
  if (means.empty() && drFilled_ > 0) means = {2 * drSum_[channel] / static_cast<double>(drFilled_)}, peaks = {drPeak_[channel]};
  if (means.empty()) return 0;
  std::sort(means.rbegin(), means.rend());
  std::sort(peaks.rbegin(), peaks.rend());
  const size_t loudest = std::max<size_t>(1, means.size() / 5);
  double sum = 0;
  for (size_t i = 0; i < loudest; i++) sum += means[i];
  const double peak = peaks[peaks.size() > 1 ? 1 : 0];
  return sum > 0 && peak > 0 ? 20 * std::log10(peak / std::sqrt(sum / static_cast<double>(loudest))) : 0;
}

void Measuring::hop(double meanSquare, float truePeak) noexcept {
  if (meanSquare >= 0) hops_.meanSquare.push_back(meanSquare);
  hops_.truePeak.push_back(truePeak);
}

// Stretches less than 50 ms apart are one.
void Measuring::over(int channel, int64_t frame, float truePeak) noexcept {
  const bool goesOn = static_cast<double>(frame - lastOver_[channel]) < .05 * spec_.sampleRateHz;
  lastOver_[channel] = frame;
  size_t& open = openOver_[static_cast<size_t>(channel)];
  if (!goesOn) {
    result_.overCount++;
    open = 0;
    if (result_.overs.size() < kMostListed) {
      result_.overs.push_back({channel, frame, 1, truePeak});
      open = result_.overs.size();
    }
  } else if (open > 0) {
    PeakOver& over = result_.overs[open - 1];
    over.frames = frame - over.frame + 1;
    over.peak = std::max(over.peak, truePeak);
  }
}

FileMeasurement measureFile(const std::string& path, bool brief, const std::function<void(double)>& progress) {
  AudioFile file(path, kMostMeterChannels);
  const AudioFileInfo& info = file.info();
  Measuring measuring({static_cast<double>(info.sampleRateHz), info.channels, info.frames, kOverDbtp, brief});
  constexpr int64_t blockFrames = 65536;
  std::vector<float> block(static_cast<size_t>(blockFrames * info.channels));
  int64_t done = 0;
  while (done < info.frames) {
    const int64_t count = file.read(block.data(), std::min(blockFrames, info.frames - done));
    if (count <= 0) {
      const std::string why = file.errorText();
      throw std::runtime_error(path + ": its header says " + std::to_string(info.frames) + " frames, found " + std::to_string(done) +
                               (why.empty() ? "" : " (" + why + ")") + "; the file is damaged");
    }
    measuring.add(block.data(), count);
    done += count;
    progress(static_cast<double>(done) / static_cast<double>(info.frames));
  }
  return {measuring.finish(), info.format};
}

}  // namespace deskd
