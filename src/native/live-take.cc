// Pre-roll: the engine's state is kept every few seconds with all audio and events since the oldest of them, so that a
// recording can begin in the past and still render to its bits.
#include "live-take.h"

#include <algorithm>
#include <stdexcept>

#include "hosts/counter.h"
#include "param-ids.h"

namespace deskd {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kStartLimit{3000}, kPoll{5};
constexpr double kMostHeldBytes = 2.0 * (1 << 30);
// Beyond what is asked for, so that a snapshot before it is at hand and a slow disk has time.
constexpr double kHoldMarginSeconds = 8;
constexpr double kSnapshotsInHold = 12, kLeastSnapshotSeconds = 0.5;

double snapshotEverySeconds(double holdSeconds) {
  return std::max(kLeastSnapshotSeconds, holdSeconds / kSnapshotsInHold);
}

}  // namespace

TakeShape LiveTakeSpec::shape() const {
  TakeShape shape;
  for (const auto& [strip, path] : inputs) shape.strips.push_back(strip);
  for (const auto& [bus, path] : buses) shape.buses.push_back(bus);
  return shape;
}

LiveTake::LiveTake(Engine& engine, const TakeShape& shape, double holdSeconds)
    : engine_(engine), shape_(shape), holdSeconds_(holdSeconds) {
  std::vector<RecorderChannels> channels = {{2, false}};
  for (const int strip : shape.strips) channels.push_back({engine.stripIsStereo(strip) ? 2 : 1, true});
  for (size_t i = 0; i < shape.buses.size(); i++) channels.push_back({2, false});
  const double held = holdSeconds > 0 ? holdSeconds + snapshotEverySeconds(holdSeconds) + kHoldMarginSeconds : 0;
  int sides = 0;
  for (const RecorderChannels& file : channels) sides += file.channels;
  if (held * engine.sampleRateHz() * sides * sizeof(float) > kMostHeldBytes)
    throw std::runtime_error("a pre-roll of " + std::to_string(static_cast<int>(holdSeconds)) + " s of " +
                             std::to_string(sides) + " channels takes more than 2 GB of memory: make it shorter, or arm less");
  take_.strips = shape.strips;
  take_.buses = shape.buses;
  take_.recorder = std::make_unique<TakeRecorder>(channels, static_cast<int>(engine.sampleRateHz()), held);
  take_.inputDelayFrames =
      shape.strips.empty() ? 0 : static_cast<int64_t>(readCounter(engine.region().counters(), layout::kRoundTripFrames));
  if (holdSeconds > 0) {
    take_.logs = true;
    begin();
  }
}

LiveTake::~LiveTake() { letGo(true); }

// The first snapshot is ordered before the audio thread knows of the take, so that it is of its first frame.
void LiveTake::begin() {
  if (take_.logs) {
    ordered_ = engine_.emptySnapshot();
    take_.snapshotWanted.store(ordered_.get());
    keeper_ = std::thread([this] { keep(); });
  }
  hasBegun_ = true;
  engine_.beginTake(&take_);
}

RecorderOptions LiveTake::optionsFor(const LiveTakeSpec& spec) const {
  RecorderOptions options;
  options.sampleRateHz = static_cast<int>(engine_.sampleRateHz());
  options.files.push_back({spec.masterPath, 2, spec.format, false});
  for (size_t i = 0; i < shape_.strips.size(); i++)
    options.files.push_back({i < spec.inputs.size() ? spec.inputs[i].second : "",
                             engine_.stripIsStereo(shape_.strips[i]) ? 2 : 1, WavFormat::float32, true});
  for (size_t i = 0; i < shape_.buses.size(); i++)
    options.files.push_back({i < spec.buses.size() ? spec.buses[i].second : "", 2, spec.format, false});
  options.eventLogPath = spec.eventLogPath;
  options.leadPath = spec.leadPath;
  options.inputDelayFrames = take_.inputDelayFrames;
  const ParamMap map = engine_.paramMap();
  options.eventName = [map](int32_t target) { return targetId(map, target); };
  return options;
}

void LiveTake::record(const LiveTakeSpec& spec) {
  RecorderOptions options = optionsFor(spec);
  if (hasBegun_) {
    const std::lock_guard lock(mutex_);
    const int64_t now = take_.masterFrames.load(std::memory_order_acquire);
    if (snapshots_.empty()) throw std::runtime_error("the pre-roll has only just begun: try again");
    const auto wanted = now - static_cast<int64_t>(holdSeconds_ * engine_.sampleRateHz());
    options.stateFrame = snapshots_.front()->frame.load();
    options.firstFrame = std::max(options.stateFrame, wanted);
    take_.recorder->open(options);
    preRollFrames_ = now - options.firstFrame;
    statePath_ = spec.statePath;
    take_.firstFrame.store(options.firstFrame);
    isRecorded_ = true;
    changed_.notify_all();
  } else {
    take_.recorder->open(options);
    take_.punch = spec.punch;
    take_.logs = !spec.eventLogPath.empty();
    if (!spec.punch.on) take_.firstFrame.store(0);
    statePath_ = spec.statePath;
    isRecorded_ = true;
    begin();
    if (spec.punch.on) return;
  }
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  while (!start()) {
    if (std::chrono::steady_clock::now() > limit)
      throw std::runtime_error("the engine's clock stands still: the take did not start");
    std::this_thread::sleep_for(1ms);
  }
  const std::lock_guard lock(mutex_);
  if (!stateError_.empty()) throw std::runtime_error(stateError_);
}

