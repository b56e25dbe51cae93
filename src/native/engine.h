// The engine: events in, transport and sources, the graph, taps for the recorder, the device output's safety.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "disk/track-source.h"
#include "fixed-values.h"
#include "graph.h"
#include "quantum.h"
#include "region.h"
#include "take.h"
#include "transport.h"

namespace deskd {

// Tracks and the strips they stand on.
struct TrackSet {
  std::unique_ptr<TrackSource> source;
  std::vector<int> trackOfStrip;  // −1 for none
};

constexpr int kInputFadeFrames = 16 * kQuantum;  // 10.7 ms at 48 kHz

// Where the master goes in an offline render.
class MasterSink {
 public:
  virtual ~MasterSink() = default;
  virtual void write(const float* const* planes, int frames) noexcept = 0;
};

// A recorded strip source that takes the place of card and track in a replay.
struct ReplayInput {
  int strip;
  int track;  // of the replay's own TrackSource
};

class Engine final : public AudioProcessor, private Transport::Log {
 public:
  // Throws std::runtime_error in words. `set` is one of kInstructionSets.
  Engine(Region region, const InstructionSet& set);
  ~Engine() override;

  // [audio thread]
  void process(const float* const* inputs, int inputCount, float* const* outputs, int outputCount,
               int frames) noexcept override;
  void deviceChanged() noexcept override { deviceChanged_.store(true); }
  bool fadeOut() noexcept override;

  const InstructionSet& instructionSet() const noexcept { return set_; }
  Graph& graph() noexcept { return *graph_; }
  Region& region() noexcept { return region_; }
  const ParamMap& paramMap() const noexcept { return params_; }
  double sampleRateHz() const noexcept { return sampleRateHz_; }
  int stripCount() const noexcept { return stripCount_; }
  bool stripIsStereo(int strip) const noexcept { return region_.stereoFlags()[strip] != 0; }

  // [control thread] Puts tracks on strips. `running`: a host calls process(), so the change is handed over and waited for.
  void setTracks(std::unique_ptr<TrackSet> tracks, bool running);
  // [control thread] Starts a take at the next quantum, or where it punches in.
  void beginTake(Take* take) noexcept { takeIn_.store(take); }
  // [control thread] Takes back what has not begun. False when it has.
  bool cancelTake(Take* take) noexcept { return takeIn_.compare_exchange_strong(take, nullptr); }
  // [control thread] Without a host there is no quantum: let go of the take now.
  void dropTake() noexcept {
    letGoOfSnapshot();
    take_ = nullptr;
    takeIn_.store(nullptr);
  }

  // Offline only, before the first process().
  void setMasterSink(MasterSink* sink) noexcept { sink_ = sink; }
  void setReplay(std::unique_ptr<TrackSource> inputs, std::vector<ReplayInput> which);
  void setReplayEvents(const std::vector<layout::Event>* events) noexcept { replayEvents_ = events; }
  // [control thread] A snapshot with room for all that the audio thread fills in.
  std::unique_ptr<StateSnapshot> emptySnapshot() const;
  // [control thread] Within a quarter of a second of a snapshot: adds the delay lines, which are not overwritten before.
  void copyRings(StateSnapshot& snapshot);
  // [control thread] Once a snapshot has the effects' lines: keeps those in use.
  void settleFxLines(StateSnapshot& snapshot) const;
  // [control thread] Throws std::runtime_error in words.
  void saveState(const StateSnapshot& snapshot, const std::string& path) const;
  // Gives false when the state is of another instruction set: then the desk starts from reset.
  bool loadState(const std::string& path);
  void playFromStart() noexcept { transport_.play(tracks_->source.get()); }

 private:
  void quantum(const float* const* inputs, int inputCount, int deviceOutputs) noexcept;
  void takeEvents() noexcept;
  void apply(int32_t target, double value) noexcept;
  void setValue(int32_t index, float value) noexcept;
  void startTake(const TransportState& transport) noexcept;
  void punchIn(const TransportState& before, bool heard) noexcept;
  void fill(StateSnapshot& snapshot, const TransportState& transport) noexcept;
  void letGoOfSnapshot() noexcept {
    graph_->keepFxLines(nullptr);
    keeping_ = nullptr;
  }
  void record() noexcept;
  void findSources(const float* const* inputs, int inputCount, bool heard) noexcept;
  void fxRows(int fx, bool stereo, const float*& left, const float*& right, float* scratch) noexcept;
  const float* trackRow(int track, int channel, float* scratch) noexcept;
  void fadeInput(StripInput& input, const float*& left, const float*& right, float* scratchLeft, float* scratchRight) noexcept;
  void guardOutput(float* const* outputs, int count, int frames) noexcept;
  void log(int32_t target, double value) noexcept;
  bool isRecording() const noexcept { return take_ && take_->firstFrame.load(std::memory_order_relaxed) >= 0; }
  void rolled(int64_t position) noexcept override { log(layout::kActionBase + layout::kRoll, static_cast<double>(position)); }
  void halted(bool hard) noexcept override { log(layout::kActionBase + layout::kHalt, hard); }
  void makeGraph();
  void loadValues() noexcept;
  Range rangeOf(uint32_t index) const noexcept;

  Region region_;
  const InstructionSet& set_;
  const double sampleRateHz_;
  const int stripCount_, busCount_, outputCount_, dcaCount_, fxCount_;
  const ParamMap params_;
  double* const counters_;
  FixedValues fixed_;  // those that the graph was made with
  std::unique_ptr<Graph> graph_;

  int64_t frame_ = 0;
  Transport transport_;
  double underruns_ = 0;
  std::vector<StripInput> inputs_;  // of each strip
  float switchFade_[kInputFadeFrames];

  std::unique_ptr<TrackSet> tracks_;          // the audio thread's; never null
  std::atomic<TrackSet*> tracksIn_{nullptr};  // handed over
  std::atomic<TrackSet*> tracksOut_{nullptr};  // given back
  std::unique_ptr<TrackSource> replayTracks_;
  std::vector<int> replayOfStrip_;
  const std::vector<layout::Event>* replayEvents_ = nullptr;
  size_t replayNext_ = 0;

  std::atomic<Take*> takeIn_{nullptr};
  Take* take_ = nullptr;
  StateSnapshot* keeping_ = nullptr;  // the effects' lines are being copied to it
  MasterSink* sink_ = nullptr;

  // Device side: host buffers that are no multiple of a quantum go through a FIFO of one quantum.
  std::vector<float> inSamples_, outSamples_, fadedSamples_;
  std::vector<float*> inRows_, outRows_, fadedRows_;
  std::vector<const float*> sources_;
  int inCount_ = 0, outCount_ = 0;
  bool usesFifo_ = false;
  int fifoFill_ = 0;

  std::atomic<bool> deviceChanged_{true}, fadeOutWanted_{false}, silent_{false};
  double deviceGain_ = 0;
};

}  // namespace deskd
