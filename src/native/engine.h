// The engine: events in, transport and sources, the graph, taps for the recorder, the device output's safety.
#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "disk/take-recorder.h"
#include "disk/track-source.h"
#include "fixed-values.h"
#include "graph.h"
#include "quantum.h"
#include "region.h"
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

// What a strip takes: 0 nothing, 1 its track, 2… a card input. A change fades out, switches, and fades in.
struct StripInput {
  int32_t now = 1, wanted = 1;
  int32_t fade = 0;  // frames into fading out (negative: left of fading in); 0 stands still
};

// A take being recorded: files 0 master, then the inputs, last the lead-in where there is one.
struct Take {
  std::unique_ptr<TakeRecorder> recorder;
  std::vector<int> strips;  // of files 1…
  bool logs = false;
  int leadFile = -1;  // index of the lead-in's file, −1 for none
  int leadFrames = 0;
  // Filled by the audio thread at the take's first quantum, before `startFrame` is set.
  std::vector<char> core;
  std::vector<float> values;
  std::vector<StripInput> inputs;
  TransportState transport;
  std::atomic<int64_t> startFrame{-1};
  std::atomic<bool> stopAsked{false};
  std::atomic<bool> ended{false};
  int64_t masterFrames = 0, inputFrames = 0;
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
  double sampleRateHz() const noexcept { return sampleRateHz_; }
  int stripCount() const noexcept { return stripCount_; }
  bool stripIsStereo(int strip) const noexcept { return region_.stereoFlags()[strip] != 0; }

  // [control thread] Puts tracks on strips. `running`: a host calls process(), so the change is handed over and waited for.
  void setTracks(std::unique_ptr<TrackSet> tracks, bool running);
  // [control thread] Starts a take at the next quantum.
  void beginTake(Take* take) noexcept { takeIn_.store(take); }
  // [control thread] Without a host there is no quantum: let go of the take now.
  void dropTake() noexcept { take_ = nullptr; takeIn_.store(nullptr); }
  bool hasTake() const noexcept { return takeIn_.load() != nullptr || recording_.load(); }

  // Offline only, before the first process().
  void setMasterSink(MasterSink* sink) noexcept { sink_ = sink; }
  void setReplay(std::unique_ptr<TrackSource> inputs, std::vector<ReplayInput> which);
  void setReplayEvents(const std::vector<layout::Event>* events) noexcept { replayEvents_ = events; }
  // State of a take's first frame. Throws std::runtime_error in words.
  void saveState(const Take& take, const std::string& path);
  // Gives false when the state is of another instruction set: then the desk starts from reset.
  bool loadState(const std::string& path);
  void playFromStart() noexcept { transport_.play(tracks_->source.get()); }

 private:
  void quantum(const float* const* inputs, int inputCount, int deviceOutputs) noexcept;
  void takeEvents() noexcept;
  void apply(int32_t target, double value) noexcept;
  void setValue(int32_t index, float value) noexcept;
  void startTake() noexcept;
  void record() noexcept;
  void findSources(const float* const* inputs, int inputCount, bool heard) noexcept;
  const float* trackRow(int track, int channel, float* scratch) noexcept;
  void fadeInput(StripInput& input, const float*& left, const float*& right, float* scratchLeft, float* scratchRight) noexcept;
  void guardOutput(float* const* outputs, int count, int frames) noexcept;
  void log(int32_t target, double value) noexcept;
  void rolled(int64_t position) noexcept override { log(layout::kActionBase + layout::kRoll, static_cast<double>(position)); }
  void halted(bool hard) noexcept override { log(layout::kActionBase + layout::kHalt, hard); }
  void makeGraph();
  void loadValues() noexcept;
  Range rangeOf(uint32_t index) const noexcept;

  Region region_;
  const InstructionSet& set_;
  const double sampleRateHz_;
  const int stripCount_, busCount_, outputCount_, dcaCount_;
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
  std::atomic<bool> recording_{false};
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
