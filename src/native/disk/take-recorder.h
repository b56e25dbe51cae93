// Records a take: the audio thread hands over planes and events, one disk thread writes WAV files and the event log.
#pragma once
#include <atomic>
#include <cstdint>
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
  std::string path;
  int channels = 2;
  WavFormat format = WavFormat::float32;
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
};

class TakeRecorder {
 public:
  // [control thread] Creates all files (their folders must exist) and starts the disk thread. Throws std::runtime_error
  // in words; then no file of this take is left behind.
  explicit TakeRecorder(const RecorderOptions& options);
  ~TakeRecorder();  // [control thread] finishes

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
  // [any thread] The first frame that was lost, −1 while none is.
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
    File(const RecorderFile& file, const WavSpec& spec, int64_t ringFrames);
    WavWriter writer;  // disk thread, and the control thread before and after it
    RecordingRing ring;
  };

  bool isClosed() const noexcept {
    return failed_.load(std::memory_order_relaxed) || isStopping_.load(std::memory_order_relaxed);
  }
  void openFiles(const RecorderOptions& options);
  void discardFiles();
  void run() noexcept;
  bool drain();
  bool drainFile(File& file);
  void drainEvents();
  bool flushLog();
  bool commit();
  void closeFiles();
  bool fail(const std::string& words);

  std::vector<std::unique_ptr<File>> files_;
  std::function<std::string(int32_t)> eventName_;
  std::string eventLogPath_;
  int logFd_ = -1;
  int64_t logBytes_ = 0;  // disk thread; whole lines in the file
  std::string logText_;   // disk thread; lines not yet in the file
  SpscRing<Event> events_;

  std::atomic<bool> failed_{false}, isStopping_{false};
  std::atomic<int64_t> framesWritten_{0}, overruns_{0}, eventOverruns_{0}, brokenAtFrame_{-1};
  mutable std::mutex errorMutex_;  // disk thread and control thread
  std::string error_;
  std::thread thread_;
};

}  // namespace deskd
