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
#include <limits>
#include <stdexcept>

namespace deskd {
namespace {

constexpr std::chrono::milliseconds kPoll{20}, kCommitEvery{400};
constexpr int64_t kRingSeconds = 4;
constexpr int64_t kEventCount = 1 << 18;  // five seconds of 50,000 a second

void appendNumber(std::string& text, double value) {
  char digits[32];
  // The shortest text that reads back as the same number: parameters are floats, positions are not.
  const auto single = static_cast<float>(value);
  const auto end = single == value ? std::to_chars(digits, digits + sizeof digits, single).ptr
                                   : std::to_chars(digits, digits + sizeof digits, value).ptr;
  text.append(digits, end);
}

}  // namespace

TakeRecorder::File::File(const RecorderFile& file, const WavSpec& spec, int64_t ringFrames)
    : writer(file.path, spec), ring(file.channels, ringFrames) {}

TakeRecorder::TakeRecorder(const RecorderOptions& options)
    : eventName_(options.eventName),
      eventLogPath_(options.eventLogPath),
      events_(kEventCount) {
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
  if (isClosed()) return false;
  RecordingRing& ring = files_[static_cast<size_t>(file)]->ring;
  if (ring.write(planes, frames)) return true;
  overruns_.fetch_add(1, std::memory_order_relaxed);
  if (brokenAtFrame_.load(std::memory_order_relaxed) < 0)
    brokenAtFrame_.store(ring.framesSeen() - frames, std::memory_order_relaxed);
  return false;
}

// [audio thread]
bool TakeRecorder::logEvent(int64_t frame, int32_t target, double value) noexcept {
  if (logFd_ < 0 || isClosed()) return false;
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
  for (auto& file : files_) file->ring.markDue();
  drainEvents();
  if (!flushLog()) return false;
  int64_t frames = std::numeric_limits<int64_t>::max();
  for (auto& file : files_) {
    if (!drainFile(*file)) return fail(file->writer.error());
    frames = std::min(frames, file->writer.framesWritten());
  }
  if (!files_.empty()) framesWritten_.store(frames, std::memory_order_release);
  return true;
}

bool TakeRecorder::drainFile(File& file) {
  for (auto piece = file.ring.next(); piece.frames > 0; piece = file.ring.next()) {
    if (piece.samples != nullptr) {
      if (!file.writer.write(piece.samples, piece.frames)) return false;
    } else {
      if (!file.writer.writeSilence(piece.frames)) return false;
    }
    file.ring.release(piece);
  }
  return true;
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
    const auto offset = static_cast<off_t>(logBytes_) + static_cast<off_t>(done);
    const ssize_t count = pwrite(logFd_, logText_.data() + done, logText_.size() - done, offset);
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
  return fail(writeErrorWords(errorNumber) + ": " + eventLogPath_ + " ends after " + std::to_string(logBytes_) +
              " bytes" + (isCut ? "" : " and part of a line"));
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
  if (!failed()) {
    for (auto& file : files_) file->ring.close();
    drain();
  }
  for (auto& file : files_)
    if (!file->writer.finish()) fail(file->writer.error());
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
