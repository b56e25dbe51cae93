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

std::vector<RecorderChannels> channelsOf(const std::vector<RecorderFile>& files) {
  std::vector<RecorderChannels> channels;
  for (const RecorderFile& file : files) channels.push_back({file.channels, file.isInput});
  return channels;
}

}  // namespace

TakeRecorder::TakeRecorder(const std::vector<RecorderChannels>& channels, int sampleRateHz, double holdSeconds)
    : sampleRateHz_(sampleRateHz), events_(kEventCount) {
  const auto ringFrames = static_cast<int64_t>((kRingSeconds + holdSeconds) * sampleRateHz);
  for (const RecorderChannels& shape : channels) {
    files_.push_back(std::make_unique<File>(shape, ringFrames));
    files_.back()->leadChannel = leadChannels_;
    if (shape.isInput) leadChannels_ += shape.channels;
  }
  thread_ = std::thread([this] { run(); });
}

TakeRecorder::TakeRecorder(const RecorderOptions& options)
    : TakeRecorder(channelsOf(options.files), options.sampleRateHz, 0) {
  open(options);
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
  if (isClosed()) return false;
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

// All or nothing: a recorder that cannot open its files holds on as before.
void TakeRecorder::open(const RecorderOptions& options) {
  auto writers = createFiles(options);
  for (size_t i = 0; i < files_.size(); ++i) files_[i]->writer = std::move(writers[i]);
  eventName_ = options.eventName;
  leadPath_ = options.leadPath;
  stateFrame_ = options.stateFrame;
  inputDelayFrames_ = options.inputDelayFrames;
  firstFrame_.store(options.firstFrame, std::memory_order_relaxed);
  isOpen_.store(true, std::memory_order_release);
}

std::vector<std::unique_ptr<WavWriter>> TakeRecorder::createFiles(const RecorderOptions& options) {
  std::vector<std::unique_ptr<WavWriter>> writers;
  try {
    for (const RecorderFile& file : options.files) {
      WavSpec spec;
      spec.channels = file.channels;
      spec.sampleRateHz = options.sampleRateHz;
      spec.format = file.format;
      spec.replaceExisting = options.replaceExisting;
      writers.push_back(file.path.empty() ? nullptr : std::make_unique<WavWriter>(file.path, spec));
    }
    const std::string& path = options.eventLogPath;
    if (path.empty()) return writers;
    const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (options.replaceExisting ? O_TRUNC : O_EXCL);
    const int fd = ::open(path.c_str(), flags, 0644);
    if (fd < 0)
      throw std::runtime_error(errno == EEXIST ? path + " is there already: choose another name or move it away"
                                               : "cannot create " + path + ": " + std::strerror(errno));
    logFd_ = fd;
    eventLogPath_ = path;
  } catch (...) {
    for (auto& writer : writers)
      if (writer) writer->discard();
    throw;
  }
  return writers;
}

void TakeRecorder::run() noexcept {
  pthread_setname_np(pthread_self(), "deskd-recorder");
  using Clock = std::chrono::steady_clock;
  auto nextCommit = Clock::now() + kCommitEvery;
  while (true) {
    const bool isLast = isStopping_.load(std::memory_order_acquire);  // before draining: nothing comes after it
    if (!isOpen_.load(std::memory_order_acquire)) {
      if (isLast) return;
      hold();
    } else {
      if (!drain()) break;
      if (Clock::now() >= nextCommit) {
        nextCommit = Clock::now() + kCommitEvery;
        if (!commit()) break;
      }
      if (isLast) break;
    }
    std::this_thread::sleep_for(kPoll);
  }
  closeFiles();
}

// Lets go of what is older than keepFrom().
void TakeRecorder::hold() {
  const int64_t from = keepFrom_.load(std::memory_order_relaxed);
  for (auto& file : files_) {
    file->ring.markDue();
    file->at += file->ring.discard(from - file->at);
  }
  drainEvents();
  while (!heldEvents_.empty() && heldEvents_.front().frame < from) heldEvents_.pop_front();
}

bool TakeRecorder::drain() {
  // The log first, then the audio that was there before it: however a recording ends, the log knows all of its frames.
  for (auto& file : files_) file->ring.markDue();
  drainEvents();
  formatEvents();
  if (!flushLog()) return false;
  int64_t frames = std::numeric_limits<int64_t>::max();
  for (auto& file : files_) {
    if (!drainFile(*file)) return fail(file->writer->error());
    if (file->writer) frames = std::min(frames, file->writer->framesWritten());
  }
  if (!files_.empty()) framesWritten_.store(frames, std::memory_order_release);
  return writeLead(false);
}

bool TakeRecorder::drainFile(File& file) {
  for (auto piece = file.ring.next(); piece.frames > 0; piece = file.ring.next()) {
    if (!take(file, piece)) return false;
    file.ring.release(piece);
  }
  return true;
}

// What comes before the file's first frame goes to the lead-in, or nowhere.
bool TakeRecorder::take(File& file, RecordingRing::Piece piece) {
  if (!file.writer) {
    file.at += piece.frames;
    return true;
  }
  const int64_t before = std::clamp<int64_t>(firstFrameOf(file) - file.at, 0, piece.frames);
  if (before > 0 && file.isInput) keepLead(file, piece.samples, before);
  file.at += piece.frames;
  piece.frames -= before;
  if (piece.frames == 0) return true;
  if (piece.samples == nullptr) return file.writer->writeSilence(piece.frames);
  return file.writer->write(piece.samples + before * file.ring.channels(), piece.frames);
}

void TakeRecorder::keepLead(const File& file, const float* samples, int64_t frames) {
  const int64_t leadFrames = firstFrameOf(file) - stateFrame_;
  lead_.resize(static_cast<size_t>(leadFrames * leadChannels_));
  const int channels = file.ring.channels();
  for (int64_t i = std::max<int64_t>(0, stateFrame_ - file.at); i < frames; ++i)
    for (int c = 0; c < channels; ++c)
      lead_[static_cast<size_t>((file.at + i - stateFrame_) * leadChannels_ + file.leadChannel + c)] =
          samples == nullptr ? 0.0f : samples[i * channels + c];
}

// Once all inputs have come to their first frame, or `isLast`.
bool TakeRecorder::writeLead(bool isLast) {
  if (isLeadDone_ || leadChannels_ == 0 || leadPath_.empty()) return true;
  for (const auto& file : files_)
    if (file->isInput && (file->at == 0 || file->at < firstFrameOf(*file)) && !isLast) return true;
  isLeadDone_ = true;
  if (lead_.empty()) return true;
  WavSpec spec;
  spec.channels = leadChannels_;
  spec.sampleRateHz = sampleRateHz_;
  try {
    WavWriter writer(leadPath_, spec);
    writer.write(lead_.data(), static_cast<int64_t>(lead_.size()) / leadChannels_);
    if (!writer.finish()) return fail(writer.error());
  } catch (const std::runtime_error& error) {
    return fail(error.what());
  }
  lead_ = {};
  return true;
}

void TakeRecorder::drainEvents() {
  while (const Event* event = events_.front()) {
    heldEvents_.push_back(*event);
    events_.pop();
  }
}

void TakeRecorder::formatEvents() {
  for (; !heldEvents_.empty(); heldEvents_.pop_front()) {
    const Event& event = heldEvents_.front();
    if (logFd_ < 0 || event.frame < stateFrame_) continue;
    logText_ += std::to_string(event.frame - stateFrame_) + '\t' + eventName_(event.target) + '\t';
    appendNumber(logText_, event.value);
    logText_ += '\n';
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
    if (file->writer && !file->writer->updateHeader()) return fail(file->writer->error());
  for (auto& file : files_) {
    if (!file->writer) continue;
    if (!file->writer->sync()) return fail(file->writer->error());
    if (!drain()) return false;
  }
  if (logFd_ >= 0 && fdatasync(logFd_) != 0) return fail(writeErrorWords(errno) + ": " + eventLogPath_);
  return true;
}

void TakeRecorder::closeFiles() {
  if (!failed()) {
    for (auto& file : files_) file->ring.close();
    if (drain()) writeLead(true);
  }
  for (auto& file : files_)
    if (file->writer && !file->writer->finish()) fail(file->writer->error());
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
