// deskd's graph set to a job and driven in memory, block by block, as an engine does.
#pragma once
#include <memory>
#include <vector>

#include "../../../src/native/graph.h"
#include "music.h"

namespace bench {

enum class Job { P, Full };

class Desk {
 public:
  Desk(const deskd::InstructionSet& set, Job job, int stripCount);

  // 64 frames of every strip, in two quanta. `sources`: one row a strip.
  void process(const float* const* sources);
  void processMusic(const Music& music, long frame);
  // A change as the engine's event ring brings it: smoothed, or at once.
  void setStrip(int strip, uint32_t offset, double value, bool jump = true);

  const float* master(int channel) const { return master_[channel]; }  // of the last block
  deskd::Graph& graph() { return *graph_; }
  int stripCount() const { return stripCount_; }

  static constexpr int kBuses = 8, kOutputs = 2;

 private:
  void setJob(Job job);

  int stripCount_;
  std::vector<uint8_t> stereo_;
  std::unique_ptr<deskd::Graph> graph_;
  std::vector<const float*> sources_, rows_;
  alignas(64) float output_[kOutputs][deskd::kQuantum];
  alignas(64) float master_[2][kBlockFrames];
  float* outputs_[kOutputs];
};

}  // namespace bench
