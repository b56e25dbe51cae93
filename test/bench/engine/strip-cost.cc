// What a strip costs on desks of 32 to 512 strips, master included, the desks in turns.
#include "rows.h"

namespace bench {
namespace {

constexpr int kSizes[] = {32, 64, 128, 256, 512};

void measure(const deskd::InstructionSet& set, Job job, const char* name, const Music& music, Effort effort) {
  std::vector<std::unique_ptr<Desk>> desks;
  for (int size : kSizes) desks.push_back(std::make_unique<Desk>(set, job, size));
  std::vector<std::vector<double>> ns(desks.size());  // a strip-sample
  for (int round = 0; round < effort.rounds(40) + 1; round++)
    for (size_t i = 0; i < desks.size(); i++) {
      const int blocks = 8192 / kSizes[i];
      const double taken = cpuNs([&] {
        for (int b = 0; b < blocks; b++) desks[i]->processMusic(music, (long(round) * blocks + b) * kBlockFrames);
      });
      if (round > 0) ns[i].push_back(taken / blocks / kBlockFrames / kSizes[i]);
    }
  std::string all;
  double least = 1e9, rise = 0;
  for (size_t i = 0; i < desks.size(); i++) {
    const double median = spreadOf(ns[i]).median;
    least = std::min(least, median);
    rise = std::max(rise, median / least - 1);
    all += text("%s%d: %.2f", i ? ", " : "", kSizes[i], median);
  }
  printRow(text("cost of a strip from 32 to 512, %s, %s", name, set.name), rise * 100, "% rise", 20, false,
           all + " ns a sample");
}

}  // namespace

void measureStripCost(const Sets& sets, const Music& music, Effort effort) {
  for (const auto* set : sets) {
    measure(*set, Job::P, "job P", music, effort);
    measure(*set, Job::Full, "full", music, effort);
  }
}

}  // namespace bench
