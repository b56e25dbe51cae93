// A take from the control thread's side: armed, perhaps held in memory, recorded, ended. One at a time.
#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine.h"
#include "render.h"

namespace deskd {

// What is recorded beside the master. 0-based.
struct TakeShape {
  std::vector<int> strips, buses;
  bool operator==(const TakeShape&) const = default;
};

struct LiveTakeSpec {
  std::string masterPath;
  WavFormat format = WavFormat::float32;  // of the master and the buses
  std::vector<std::pair<int, std::string>> inputs, buses;
  // Only for a take's folder.
  std::string eventLogPath, leadPath, statePath;
  Punch punch;

  TakeShape shape() const;
};

// What a take began with.
struct TakeStart {
  int64_t startFrame = 0;      // of the engine: the files' first
  int64_t skipFrames = 0;      // from the saved state to the files' first frame
  int64_t preRollFrames = 0;   // in the files from before it was asked for
  std::vector<float> values;   // at the saved state
  bool playing = false;        // likewise
  int64_t positionFrames = 0;  // likewise
};

struct TakeEnd {
  int64_t startFrame = 0, frames = 0;
  std::string error;  // why it ended early, in words
};

// [control thread] All of it; everything throws std::runtime_error in words.
class LiveTake {
 public:
  // `holdSeconds` above 0: begins at once, and keeps that much in memory.
  LiveTake(Engine& engine, const TakeShape& shape, double holdSeconds);
  ~LiveTake();  // lets go; what was recorded is finished

  // Can it record this? Of what is held the master alone may be recorded, or all.
  bool fits(const LiveTakeSpec& spec) const { return spec.shape() == shape_ || (holdSeconds_ > 0 && spec.shape() == TakeShape{}); }
  // Opens the files. Comes back once the first frame is recorded, or at once where it waits for a punch in.
  void record(const LiveTakeSpec& spec);
  // Once it has begun.
  std::optional<TakeStart> start();
  TakeEnd end(bool hostRuns);

  bool isRecorded() const { return isRecorded_; }
  std::string error() const { return take_.recorder->error(); }

 private:
  RecorderOptions optionsFor(const LiveTakeSpec& spec) const;
  void begin();
  void keep();
  void letGo(bool hostRuns);

  Engine& engine_;
  const TakeShape shape_;
  const double holdSeconds_;
  Take take_;
  bool hasBegun_ = false, isRecorded_ = false;
  int64_t preRollFrames_ = 0;

  // The keeper thread takes up snapshots, orders new ones while nothing is recorded, and forgets those that are too old.
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<StateSnapshot>> snapshots_;
  std::unique_ptr<StateSnapshot> ordered_;
  std::string statePath_, stateError_;
  bool isStopping_ = false;
  std::thread keeper_;
};

}  // namespace deskd
