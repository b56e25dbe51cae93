// The disk thread drains the rings every 20 ms, brings all headers up to date every 400 ms, and only then waits for the
// medium, file by file, draining in between: a slow disk delays the safety of the data, not the audio.
#include "take-recorder.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace deskd {
namespace {

constexpr std::chrono::milliseconds kPoll{20}, kCommitEvery{400};
constexpr int64_t kRingSeconds = 4;
constexpr int64_t kEventCount = 1 << 18;  // five seconds of 50,000 a second
constexpr int64_t kGapCount = 64;
constexpr int64_t kSilenceSamples = 65536;

void appendNumber(std::string& text, double value) {
  char digits[32];
  // As printf's %.9g, but the same in every locale.
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 9).ptr;
  text.append(digits, end);
}

}  // namespace

TakeRecorder::File::File(const RecorderFile& file, const WavSpec& spec, int64_t ringFrames)
    : writer(file.path, spec), ring(file.channels, ringFrames), gaps(kGapCount) {}

TakeRecorder::TakeRecorder(const RecorderOptions& options)
    : eventName_(options.eventName), eventLogPath_(options.eventLogPath), events_(kEventCount), silence_(kSilenceSamples) {
  try {
    openFiles(options);
  } catch (...) {
    discardFiles();
    throw;
  }
  thread_ = std::thread([this] { run(); });
}

TakeRecorder::~TakeRecorder() { finish(); }

// [audio thread]
bool TakeRecorder::write(int file, const float* const* planes, int frames) noexcept {
  if (failed_.load(std::memory_order_relaxed) || isStopping_.load(std::memory_order_relaxed)) return false;
  File& to = *files_[static_cast<size_t>(file)];
  const bool hasRoom = to.ring.writable() >= frames;
  if (!hasRoom || (to.openGap > 0 && !to.gaps.push({to.ring.writeIndex(), to.openGap}))) {
    lose(to, frames);
    return false;
  }
  to.openGap = 0;
  to.framesSeen += frames;
  const int channels = to.ring.channels();
  for (int at = 0; at < frames;) {
    const FrameRing::Region region = to.ring.writeRegion(frames - at);
    const auto count = static_cast<int>(region.frames);
    for (int channel = 0; channel < channels; ++channel) {
      const float* plane = planes[channel];
      for (int i = 0; i < count; ++i) region.samples[i * channels + channel] = plane != nullptr ? plane[at + i] : 0.0f;
    }
    to.ring.commit(count);
    at += count;
  }
  return true;
}

// [audio thread]
void TakeRecorder::lose(File& file, int frames) noexcept {
  if (brokenAtFrame_.load(std::memory_order_relaxed) < 0)
    brokenAtFrame_.store(file.framesSeen, std::memory_order_relaxed);
  overruns_.fetch_add(1, std::memory_order_relaxed);
  file.framesSeen += frames;
  file.openGap += frames;
}

// [audio thread]
bool TakeRecorder::logEvent(int64_t frame, int32_t target, double value) noexcept {
  if (logFd_ < 0 || failed_.load(std::memory_order_relaxed) || isStopping_.load(std::memory_order_relaxed)) return false;
  if (events_.push({frame, target, value})) return true;
  eventOverruns_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

std::string TakeRecorder::error() const {
  const std::lock_guard lock(errorMutex_);
  return error_;
}

bool TakeRecorder::finish() {
  isStopping_.store(true, std::memory_order_release);
  if (thread_.joinable()) thread_.join();
  return !failed();
}

void TakeRecorder::openFiles(const RecorderOptions& options) {
  for (const RecorderFile& file : options.files) {
    WavSpec spec;
    spec.channels = file.channels;
    spec.sampleRateHz = options.sampleRateHz;
    spec.format = file.format;
    spec.replaceExisting = options.replaceExisting;
    files_.push_back(std::make_unique<File>(file, spec, kRingSeconds * options.sampleRateHz));
  }
  if (eventLogPath_.empty()) return;
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options.replaceExisting ? O_TRUNC : O_EXCL);
  logFd_ = open(eventLogPath_.c_str(), flags, 0644);
  if (logFd_ >= 0) return;
  throw std::runtime_error(errno == EEXIST
                               ? eventLogPath_ + " is there already: choose another name or move it away"
                               : "cannot create " + eventLogPath_ + ": " + std::strerror(errno));
}

void TakeRecorder::discardFiles() {
  for (auto& file : files_) file->writer.discard();
}

