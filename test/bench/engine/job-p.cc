// Job P in memory: deskd with every instruction set, and the naive engine, in turns.
#include <cmath>
#include <functional>

#include "naive.h"
#include "rows.h"

namespace bench {
namespace {

constexpr int kStrips = 32;
constexpr int kChunkBlocks = 188;  // a quarter of a second

struct Engine {
  std::string name;
  // Runs 64 frames and gives the master's rows.
  std::function<std::pair<const float*, const float*>(long frame)> run;
  std::function<double()> integratedLufs;
  std::vector<double> nsPerBlock;
};

Engine engineOf(const deskd::InstructionSet& set, const Music& music) {
  auto desk = std::make_shared<Desk>(set, Job::P, kStrips);
  return {std::string("deskd ") + set.name,
          [desk, &music](long frame) {
            desk->processMusic(music, frame);
            return std::pair(desk->master(0), desk->master(1));
          },
          [desk] { return desk->graph().loudness().integratedLufs; },
          {}};
}

Engine engineOf(const char* name, std::shared_ptr<NaiveDesk> naive, const Music& music) {
  auto out = std::make_shared<std::vector<float>>(2 * kBlockFrames);
  return {name,
          [naive, out, &music](long frame) {
            const float* sources[kStrips];
            for (int s = 0; s < kStrips; s++) sources[s] = music.at(s, frame);
            float *left = out->data(), *right = left + kBlockFrames;
            naive->process(sources, left, right, kBlockFrames);
            return std::pair<const float*, const float*>(left, right);
          },
          [naive] { return naive->integratedLufs(); },
          {}};
}

// Root mean square of both channels, all in all and of every 100 ms, for comparing what comes out.
struct Levels {
  double all = 0;
  std::vector<double> windows;
};
Levels levelsOf(Engine& engine, int seconds) {
  constexpr int kWindowBlocks = 75;
  Levels levels;
  const int blocks = int(seconds * kSampleRateHz / kBlockFrames);
  double window = 0;
  for (int b = 0; b < blocks; b++) {
    const auto [left, right] = engine.run(long(b) * kBlockFrames);
    for (int n = 0; n < kBlockFrames; n++) window += double(left[n]) * left[n] + double(right[n]) * right[n];
    if (b % kWindowBlocks != kWindowBlocks - 1) continue;
    levels.all += window;
    levels.windows.push_back(window);
    window = 0;
  }
  return levels;
}

double differenceDb(double a, double b) { return 10 * std::log10(a / b); }

}  // namespace

void measureJobP(const Sets& sets, const Music& music, Effort effort) {
  std::vector<Engine> engines;
  for (const auto* set : sets) engines.push_back(engineOf(*set, music));
  const size_t naive = engines.size();
  engines.push_back(engineOf("naive f32, -O3 -march=native", tuned::naiveDeskF32(kStrips), music));
  engines.push_back(engineOf("naive f64, -O3 -march=native", tuned::naiveDeskF64(kStrips), music));
  engines.push_back(engineOf("naive f32, -O2", plain::naiveDeskF32(kStrips), music));
  engines.push_back(engineOf("naive f64, -O2", plain::naiveDeskF64(kStrips), music));

  // Do they do the same job? Level against the naive one in double, over 10 s and at the worst 100 ms of them.
  const Levels reference = levelsOf(engines.back(), 10);
  for (auto& engine : engines) {
    if (&engine == &engines.back()) break;
    const Levels levels = levelsOf(engine, 10);
    double worst = 0;
    for (size_t i = 0; i < levels.windows.size(); i++)
      worst = std::max(worst, std::abs(differenceDb(levels.windows[i], reference.windows[i])));
    printRow("level of job P, " + engine.name + " against naive f64",
             std::abs(differenceDb(levels.all, reference.all)), "dB", 0.3, false,
             text("worst 100 ms %.2f dB, %.2f and %.2f LUFS", worst, engine.integratedLufs(),
                  engines.back().integratedLufs()));
  }

  // Every chunk is other music, so that none finds it in the caches because of the one before.
  long frame = 0;
  const auto chunk = [&](Engine& engine) {
    for (int b = 0; b < kChunkBlocks; b++, frame += kBlockFrames) engine.run(frame);
  };
  for (int round = 0; round < effort.rounds(60); round++)
    for (auto& engine : engines) engine.nsPerBlock.push_back(cpuNs([&] { chunk(engine); }) / kChunkBlocks);

  for (auto& engine : engines) {
    const Spread ns = spreadOf(engine.nsPerBlock);
    printRow("job P, 32 strips, " + engine.name, ns.median / 1000, "µs/block", 0, false,
             text("%.2f ns a strip-sample, %.5f s a second of audio", ns.median / kBlockFrames / kStrips,
                  ns.median * 1e-9 * kSampleRateHz / kBlockFrames),
             ns.low / 1000, ns.high / 1000);
  }
  // Against the faster of float and double of each build; the bound is for both.
  for (size_t build = naive; build < engines.size(); build += 2) {
    const auto& f32 = engines[build].nsPerBlock;
    const auto& f64 = engines[build + 1].nsPerBlock;
    const size_t faster = spreadOf(f32).median < spreadOf(f64).median ? build : build + 1;
    for (size_t i = 0; i < sets.size(); i++) {
      const Spread ratio = ratioOf(engines[faster].nsPerBlock, engines[i].nsPerBlock);
      printRow("job P, " + engines[i].name + " against " + engines[faster].name, ratio.median, "×",
               i == 0 ? 13 : 0, true, "", ratio.low, ratio.high);
    }
  }
}

}  // namespace bench
