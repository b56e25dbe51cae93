#include "block-runner.h"

#include <algorithm>
#include <utility>

#include "counter.h"

namespace deskd {

namespace {
constexpr double kLoadSmoothingSeconds = 0.3;
}

BlockRunner::BlockRunner(AudioProcessor& processor, double* counters, std::shared_ptr<ClockGate> gate, uint32_t clock,
                         int sampleRateHz)
    : processor_(processor),
      counters_(counters),
      gate_(std::move(gate)),
      clock_(clock),
      sampleRateHz_(sampleRateHz) {}

// [audio thread]
void BlockRunner::begin() noexcept {
  begun_ = true;
  setCounter(counters_, layout::kSchedulingPolicy, scheduling_.policy);
  setCounter(counters_, layout::kSchedulingPriority, scheduling_.priority);
  processor_.deviceChanged();
}

// [audio thread]
void BlockRunner::countLoad(double processSeconds, double blockSeconds) noexcept {
  const double percent = 100 * processSeconds / blockSeconds;
  loadPercent_ += (percent - loadPercent_) * std::min(1.0, blockSeconds / kLoadSmoothingSeconds);
  setCounter(counters_, layout::kLoadPercent, loadPercent_);
  raiseCounter(counters_, layout::kWorstLoadPercent, percent);
}

// [audio thread]
void BlockRunner::run(const float* const* inputs, int inputCount, float* const* outputs, int outputCount, int frames,
                      int xruns) noexcept {
  if (!gate_->enter(clock_)) {
    for (int channel = 0; channel < outputCount; channel++) std::fill_n(outputs[channel], frames, 0.0f);
    return;
  }
  if (!begun_) begin();
  if (xruns > 0) addToCounter(counters_, layout::kXruns, xruns);
  const int64_t start = monotonicNs();
  processor_.process(inputs, inputCount, outputs, outputCount, frames);
  countLoad(static_cast<double>(monotonicNs() - start) * 1e-9, static_cast<double>(frames) / sampleRateHz_);
  gate_->leave();
}

}  // namespace deskd
