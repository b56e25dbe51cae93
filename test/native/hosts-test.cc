// Drives the native hosts with a pass-through processor. One section a run, named by the first argument.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <vector>

#include "hosts/counter.h"
#include "hosts/devices.h"
#include "hosts/host-switch.h"

using namespace deskd;

namespace {

int failures = 0;

#define CHECK(condition)                                                      \
  do {                                                                        \
    if (!(condition)) {                                                       \
      std::fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition);    \
      failures++;                                                             \
    }                                                                         \
  } while (false)

// Inputs to outputs. Counts frames, remembers when blocks began, and watches that it's never run twice at once.
class PassThrough : public AudioProcessor {
 public:
  void process(const float* const* inputs, int inputCount, float* const* outputs, int outputCount,
               int count) noexcept override {
    if (inside_.exchange(true)) overlaps++;
    const int64_t now = monotonicNs();
    const int64_t block = blocks.load();
    if (block < kRemembered) startsNs[static_cast<size_t>(block)] = now;
    if (lastNs_ != 0) worstGapNs = std::max(worstGapNs.load(), now - lastNs_);
    lastNs_ = now;
    for (int c = 0; c < outputCount; c++) {
      if (c < inputCount) std::memcpy(outputs[c], inputs[c], sizeof(float) * static_cast<size_t>(count));
      else std::fill_n(outputs[c], count, 0.0f);
    }
    if (markAtFrame >= frames && markAtFrame < frames + count && outputCount > 0)
      outputs[0][markAtFrame - frames] = 0.5f;
    for (int i = 0; i < count && inputCount > 0; i++)
      if (inputs[0][i] == 0.5f && markSeenAt < 0) markSeenAt = frames + i;
    while (block == stallAtBlock && monotonicNs() < now + stallNs) {
    }
    frames += count;
    blocks++;
    inside_ = false;
  }
  void deviceChanged() noexcept override { deviceChanges++; }
  bool fadeOut() noexcept override { return true; }

  static constexpr int64_t kRemembered = 4096;
  std::vector<int64_t> startsNs = std::vector<int64_t>(kRemembered);
  std::atomic<int64_t> frames{0}, blocks{0}, worstGapNs{0}, markSeenAt{-1};
  std::atomic<int> overlaps{0}, deviceChanges{0};
  int64_t stallAtBlock = -1, stallNs = 0, markAtFrame = -1;

 private:
  std::atomic<bool> inside_{false};
  int64_t lastNs_ = 0;
};

struct Rig {
  PassThrough processor;
  double counters[layout::kCounterCount] = {};
  HostSwitch host{processor, counters};
  double operator[](layout::Counter counter) { return readCounter(counters, counter); }
};