std::optional<TakeStart> LiveTake::start() {
  const int64_t begun = take_.startFrame.load(std::memory_order_acquire);
  if (!isRecorded_ || begun < 0) return std::nullopt;
  TakeStart start;
  const int64_t first = take_.firstFrame.load();
  start.startFrame = begun + first;
  start.preRollFrames = preRollFrames_;
  if (!take_.logs) return start;
  const std::lock_guard lock(mutex_);
  if (snapshots_.empty() || (!statePath_.empty() && stateError_.empty())) return std::nullopt;
  const StateSnapshot& state = *snapshots_.front();
  start.skipFrames = first - state.frame.load();
  start.values = state.values;
  start.playing = state.transport.playWanted != 0;
  start.positionFrames = state.transport.clock.position();
  return start;
}

// The state's file is written here, once there is a snapshot and a path; statePath_ is empty behind it.
void LiveTake::keep() {
  using Clock = std::chrono::steady_clock;
  const auto every = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(snapshotEverySeconds(holdSeconds_)));
  const auto heldFrames = static_cast<int64_t>(holdSeconds_ * engine_.sampleRateHz());
  auto next = Clock::now() + every;
  std::unique_lock lock(mutex_);
  while (!isStopping_) {
    if (ordered_ && !ordered_->hasRings && ordered_->frame.load(std::memory_order_acquire) >= 0) engine_.copyRings(*ordered_);
    if (ordered_ && ordered_->hasFxLines.load(std::memory_order_acquire)) {
      engine_.settleFxLines(*ordered_);
      snapshots_.push_back(std::move(ordered_));
    }
    if (isRecorded_) {
      // What came too late for the recording is not needed.
      while (snapshots_.size() > 1) snapshots_.pop_back();
      if (statePath_.empty()) return;
      if (!snapshots_.empty()) {
        try {
          engine_.saveState(*snapshots_.front(), statePath_);
        } catch (const std::exception& error) {
          stateError_ = error.what();
        }
        statePath_.clear();
        return;
      }
    } else {
      const int64_t wanted = take_.masterFrames.load(std::memory_order_acquire) - heldFrames;
      while (snapshots_.size() > 1 && snapshots_[1]->frame.load() <= wanted) snapshots_.pop_front();
      if (!snapshots_.empty()) take_.recorder->keepFrom(snapshots_.front()->frame.load());
      if (!ordered_ && Clock::now() >= next) {
        next += every;
        ordered_ = engine_.emptySnapshot();
        take_.snapshotWanted.store(ordered_.get());
      }
    }
    changed_.wait_for(lock, kPoll);
  }
}

void LiveTake::letGo(bool hostRuns) {
  if (hasBegun_ && !take_.ended.load() && !engine_.cancelTake(&take_)) {
    take_.stopAsked.store(true);
    const auto limit = std::chrono::steady_clock::now() + kStartLimit;
    while (hostRuns && !take_.ended.load(std::memory_order_acquire) && std::chrono::steady_clock::now() < limit)
      std::this_thread::sleep_for(1ms);
    if (!take_.ended.load()) engine_.dropTake();
  }
  {
    const std::lock_guard lock(mutex_);
    isStopping_ = true;
  }
  changed_.notify_all();
  if (keeper_.joinable()) keeper_.join();
}

TakeEnd LiveTake::end(bool hostRuns) {
  letGo(hostRuns);
  TakeRecorder& recorder = *take_.recorder;
  recorder.finish();
  const int64_t begun = take_.startFrame.load(), first = std::max<int64_t>(0, take_.firstFrame.load());
  TakeEnd end{begun < 0 ? -1 : begun + first, std::max<int64_t>(0, take_.masterFrames.load() - first), recorder.error()};
  if (recorder.failed()) end.frames = recorder.framesWritten();
  else if (recorder.overruns() > 0)
    end.error = "the disk was late: " + std::to_string(recorder.overruns()) + " blocks are silent, the first at frame " +
                std::to_string(std::max<int64_t>(0, recorder.brokenAtFrame() - first));
  return end;
}

}  // namespace deskd
