// The recorder: what it was given is what the files hold, also when the rings overflow and when the disk is full.
#include "../../../src/native/disk/take-recorder.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <limits>

#include "check.h"
#include "sections.h"
#include "signals.h"
#include "small-disk.h"

using namespace deskd;

namespace {

constexpr int kFrames = 32;

std::string nameOf(int32_t target) { return "strip." + std::to_string(target) + ".faderDb"; }

void sleepMs(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

// Planes of countingSample() from a frame on, for up to two channels.
struct Planes {
  float samples[2][kFrames];
  const float* pointers[2] = {samples[0], samples[1]};
  explicit Planes(int64_t frame) {
    for (int c = 0; c < 2; ++c)
      for (int i = 0; i < kFrames; ++i) samples[c][i] = countingSample(frame + i, c);
  }
};

// Records until the recorder gives up, not faster than the disk thread can follow.
int64_t recordUntilFailed(TakeRecorder& recorder, int files, int64_t mostFrames) {
  int64_t frame = 0;
  for (; frame < mostFrames && !recorder.failed(); frame += kFrames) {
    const Planes planes(frame);
    for (int file = 0; file < files; ++file) recorder.write(file, planes.pointers, kFrames);
    recorder.logEvent(frame, 1, -0.5);
    if (frame % 32000 == 0) sleepMs(25);
  }
  for (int i = 0; i < 400 && !recorder.failed(); ++i) sleepMs(5);
  return frame;
}

void checkCountingFile(const std::string& path, int channels, int64_t leastFrames) {
  const Heard heard = readWithSndfile(path);
  const auto expected = countingFrames(heard.info.frames, channels);
  const std::string name = std::filesystem::path(path).filename().string();
  check(heard.info.frames >= leastFrames && heard.info.channels == channels && heard.samples == expected,
        name + ": valid, " + std::to_string(heard.info.frames) + " frames, all right");
}

}  // namespace

void frameRing() {
  // Two threads, a small ring, pieces of random size: every frame arrives once and in order.
  constexpr int64_t kCount = 2000000;
  FrameRing ring(2, 1000);
  std::thread writer([&] {
    std::mt19937 random(17);
    for (int64_t frame = 0; frame < kCount;) {
      const FrameRing::Region region = ring.writeRegion(std::min<int64_t>(1 + random() % 200, kCount - frame));
      for (int64_t i = 0; i < region.frames; ++i)
        for (int c = 0; c < 2; ++c) region.samples[2 * i + c] = countingSample(frame + i, c);
      ring.commit(region.frames);
      frame += region.frames;
      if (region.frames == 0) std::this_thread::yield();
    }
  });
  std::mt19937 random(18);
  int64_t wrong = 0;
  for (int64_t frame = 0; frame < kCount;) {
    const FrameRing::Region region = ring.readRegion(1 + random() % 300);
    for (int64_t i = 0; i < region.frames; ++i)
      for (int c = 0; c < 2; ++c) wrong += region.samples[2 * i + c] != countingSample(frame + i, c);
    ring.release(region.frames);
    frame += region.frames;
    if (region.frames == 0) std::this_thread::yield();
  }
  writer.join();
  check(wrong == 0 && ring.readable() == 0, "2000000 frames through a ring of 1024, each once and in order");

  // 64 frames of room: 32 due, 32 more, 32 lost, and 32 behind the gap.
  RecordingRing recording(1, 64);
  float block[32];
  const auto write = [&](float value, int frames = 32) {
    std::fill_n(block, 32, value);
    const float* planes[1] = {block};
    return recording.write(planes, frames);
  };
  std::vector<float> out;
  const auto drain = [&] {
    for (auto piece = recording.next(); piece.frames > 0; piece = recording.next()) {
      for (int64_t i = 0; i < piece.frames; ++i) out.push_back(piece.samples != nullptr ? piece.samples[i] : 0.0f);
      recording.release(piece);
    }
  };
  write(6, 16);  // off the ring's own boundary, so that nothing ends there by chance
  recording.markDue();
  drain();
  out.clear();
  CHECK(write(1));
  recording.markDue();
  CHECK(write(2) && !write(3));
  drain();
  CHECK(out.size() == 32 && write(4) && !write(5));
  recording.markDue();
  drain();
  recording.close();
  drain();
  std::vector<float> expected;
  for (const float value : {1.0f, 2.0f, 0.0f, 4.0f, 0.0f}) expected.insert(expected.end(), 32, value);
  check(out == expected && recording.framesSeen() == 176,
        "lost frames are silence exactly where they were lost, also the last");

  SpscRing<int64_t> values(8);
  for (int64_t i = 0; i < 8; ++i) values.push(i);
  check(!values.push(8) && *values.front() == 0, "a full ring of values refuses, and keeps what it has");
}

void recorderTake() {
  RecorderOptions options;
  options.files = {{inFolder("master.wav"), 2, WavFormat::float32},
                   {inFolder("in-1.wav"), 1, WavFormat::int24},
                   {inFolder("in-2.wav"), 1, WavFormat::float32}};
  options.eventLogPath = inFolder("events.log");
  options.eventName = nameOf;
  TakeRecorder recorder(options);
  for (int64_t frame = 0; frame < 96000; frame += kFrames) {
    const Planes planes(frame);
    const float* silence[1] = {nullptr};
    const bool isWritten = recorder.write(0, planes.pointers, kFrames) && recorder.write(1, planes.pointers, kFrames) &&
                           recorder.write(2, silence, kFrames);
    if (!isWritten) check(false, "write() at frame " + std::to_string(frame));
    if (frame == 64) recorder.logEvent(frame, 3, -12.3456789012);
    if (frame == 48000) recorder.logEvent(frame, 4, -std::numeric_limits<double>::infinity());
  }
  for (int i = 0; i < 400 && recorder.framesWritten() < 96000; ++i) sleepMs(5);
  CHECK(recorder.framesWritten() == 96000);
  // The header follows within half a second; a loaded machine gets longer.
  int64_t seen = 0;
  for (int i = 0; i < 1000 && seen < 96000; ++i, sleepMs(5)) seen = readWithSndfile(inFolder("master.wav")).info.frames;
  check(seen == 96000, "while recording, libsndfile reads all 96000 frames");
  CHECK(bytesOf(inFolder("events.log")).size() > 0);
  check(recorder.finish() && recorder.finish() && recorder.error().empty(), "finish() says that all is well, twice");
  check(!recorder.write(0, Planes(0).pointers, kFrames), "nothing is recorded after it");
  checkCountingFile(inFolder("master.wav"), 2, 96000);
  checkCountingFile(inFolder("in-1.wav"), 1, 96000);
  CHECK(readWithSndfile(inFolder("in-2.wav")).samples == std::vector<float>(96000, 0.0f));
  const auto log = bytesOf(inFolder("events.log"));
  check(std::string(log.begin(), log.end()) == "64\tstrip.3.faderDb\t-12.3456789012\n48000\tstrip.4.faderDb\t-inf\n",
        "the log holds frame, name and value, a line an event");
  CHECK(recorder.overruns() == 0 && recorder.eventOverruns() == 0 && recorder.brokenAtFrame() == -1);

  options.files = {{inFolder("new.wav"), 2, WavFormat::float32}, {inFolder("master.wav"), 2, WavFormat::float32}};
  options.eventLogPath = "";
  checkWords(wordsOf([&] { TakeRecorder again(options); }), "master.wav is there already");
  check(!std::filesystem::exists(inFolder("new.wav")), "and no file of the refused take is left behind");
  checkCountingFile(inFolder("master.wav"), 2, 96000);
}

void recorderOverrun() {
  RecorderOptions options;
  options.sampleRateHz = 8000;  // rings of 32768 frames
  options.files = {{inFolder("a.wav"), 1, WavFormat::float32}, {inFolder("b.wav"), 2, WavFormat::int16}};
  TakeRecorder recorder(options);
  std::vector<char> isLost[2];
  int64_t firstLost = -1;
  const auto record = [&](int64_t from, int64_t to) {
    for (int64_t frame = from; frame < to; frame += kFrames) {
      const Planes planes(frame + 1);
      for (int file = 0; file < 2; ++file) {
        const bool lost = !recorder.write(file, planes.pointers, kFrames);
        isLost[file].insert(isLost[file].end(), kFrames, lost);
        if (lost && firstLost < 0) firstLost = frame;
      }
    }
  };
  // Bursts of more than the rings hold, faster than the disk thread looks, and pauses shorter and longer than its own.
  std::mt19937 random(19);
  int64_t frames = 0;
  for (int burst = 0; burst < 60; ++burst, sleepMs(static_cast<int>(random() % 30))) {
    const int64_t end = frames + kFrames * (300 + static_cast<int64_t>(random() % 1300));
    record(frames, end);
    frames = end;
  }
  recorder.finish();
  CHECK(recorder.overruns() > 0 && recorder.brokenAtFrame() == firstLost);
  check(!recorder.failed(), "the recording goes on");
  int64_t lost = 0;
  for (int file = 0; file < 2; ++file) {
    const int channels = file + 1;
    const float tolerance = file == 0 ? 0.0f : 1.6f / 32768;
    const Heard heard = readWithSndfile(inFolder(file == 0 ? "a.wav" : "b.wav"));
    CHECK(heard.info.frames == frames);
    int64_t wrong = 0;
    for (int64_t frame = 0; frame < heard.info.frames; ++frame) {
      const bool isGone = isLost[file][static_cast<size_t>(frame)] != 0;
      lost += isGone;
      for (int c = 0; c < channels; ++c)
        wrong += std::fabs(heard.samples[static_cast<size_t>(frame * channels + c)] -
                           (isGone ? 0.0f : countingSample(frame + 1, c))) > tolerance;
    }
    check(wrong == 0, "lost frames are silence, all others stand where they belong");
  }
  CHECK(lost == recorder.overruns() * kFrames);
  CHECK(recorder.framesWritten() == frames);
}

void recorderFailure() {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1000000, 1000000};
  setrlimit(RLIMIT_FSIZE, &limit);
  RecorderOptions options;
  options.files = {{inFolder("in.wav"), 1, WavFormat::int24}, {inFolder("master.wav"), 2, WavFormat::float32}};
  options.eventLogPath = inFolder("events.log");
  options.eventName = nameOf;
  TakeRecorder recorder(options);
  recordUntilFailed(recorder, 2, 480000);
  check(recorder.failed(), "the audio thread sees the failure");
  check(!recorder.write(0, Planes(0).pointers, kFrames) && !recorder.logEvent(0, 1, 0), "and nothing more is taken");
  checkWords(recorder.error(), "may not grow any larger");
  checkWords(recorder.error(), "master.wav ends after");
  check(!recorder.finish(), "finish() says so too");
  checkCountingFile(inFolder("master.wav"), 2, 100000);
  checkCountingFile(inFolder("in.wav"), 1, 100000);
}

void recorderDiskFull() {
  const std::string disk = mountSmallDisk();
  RecorderOptions options;
  options.files = {{disk + "/master.wav", 2, WavFormat::float32}, {disk + "/in.wav", 1, WavFormat::int24}};
  options.eventLogPath = disk + "/events.log";
  options.eventName = nameOf;
  TakeRecorder recorder(options);
  recordUntilFailed(recorder, 2, 480000);
  checkWords(recorder.error(), "the disk is full");
  check(!recorder.finish(), "finish() says that it failed");
  checkCountingFile(disk + "/master.wav", 2, 100000);
  checkCountingFile(disk + "/in.wav", 1, 100000);
  std::ifstream log(disk + "/events.log");
  std::string line;
  int64_t lines = 0, wrong = 0;
  for (; std::getline(log, line); ++lines) wrong += line != std::to_string(lines * kFrames) + "\tstrip.1.faderDb\t-0.5";
  check(wrong == 0 && lines > 3000,
        "the event log ends with a whole line: " + std::to_string(lines) + " lines, all right");
}