void sleepMs(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

HostSettings virtualSettings(int bufferFrames) {
  HostSettings settings;
  settings.bufferFrames = bufferFrames;
  return settings;
}

void virtualClock() {
  Rig rig;
  rig.host.start(virtualSettings(256));
  sleepMs(1000);
  rig.host.stop();
  const double seconds = static_cast<double>(monotonicNs() - rig.processor.startsNs[0]) * 1e-9;
  const int64_t frames = rig.processor.frames;
  sleepMs(30);
  CHECK(rig.processor.frames == frames);
  CHECK(std::abs(static_cast<double>(frames) - seconds * 48000) < 4800);
  CHECK(frames % 256 == 0);
  CHECK(rig.processor.deviceChanges == 1);
  CHECK(rig[layout::kHost] == kHostNone);
  CHECK(rig[layout::kBufferFrames] == 256);
  CHECK(rig[layout::kDeviceInputs] == 32);
  CHECK(rig[layout::kDeviceOutputs] == 8);
  std::printf("{\"frames\":%lld,\"clockFrames\":%.0f,\"worstLatenessMs\":%.3f,\"loadPercent\":%.3f,\"policy\":%.0f}\n",
              static_cast<long long>(frames), seconds * 48000, rig[layout::kWorstLatenessMs],
              rig[layout::kWorstLoadPercent], rig[layout::kSchedulingPolicy]);
}

// 480 frames are 10 ms. A block that holds the clock for 105 ms makes the next nine start 95, 85 … 15 ms late.
void virtualStall() {
  constexpr int64_t kBufferNs = 10'000'000;
  Rig rig;
  rig.processor.stallAtBlock = 20;
  rig.processor.stallNs = 105'000'000;
  rig.host.start(virtualSettings(480));
  sleepMs(600);
  rig.host.stop();
  const int64_t blocks = rig.processor.blocks;
  const std::vector<int64_t>& starts = rig.processor.startsNs;
  int64_t due = starts[0];
  for (int64_t b = 0; b < blocks; b++) due = std::min(due, starts[size_t(b)] - b * kBufferNs);
  int late = 0;
  for (int64_t b = 0; b < blocks; b++) late += starts[size_t(b)] - due - b * kBufferNs > kBufferNs ? 1 : 0;
  CHECK(late >= 9);
  CHECK(std::abs(rig[layout::kLateBlocks] - late) <= 1);
  CHECK(rig[layout::kXruns] == rig[layout::kLateBlocks]);
  CHECK(rig[layout::kWorstLatenessMs] > 94);
  CHECK(rig[layout::kWorstLoadPercent] > 1000);
  // Caught up: the last block begins where the clock says, so none was dropped.
  CHECK(blocks >= 55);
  CHECK(starts[size_t(blocks - 1)] - due - (blocks - 1) * kBufferNs < 5 * kBufferNs);
  // Back to back: the nine late ones take no longer than one in time.
  CHECK(starts[29] - starts[21] < 2 * kBufferNs);
  std::printf("{\"blocks\":%lld,\"lateBlocks\":%.0f,\"worstLatenessMs\":%.2f,\"catchUpMs\":%.3f}\n",
              static_cast<long long>(blocks), rig[layout::kLateBlocks], rig[layout::kWorstLatenessMs],
              static_cast<double>(starts[29] - starts[21]) * 1e-6);
}

void virtualLoopback() {
  for (const int bufferFrames : {32, 100, 256}) {
    Rig rig;
    rig.processor.markAtFrame = 1007;
    HostSettings settings = virtualSettings(bufferFrames);
    settings.loopback = true;
    rig.host.start(settings);
    CHECK(rig[layout::kRoundTripFrames] == bufferFrames);
    for (int i = 0; i < 500 && rig.processor.markSeenAt < 0; i++) sleepMs(1);
    rig.host.stop();
    CHECK(rig.processor.markSeenAt == 1007 + bufferFrames);
  }
  // Without loopback there's silence.
  Rig rig;
  rig.processor.markAtFrame = 1007;
  rig.host.start(virtualSettings(64));
  sleepMs(100);
  rig.host.stop();
  CHECK(rig.processor.frames > 2000);
  CHECK(rig.processor.markSeenAt == -1);
}

std::string jsonText(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return quoted + "\"";
}

HostSettings deviceSettings(char** arguments) {
  HostSettings settings;
  settings.kind = HostKind::kPortAudio;
  settings.device = arguments[0];
  settings.bufferFrames = std::stoi(arguments[1]);
  settings.sampleRateHz = std::stoi(arguments[2]);
  return settings;
}

void printDevices() {
  std::string list;
  for (const DeviceInfo& device : listDevices())
    list += (list.empty() ? "" : ",") + ("{\"name\":" + jsonText(device.name)) +
            ",\"hostApi\":" + jsonText(device.hostApi) + ",\"inputs\":" + std::to_string(device.inputs) +
            ",\"outputs\":" + std::to_string(device.outputs) +
            ",\"defaultSampleRateHz\":" + std::to_string(static_cast<int>(device.defaultSampleRateHz)) +
            ",\"isDefault\":" + (device.isDefault ? "true" : "false") + "}";
  std::printf("[%s]\n", list.c_str());
}

void printError(char** arguments) {
  Rig rig;
  try {
    rig.host.start(deviceSettings(arguments));
    CHECK(false);
  } catch (const HostError& error) {
    std::printf("%s\n", error.what());
  }
  CHECK(!rig.host.running());
}

void printState(const char* event, Rig& rig, int64_t startNs) {
  const auto print = [](const char* name, double value) { std::printf(",\"%s\":%.3f", name, value); };
  std::printf("{\"event\":\"%s\"", event);
  print("ms", static_cast<double>(monotonicNs() - startNs) * 1e-6);
  print("frames", static_cast<double>(rig.processor.frames));
  print("overlaps", rig.processor.overlaps);
  print("deviceChanges", rig.processor.deviceChanges);
  print("worstGapMs", static_cast<double>(rig.processor.worstGapNs) * 1e-6);
  print("host", rig[layout::kHost]);
  print("lost", rig[layout::kDeviceLost]);
  print("xruns", rig[layout::kXruns]);
  print("inputs", rig[layout::kDeviceInputs]);
  print("outputs", rig[layout::kDeviceOutputs]);
  print("bufferFrames", rig[layout::kBufferFrames]);
  print("policy", rig[layout::kSchedulingPolicy]);
  print("priority", rig[layout::kSchedulingPriority]);
  print("latencyMs", rig[layout::kDeviceLatencyMs]);
  print("roundTripFrames", rig[layout::kRoundTripFrames]);
  print("loadPercent", rig[layout::kLoadPercent]);
  std::printf(",\"needsReplacement\":%s,\"problem\":%s}\n", rig.host.needsReplacement() ? "true" : "false",
              jsonText(rig.host.problem()).c_str());
  std::fflush(stdout);
}

// Runs a device and prints each change of state, until its standard input ends.
void runDevice(char** arguments, bool waitForDevice) {
  Rig rig;
  HostSettings settings = deviceSettings(arguments);
  settings.waitForDevice = waitForDevice;
  const int64_t startNs = monotonicNs();
  rig.host.start(settings);
  printState("running", rig, startNs);
  std::atomic<bool> ended{false};
  std::thread reader([&ended] {
    while (std::cin.get() != std::char_traits<char>::eof()) {
    }
    ended = true;
  });
  double lost = rig[layout::kDeviceLost];
  int64_t frames = 0;
  while (!ended) {
    sleepMs(5);
    CHECK(rig.processor.frames >= frames);
    frames = rig.processor.frames;
    if (rig[layout::kDeviceLost] == lost) continue;
    lost = rig[layout::kDeviceLost];
    printState(lost != 0 ? "lost" : "back", rig, startNs);
  }
  reader.join();
  printState("ending", rig, startNs);
  rig.host.stop();
  CHECK(rig.processor.overlaps == 0);
  printState("stopped", rig, startNs);
}

}  // namespace

// hosts-test SECTION [LIBRARY|'' DEVICE BUFFER RATE]
int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);  // as Node does
  const std::string section = count > 1 ? arguments[1] : "";
  if (count > 2 && arguments[2][0] != '\0') usePortAudio(arguments[2], false);
  try {
    if (section == "virtual-clock") virtualClock();
    else if (section == "virtual-stall") virtualStall();
    else if (section == "virtual-loopback") virtualLoopback();
    else if (section == "devices") printDevices();
    else if (section == "error" && count == 6) printError(arguments + 3);
    else if (section == "run" && count == 6) runDevice(arguments + 3, false);
    else if (section == "wait" && count == 6) runDevice(arguments + 3, true);
    else failures++, std::fprintf(stderr, "no such section\n");
  } catch (const HostError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return failures == 0 ? 0 : 1;
}