void TakeRecorder::run() noexcept {
  pthread_setname_np(pthread_self(), "deskd-recorder");
  using Clock = std::chrono::steady_clock;
  auto nextCommit = Clock::now() + kCommitEvery;
  while (true) {
    const bool isLast = isStopping_.load(std::memory_order_acquire);  // before draining: nothing comes after it
    if (!drain()) break;
    if (Clock::now() >= nextCommit) {
      nextCommit = Clock::now() + kCommitEvery;
      if (!commit()) break;
    }
    if (isLast) break;
    std::this_thread::sleep_for(kPoll);
  }
  closeFiles();
}

bool TakeRecorder::drain() {
  // The log first, then the audio that was there before it: however a recording ends, the log knows all of its frames.
  for (auto& file : files_) file->dueIndex = file->ring.writeIndex();
  drainEvents();
  if (!flushLog()) return false;
  int64_t frames = files_.empty() ? 0 : files_.front()->writer.framesWritten();
  for (auto& file : files_) {
    if (!drainFile(*file)) return fail(file->writer.error());
    frames = std::min(frames, file->writer.framesWritten());
  }
  framesWritten_.store(frames, std::memory_order_release);
  return true;
}

// Writes up to dueIndex, which was read before the gaps are: a gap is announced before the frames behind it.
bool TakeRecorder::drainFile(File& file) {
  const int channels = file.ring.channels();
  while (true) {
    FrameRing::Region region = file.ring.readRegion(file.dueIndex - file.ring.readIndex());
    const Gap* gap = file.gaps.front();
    if (gap != nullptr) {
      const int64_t ahead = gap->ringIndex - file.ring.readIndex();
      if (ahead == 0) {
        for (int64_t left = gap->frames; left > 0;) {
          const int64_t count = std::min(left, kSilenceSamples / channels);
          if (!file.writer.write(silence_.data(), count)) return false;
          left -= count;
        }
        file.gaps.pop();
        continue;
      }
      region.frames = std::min(region.frames, ahead);
    }
    if (region.frames == 0) return true;
    if (!file.writer.write(region.samples, region.frames)) return false;
    file.ring.release(region.frames);
  }
}

void TakeRecorder::drainEvents() {
  while (const Event* event = events_.front()) {
    logText_ += std::to_string(event->frame) + '\t' + eventName_(event->target) + '\t';
    appendNumber(logText_, event->value);
    logText_ += '\n';
    events_.pop();
  }
}

bool TakeRecorder::flushLog() {
  if (logFd_ < 0) return true;
  size_t done = 0;
  int errorNumber = 0;
  while (done < logText_.size() && errorNumber == 0) {
    const ssize_t count = pwrite(logFd_, logText_.data() + done, logText_.size() - done, logBytes_ + static_cast<off_t>(done));
    if (count > 0) done += static_cast<size_t>(count);
    if (count == 0) errorNumber = ENOSPC;
    if (count < 0 && errno != EINTR) errorNumber = errno;
  }
  if (errorNumber == 0) {
    logBytes_ += static_cast<int64_t>(done);
    logText_.clear();
    return true;
  }
  const size_t lastLineEnd = done == 0 ? std::string::npos : logText_.rfind('\n', done - 1);
  const size_t wholeLines = lastLineEnd == std::string::npos ? 0 : lastLineEnd + 1;
  logBytes_ += static_cast<int64_t>(wholeLines);
  logText_.clear();
  const bool isCut = ftruncate(logFd_, logBytes_) == 0;
  return fail(writeErrorWords(errorNumber) + ": " + eventLogPath_ + " ends after " + std::to_string(logBytes_) + " bytes" +
              (isCut ? "" : " and part of a line"));
}

bool TakeRecorder::commit() {
  for (auto& file : files_)
    if (!file->writer.updateHeader()) return fail(file->writer.error());
  for (auto& file : files_) {
    if (!file->writer.sync()) return fail(file->writer.error());
    if (!drain()) return false;
  }
  if (logFd_ >= 0 && fdatasync(logFd_) != 0) return fail(writeErrorWords(errno) + ": " + eventLogPath_);
  return true;
}

void TakeRecorder::closeFiles() {
  for (auto& file : files_) {
    // Frames lost at the very end have nothing behind them that would have announced them.
    if (!failed() && file->openGap > 0) {
      file->gaps.push({file->ring.readIndex(), file->openGap});
      drainFile(*file);
    }
    if (!file->writer.finish()) fail(file->writer.error());
  }
  if (!failed()) drain();  // nothing is left to write; counts the frames
  if (logFd_ < 0) return;
  if (fdatasync(logFd_) != 0) fail(writeErrorWords(errno) + ": " + eventLogPath_);
  close(logFd_);
}

// The first reason is kept.
bool TakeRecorder::fail(const std::string& words) {
  const std::lock_guard lock(errorMutex_);
  if (error_.empty()) error_ = words;
  failed_.store(true, std::memory_order_release);
  return false;
}

}  // namespace deskd
