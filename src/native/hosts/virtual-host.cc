#include "virtual-host.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "counter.h"

namespace deskd {

namespace {

constexpr int64_t kNsPerSecond = 1'000'000'000;

// Exact for any count of frames: no rounding adds up.
int64_t nsOfFrames(int64_t frames, int64_t rateHz) noexcept {
  return frames / rateHz * kNsPerSecond + frames % rateHz * kNsPerSecond / rateHz;
}

void sleepUntil(int64_t dueNs) noexcept {
  const timespec due{static_cast<time_t>(dueNs / kNsPerSecond), static_cast<long>(dueNs % kNsPerSecond)};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, nullptr) == EINTR) {
  }
}

}  // namespace

VirtualHost::VirtualHost(const HostSettings& settings, double* counters, std::unique_ptr<BlockRunner> runner)
    : settings_(settings),
      bufferNs_(nsOfFrames(settings.bufferFrames, settings.sampleRateHz)),
      counters_(counters),
      runner_(std::move(runner)),
      samples_(size_t(settings.bufferFrames) * (2 * size_t(settings.outputs) + 1)) {
  for (int side = 0; side < 2; side++) outputs_[side] = outputPlanes(side);
  for (int side = 0; side < 2; side++) inputs_[side] = inputPlanes(outputs_[1 - side]);
  thread_ = std::thread([this] { run(); });
}

VirtualHost::~VirtualHost() {
  running_ = false;
  thread_.join();
}

// One plane of silence stands first, then the outputs of either side.
VirtualHost::Planes VirtualHost::outputPlanes(int side) {
  Planes planes;
  for (int channel = 0; channel < settings_.outputs; channel++)
    planes.push_back(samples_.data() + size_t(settings_.bufferFrames) * size_t(1 + side * settings_.outputs + channel));
  return planes;
}

VirtualHost::Planes VirtualHost::inputPlanes(Planes& outputsBefore) {
  Planes planes(size_t(settings_.inputs), samples_.data());
  if (settings_.loopback)
    std::copy_n(outputsBefore.begin(), std::min(planes.size(), outputsBefore.size()), planes.begin());
  return planes;
}

// [audio thread]
bool VirtualHost::countLateness(int64_t lateNs) noexcept {
  raiseCounter(counters_, layout::kWorstLatenessMs, static_cast<double>(lateNs) * 1e-6);
  const bool late = lateNs > bufferNs_;
  if (late) addToCounter(counters_, layout::kLateBlocks, 1);
  return late;
}

// [audio thread]
void VirtualHost::run() noexcept {
  runner_->threadIs(raiseThisThread("deskd-clock"));
  const int64_t startNs = monotonicNs();
  for (int64_t block = 0; running_.load(); block++) {
    const int64_t dueNs = startNs + nsOfFrames(block * settings_.bufferFrames, settings_.sampleRateHz);
    sleepUntil(dueNs);
    const bool late = countLateness(monotonicNs() - dueNs);
    const int side = static_cast<int>(block & 1);
    runner_->run(inputs_[side].data(), settings_.inputs, outputs_[side].data(), settings_.outputs,
                 settings_.bufferFrames, late ? 1 : 0);
  }
}

}  // namespace deskd
