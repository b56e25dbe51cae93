// The mixing graph as the engine sees it, whatever the instruction set it was built for.
#pragma once
#include <cstddef>
#include <cstdint>

#include "generated/params.h"
#include "quantum.h"

namespace deskd {

struct GraphSpec {
  int stripCount;
  const uint8_t* stripStereo;  // one byte a strip
  int busCount;
  int outputCount;
  double sampleRateHz;
  double lookaheadMs;  // of the limiter; fixed for the graph's life
  int dcaCount = 0;
  // Look-ahead of the compressors, fixed as well, and where the buses go at the start (−1 master), from which follows how
  // late the desk is. Null: none, all to the master.
  const float* stripLookaheadMs = nullptr;
  const float* busLookaheadMs = nullptr;
  const int32_t* busOutput = nullptr;
  // The master's block of parameters, of which those count that are fixed. Null: all noughts.
  const float* master = nullptr;
  int fxCount = 0;
  int inputCount = 0;  // of the card: effects come behind them in the names of a strip's input
};

// One quantum in and out. Rows are kQuantum floats, 64-byte aligned.
struct GraphBlock {
  const float* const* sources;  // [2·stripCount]: left (or mono) and right of every strip; null is silence
  float* const* outputs;        // [outputCount] device channels behind the output patch
  int deviceOutputs;            // channels the device has: what `auto` in the patch goes by
  const float* const* inputs = nullptr;  // [inputCount] the card's, for talkback
  int inputCount = 0;
};

struct LoudnessReading {
  double integratedLufs, loudnessRangeLu, truePeak, samplePeak;  // peaks as amplitudes
};

class Graph {
 public:
  virtual ~Graph() = default;
  // [audio thread] `jump`: no smoothing, for values that stand before the first sample.
  virtual void setParam(uint32_t index, float value, bool jump) noexcept = 0;
  // [audio thread]
  virtual void process(const GraphBlock& block) noexcept = 0;
  // [audio thread] The master of the quantum just run: 0 left, 1 right.
  virtual const float* master(int channel) const noexcept = 0;
  // [audio thread] A bus behind its fader, as late as the master.
  virtual const float* bus(int bus, int channel) const noexcept = 0;
  // [audio thread] Fills the meter table.
  virtual void writeMeters(float* slots) const noexcept = 0;
  virtual void resetMeters() noexcept = 0;
  virtual LoudnessReading loudness() const noexcept = 0;

  // Frames from a strip's source to the device outputs; the same for all of them.
  virtual int latencyFrames() const noexcept = 0;
  // Samples that were not finite, at strips and master, since the start.
  virtual double nonFinite() const noexcept = 0;

  // The state: one pointer-free block, `coreBytes` of it small; delay lines follow, `ringFrames` floats a lane.
  virtual char* state() noexcept = 0;
  virtual size_t coreBytes() const noexcept = 0;
  virtual int laneCount() const noexcept = 0;
  virtual size_t ringFrames() const noexcept = 0;
  virtual float* ring(int lane) noexcept = 0;
  virtual bool ringInUse(int lane) const noexcept = 0;

  // [audio thread] What an effect slot gave in the quantum before: 0 left, 1 right.
  virtual const float* fxOutput(int slot, int channel) const noexcept = 0;
  // The lines of effect slots, `fxLineFloats` each; of those that `fxLinesInUse` are part of the state.
  virtual size_t fxLineFloats() const noexcept = 0;
  virtual size_t fxLinesInUse(int slot) const noexcept = 0;
  virtual float* fxLines(int slot) noexcept = 0;
  // [audio thread] Between quanta: copies the lines as they are now to `to` (all slots', in place) while the next quanta run.
  // Null lets go of it.
  virtual void keepFxLines(float* to) noexcept = 0;
  virtual bool fxLinesKept() const noexcept = 0;
};

struct InstructionSet {
  const char* name;
  bool (*supported)();
  Graph* (*create)(const GraphSpec& spec);
};

// Best first; ends with a null name.
extern const InstructionSet kInstructionSets[];

}  // namespace deskd
