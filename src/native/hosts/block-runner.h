// One clock's way to the processor: waits for its turn at the gate, measures the load, says when the device is new.
#pragma once

#include <memory>

#include "../quantum.h"
#include "clock-gate.h"
#include "realtime-thread.h"

namespace deskd {

class BlockRunner {
 public:
  BlockRunner(AudioProcessor& processor, double* counters, std::shared_ptr<ClockGate> gate, uint32_t clock,
              int sampleRateHz);

  // [audio thread] Before the first block, from the thread that will run them.
  void threadIs(Scheduling scheduling) noexcept { scheduling_ = scheduling; }

  // [audio thread] Runs the processor if it's this clock's turn; else the outputs are silence.
  // `xruns`: breaks that the device reported before this block.
  void run(const float* const* inputs, int inputCount, float* const* outputs, int outputCount, int frames,
           int xruns) noexcept;

 private:
  void begin() noexcept;
  void countLoad(double processSeconds, double blockSeconds) noexcept;

  AudioProcessor& processor_;
  double* const counters_;
  // Shared, because a stream that can't be torn down may call for longer than its host lives.
  const std::shared_ptr<ClockGate> gate_;
  const uint32_t clock_;
  const int sampleRateHz_;
  Scheduling scheduling_{0, 0};
  bool begun_ = false;
  double loadPercent_ = 0;
};

}  // namespace deskd
