#include "host-switch.h"

#include <algorithm>
#include <utility>

#include "counter.h"
#include "within.h"

namespace deskd {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{20};
constexpr milliseconds kSilentFor{200};
constexpr milliseconds kAttemptEvery{500};
constexpr milliseconds kOpenWithin{5000};
// A lost device must not hold up its return. One that is stopped may take long: JACK takes a period for every port.
constexpr milliseconds kTearDownLostWithin{1000};
constexpr milliseconds kTearDownWithin{5000};
constexpr milliseconds kFadeOutWithin{500};
// Each PortAudio left behind costs .3 MB and a file descriptor (libjack itself frees the client of a dead server).
constexpr int kLeftBehindAllowed = 50;
std::atomic<int> leftBehind{0};

milliseconds bufferTime(const HostSettings& settings) {
  return milliseconds(1000 * settings.bufferFrames / settings.sampleRateHz + 1);
}

}  // namespace

HostSwitch::HostSwitch(AudioProcessor& processor, double* counters) : processor_(processor), counters_(counters) {}

HostSwitch::~HostSwitch() { stop(); }

void HostSwitch::start(const HostSettings& settings) {
  stop();
  settings_ = settings;
  gate_ = std::make_shared<ClockGate>();
  if (settings.kind == HostKind::kVirtual) {
    useVirtualClock(settings);
    running_ = true;
    return;
  }
  try {
    const uint32_t clock = ++lastClock_;
    useDevice(openDevice(clock), clock);
  } catch (const HostError& error) {
    if (!settings.waitForDevice) {
      gate_ = nullptr;
      throw;
    }
    setProblem(error.what());
    setCounter(counters_, layout::kDeviceLost, 1);
    useVirtualClock(settings);
  }
  lastLook_ = lastCall_ = nextAttempt_ = Clock::now();
  stopping_ = false;
  running_ = true;
  watchdog_ = std::thread([this] { watch(); });
}

void HostSwitch::stop() {
  if (gate_ == nullptr) return;
  if (watchdog_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stopAsked_.notify_all();
    watchdog_.join();
  }
  fadeOut();
  gate_->pass(ClockGate::kNobody);
  virtual_ = nullptr;
  if (device_ != nullptr) tearDown(std::move(device_), kTearDownWithin);
  gate_ = nullptr;
  running_ = false;
  setProblem("");
  setCounter(counters_, layout::kHost, kHostNone);
  setCounter(counters_, layout::kDeviceLost, 0);
  setCounter(counters_, layout::kLoadPercent, 0);
}

void HostSwitch::fadeOut() {
  const auto limit = Clock::now() + kFadeOutWithin + 2 * bufferTime(settings_);
  while (!processor_.fadeOut() && Clock::now() < limit) std::this_thread::sleep_for(milliseconds(2));
  // What was faded last still has to leave the device's own buffers.
  if (device_ != nullptr) std::this_thread::sleep_for(2 * bufferTime(settings_));
}

std::unique_ptr<BlockRunner> HostSwitch::runnerFor(uint32_t clock) {
  return std::make_unique<BlockRunner>(processor_, counters_, gate_, clock, settings_.sampleRateHz);
}

// The stream runs when it's returned, but the processor is not its own yet.
std::unique_ptr<PortAudioStream> HostSwitch::openDevice(uint32_t clock) {
  using Opened = std::unique_ptr<PortAudioStream>;
  std::function<Opened()> open = [library = portAudio(), settings = settings_,
                                  runner = std::make_shared<std::unique_ptr<BlockRunner>>(runnerFor(clock))] {
    return std::make_unique<PortAudioStream>(library, settings, std::move(*runner));
  };
  std::optional<Opened> stream = within(kOpenWithin, std::move(open));
  if (!stream) {
    leavePortAudio();
    throw HostError("the audio device \"" + settings_.device + "\" does not answer: look after its sound server");
  }
  if (!callsArrive(**stream)) {
    tearDown(std::move(*stream), kTearDownLostWithin);
    throw HostError("the audio device \"" + settings_.device +
                    "\" opens but does not run: look after its sound server");
  }
  return std::move(*stream);
}

