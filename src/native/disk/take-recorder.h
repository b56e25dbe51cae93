// Records a take: the audio thread hands over planes and events, one disk thread writes WAV files and the event log.
// Before that it may hold the last seconds in memory, from which a recording then begins: the pre-roll.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "recording-ring.h"
#include "spsc-ring.h"
#include "wav-writer.h"

namespace deskd {

struct RecorderFile {
  std::string path;  // empty: what is handed over for it is let go
  int channels = 2;
  WavFormat format = WavFormat::float32;
  bool isInput = false;  // as late as the round trip; what comes before its first frame goes to the lead-in
};

// What is recorded, in this order; fixed for a recorder's life.
struct RecorderChannels {
  int channels = 2;
  bool isInput = false;
};

struct RecorderOptions {
  std::vector<RecorderFile> files;
  int sampleRateHz = 48000;
  // Where the event log goes, as lines of frame, name and value (tab between, the shortest number that reads back the same). Empty: no log. It never ends
  // before the audio does.
  std::string eventLogPath;
  // The name of an event's target; called on the disk thread. Must not be empty when there is a log.
  std::function<std::string(int32_t)> eventName;
  bool replaceExisting = false;  // false: a file that is there already is an error
  // Where a replay begins, in frames handed over so far: the log's frame 0, and the lead-in's first.
  int64_t stateFrame = 0;
  // The files' first frame, not before stateFrame. Inputs begin inputDelayFrames later.
  int64_t firstFrame = 0;
  int64_t inputDelayFrames = 0;
  // What the inputs gave from stateFrame on, before their files begin: all of them side by side. Not written when that is nothing.
  std::string leadPath;
};

class TakeRecorder {
 public:
  // [control thread] Creates all files (their folders must exist) and starts the disk thread. Throws std::runtime_error
  // in words; then no file of this take is left behind.
  explicit TakeRecorder(const RecorderOptions& options);
  // [control thread] Holds what it is given in memory, at least the last `holdSeconds` and some more, until open().
  TakeRecorder(const std::vector<RecorderChannels>& channels, int sampleRateHz, double holdSeconds);
  ~TakeRecorder();  // [control thread] finishes

  // [control thread] While it holds: what was handed over before this frame is not wanted any more.
  void keepFrom(int64_t frame) noexcept { keepFrom_.store(frame, std::memory_order_relaxed); }
  // [control thread] Once, while it holds: creates the files and writes from here on, what is held first. Throws as the
  // constructor does, and then goes on holding.
  void open(const RecorderOptions& options);
  // [audio thread] Before the first frame is handed over: the files begin so much later.
  void delayStart(int64_t frames) noexcept { firstFrame_.store(frames, std::memory_order_relaxed); }

  // [audio thread] Appends frames to a file: `planes` has one plane a channel, nullptr is silence. False when they are
  // lost: the ring is full (counted; silence takes their place in the file, so that all files stay aligned), or the
  // recording has failed or is finished.
  bool write(int file, const float* const* planes, int frames) noexcept;
  // [audio thread] Appends an event to the log. False when it is lost (counted), or there is no log.
  bool logEvent(int64_t frame, int32_t target, double value) noexcept;

  // [any thread] Has the disk refused a write? All files were then finished validly, and nothing more is recorded.
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  // [any thread] Frames on disk in every file.
  int64_t framesWritten() const noexcept { return framesWritten_.load(std::memory_order_acquire); }
  // [any thread] Blocks of audio and events lost because the disk was late. A take with any does not replay exactly.
  int64_t overruns() const noexcept { return overruns_.load(std::memory_order_relaxed); }
  int64_t eventOverruns() const noexcept { return eventOverruns_.load(std::memory_order_relaxed); }
  // [any thread] The first frame that was lost, counted from the first handed over, −1 while none is.
  int64_t brokenAtFrame() const noexcept { return brokenAtFrame_.load(std::memory_order_relaxed); }
  // [control thread] Why the recording failed, in words; empty while it has not.
  std::string error() const;

  // [control thread] After the audio thread has let go: writes what the rings hold, finishes all files, ends the disk
  // thread. False when the recording failed. May be called again.
  bool finish();

 private:
  struct Event {
    int64_t frame;
    int32_t target;
    double value;
  };
  struct File {
    File(const RecorderChannels& shape, int64_t ringFrames)
        : ring(shape.channels, ringFrames), isInput(shape.isInput) {}
    std::unique_ptr<WavWriter> writer;  // disk thread, and the control thread before and after it; null while it holds
    RecordingRing ring;
    bool isInput;
    int64_t at = 0;       // disk thread; frames that have left the ring
    int leadChannel = 0;  // of an input's left side in the lead-in
  };

  bool isClosed() const noexcept {
    return failed_.load(std::memory_order_relaxed) || isStopping_.load(std::memory_order_relaxed);
  }
  std::vector<std::unique_ptr<WavWriter>> createFiles(const RecorderOptions& options);
  int64_t firstFrameOf(const File& file) const noexcept {
    return firstFrame_.load(std::memory_order_relaxed) + (file.isInput ? inputDelayFrames_ : 0);
  }
  void run() noexcept;
  void hold();
  bool drain();
  bool drainFile(File& file);
  bool take(File& file, RecordingRing::Piece piece);
  void keepLead(const File& file, const float* samples, int64_t frames);
  bool writeLead(bool isLast);
  void drainEvents();
  void formatEvents();
  bool flushLog();
  bool commit();
  void closeFiles();
  bool fail(const std::string& words);

  std::vector<std::unique_ptr<File>> files_;
  const int sampleRateHz_;
  std::function<std::string(int32_t)> eventName_;
  std::string eventLogPath_, leadPath_;
  int logFd_ = -1;
  int64_t logBytes_ = 0;  // disk thread; whole lines in the file
  std::string logText_;   // disk thread; lines not yet in the file
  SpscRing<Event> events_;
  std::deque<Event> heldEvents_;  // disk thread
  int64_t stateFrame_ = 0, inputDelayFrames_ = 0;
  std::atomic<int64_t> firstFrame_{0}, keepFrom_{0};
  int leadChannels_ = 0;
  std::vector<float> lead_;  // disk thread
  bool isLeadDone_ = false;  // disk thread

  std::atomic<bool> isOpen_{false}, failed_{false}, isStopping_{false};
  std::atomic<int64_t> framesWritten_{0}, overruns_{0}, eventOverruns_{0}, brokenAtFrame_{-1};
  mutable std::mutex errorMutex_;  // disk thread and control thread
  std::string error_;
  std::thread thread_;
};

}  // namespace deskd
