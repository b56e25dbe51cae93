// 64 strips with everything on, 64 frames: the time of single blocks against an empty spin, block by block in turns.
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "rows.h"

namespace bench {
namespace {

constexpr int kStrips = 64;
constexpr double kSpinNs = 3000;
constexpr long kRestNs = 60000;  // sleep between blocks, so that a real-time thread is not throttled

bool setScheduling(int policy) {
  sched_param param{};
  param.sched_priority = policy == SCHED_FIFO ? 70 : 0;
  return pthread_setschedparam(pthread_self(), policy, &param) == 0;
}

void rest() {
  const timespec time{0, kRestNs};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

struct Times {
  std::vector<double> block, spin, longSpin;  // longSpin: empty, and as long as the median block
};

Times measure(Desk& desk, const Music& music, int blocks, double blockNs) {
  Times times;
  times.block.reserve(size_t(blocks));
  times.spin.reserve(size_t(blocks));
  const auto runBlock = [&](int i) {
    const double before = nowNs(CLOCK_MONOTONIC);
    desk.processMusic(music, long(i) * kBlockFrames);
    times.block.push_back(nowNs(CLOCK_MONOTONIC) - before);
  };
  const auto spin = [](double ns, std::vector<double>& into) {
    const double before = nowNs(CLOCK_MONOTONIC);
    double now = before;
    while (now - before < ns) now = nowNs(CLOCK_MONOTONIC);
    into.push_back(now - before);
  };
  // Each comes first after a sleep as often as the other.
  for (int i = 0; i < blocks; i++) {
    rest();
    if (i % 2) spin(kSpinNs, times.spin), runBlock(i);
    else runBlock(i), spin(kSpinNs, times.spin);
    rest();
    spin(blockNs, times.longSpin);
  }
  return times;
}

double percent(double ns) { return ns / 1000 / kBudgetUs * 100; }

void print(const char* name, const char* policy, const Times& times, bool isBound) {
  const auto part = [&](const std::vector<double>& ns, double q) { return percent(quantile(ns, q)); };
  const std::string head = text("full strip ×64, %s, %s", name, policy);
  const double floor = part(times.spin, 0.999);
  printRow(head + ", p50", part(times.block, 0.5), "% budget", isBound ? 2 : 0, false,
           text("%zu blocks", times.block.size()));
  printRow(head + ", p99.9", part(times.block, 0.999), "% budget", isBound ? floor + 2 : 0, false,
           text("spin's p99.9 %.2f %% + 2", floor));
  printRow(head + ", p99.9 of an empty spin as long", part(times.longSpin, 0.999), "% budget", 0, false,
           "what the machine itself takes from a block of this length");
  printRow(head + ", p99.99", part(times.block, 0.9999), "% budget", 0, false,
           text("max %.1f %%; spin's p99.99 %.2f, max %.1f", part(times.block, 1), part(times.spin, 0.9999),
                part(times.spin, 1)));
}

}  // namespace

void measureFullStrip(const Sets& sets, const Music& music, Effort effort) {
  mlockall(MCL_CURRENT);
  prctl(PR_SET_TIMERSLACK, 1);
  for (const auto* set : sets) {
    Desk desk(*set, Job::Full, kStrips);
    std::vector<double> warmUp;
    for (int i = 0; i < 2000; i++) {
      const double before = nowNs(CLOCK_MONOTONIC);
      desk.processMusic(music, long(i) * kBlockFrames);
      warmUp.push_back(nowNs(CLOCK_MONOTONIC) - before);
    }
    const double blockNs = quantile(warmUp, 0.5);
    const int blocks = set == sets[0] && !effort.quick ? 100000 : 10000;
    // The bounds hold for the best set, in real time where that is allowed.
    const bool isRealTime = setScheduling(SCHED_FIFO), isBest = set == sets[0];
    if (isRealTime) print(set->name, "SCHED_FIFO", measure(desk, music, blocks, blockNs), isBest);
    else std::fprintf(stderr, "  no permission for SCHED_FIFO: measured without\n");
    setScheduling(SCHED_OTHER);
    if (isBest || !isRealTime) print(set->name, "SCHED_OTHER", measure(desk, music, blocks, blockNs), isBest && !isRealTime);
  }
  munlockall();
}

}  // namespace bench