bool HostSwitch::callsArrive(const PortAudioStream& stream) const {
  const auto limit = Clock::now() + milliseconds(1000) + 4 * bufferTime(settings_);
  while (stream.callbackCount() < 2) {
    if (Clock::now() > limit) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

void HostSwitch::useDevice(std::unique_ptr<PortAudioStream> stream, uint32_t clock) {
  device_ = std::move(stream);
  gate_->pass(clock);
  virtual_ = nullptr;
  setCounter(counters_, layout::kHost, kHostPortAudio);
  setCounter(counters_, layout::kDeviceLost, 0);
  setCounter(counters_, layout::kBufferFrames, device_->bufferFrames());
  setCounter(counters_, layout::kDeviceInputs, device_->inputs());
  setCounter(counters_, layout::kDeviceOutputs, device_->outputs());
  setRoundTrip(device_->latencyFrames());
  setCounter(counters_, layout::kDeviceLatencyMs, 1000 * device_->latencyFrames() / settings_.sampleRateHz);
  callsSeen_ = device_->callbackCount();
  lastCall_ = Clock::now();
  setProblem("");
}

void HostSwitch::useVirtualClock(const HostSettings& settings) {
  const uint32_t clock = ++lastClock_;
  gate_->pass(clock);
  virtual_ = std::make_unique<VirtualHost>(settings, counters_, runnerFor(clock));
  setCounter(counters_, layout::kHost, kHostVirtual);
  setCounter(counters_, layout::kBufferFrames, settings.bufferFrames);
  setCounter(counters_, layout::kDeviceInputs, settings.inputs);
  setCounter(counters_, layout::kDeviceOutputs, settings.outputs);
  setRoundTrip(VirtualHost::roundTripFrames(settings));
  setCounter(counters_, layout::kDeviceLatencyMs, 1000.0 * settings.bufferFrames / settings.sampleRateHz);
}

void HostSwitch::setRoundTrip(double knownFrames) {
  const double measured = settings_.roundTripFrames;
  setCounter(counters_, layout::kRoundTripFrames, measured >= 0 ? measured : knownFrames);
}

void HostSwitch::tearDown(std::unique_ptr<PortAudioStream> stream, milliseconds limit) {
  if (stream->mustBeLeft()) {
    static_cast<void>(stream.release());
    return leavePortAudio();
  }
  std::function<bool()> end = [stream = std::shared_ptr<PortAudioStream>(std::move(stream))]() mutable {
    stream.reset();
    return true;
  };
  if (!within(limit, std::move(end))) leavePortAudio();
}

// This PortAudio is of no use any more: a thread hangs in it, or its stream can't be closed. Go on with a fresh copy.
void HostSwitch::leavePortAudio() {
  if (++leftBehind > kLeftBehindAllowed) {
    needsReplacement_ = true;
    return;
  }
  try {
    replacePortAudio(portAudio()->freshCopy());
  } catch (const HostError&) {
    needsReplacement_ = true;
  }
}

void HostSwitch::watch() {
  std::unique_lock lock(mutex_);
  while (!stopAsked_.wait_for(lock, kLookEvery, [this] { return stopping_; })) {
    lock.unlock();
    if (device_ != nullptr) watchDevice();
    else if (!needsReplacement_ && Clock::now() >= nextAttempt_) reopenDevice();
    lock.lock();
  }
}

void HostSwitch::watchDevice() {
  const auto now = Clock::now();
  const uint64_t calls = device_->callbackCount();
  // A watchdog that was itself held up (a stopped process, a suspended machine) can't tell, and a block that takes long
  // is not the device's fault.
  const bool blind = now - lastLook_ > 4 * kLookEvery || gate_->busy();
  if (calls != callsSeen_ || blind) lastCall_ = now;
  callsSeen_ = calls;
  lastLook_ = now;
  const auto silentFor = std::max(kSilentFor, 3 * bufferTime(settings_));
  if (device_->active() && now - lastCall_ < silentFor) return;

  HostSettings standIn = settings_;
  standIn.inputs = device_->inputs();
  standIn.outputs = device_->outputs();
  standIn.bufferFrames = device_->bufferFrames();
  standIn.loopback = false;
  setCounter(counters_, layout::kDeviceLost, 1);
  useVirtualClock(standIn);
  setProblem(
      "the audio device is lost: the desk goes on with its own clock and takes the device again when it is back");
  tearDown(std::move(device_), kTearDownLostWithin);
  nextAttempt_ = Clock::now();
}

void HostSwitch::reopenDevice() {
  nextAttempt_ = Clock::now() + kAttemptEvery;
  try {
    const uint32_t clock = ++lastClock_;
    useDevice(openDevice(clock), clock);
    lastLook_ = Clock::now();
  } catch (const HostError& error) {
    setProblem(error.what());
  }
}

void HostSwitch::setProblem(const std::string& problem) {
  const std::lock_guard lock(mutex_);
  problem_ = problem;
}

std::string HostSwitch::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace deskd
