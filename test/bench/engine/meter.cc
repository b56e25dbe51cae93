// Loudness and true peak alone: deskd's kernel and libebur128 in turns. Built for this very machine. Argument: --quick.
#define DESKD_ISA bench_meter
#include "../../../src/processors/loudness/loudness.h"

#include <ebur128.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <memory>

#include "music.h"
#include "timing.h"

namespace bench {
namespace {

constexpr long kFrames = 480000;  // 10 s
constexpr unsigned kRate = unsigned(kSampleRateHz);

struct Stereo {
  alignas(64) float rows[2][kFrames];
  float interleaved[2 * kFrames];

  explicit Stereo(const std::function<float(int side, long frame)>& of) {
    for (long n = 0; n < kFrames; n++)
      for (int side = 0; side < 2; side++) interleaved[2 * n + side] = rows[side][n] = of(side, n);
  }
};

struct Reading {
  double integratedLufs, peakDb;
};

Reading ofDeskd(const Stereo& x) {
  static deskd::bench_meter::Loudness meter;
  meter.init(kSampleRateHz);
  for (long n = 0; n < kFrames; n += deskd::kQuantum) meter.process(x.rows[0] + n, x.rows[1] + n);
  return {meter.integrated(), 20 * std::log10(meter.truePeak())};
}

Reading ofLibebur128(const Stereo& x) {
  constexpr long kChunkFrames = 4800;  // large blocks suit it best
  const int modes = EBUR128_MODE_M | EBUR128_MODE_S | EBUR128_MODE_I | EBUR128_MODE_LRA | EBUR128_MODE_TRUE_PEAK;
  ebur128_state* state = ebur128_init(2, kRate, modes | EBUR128_MODE_HISTOGRAM);
  for (long n = 0; n < kFrames; n += kChunkFrames)
    ebur128_add_frames_float(state, x.interleaved + 2 * n, size_t(kChunkFrames));
  double lufs = 0, range = 0, left = 0, right = 0;
  ebur128_loudness_global(state, &lufs);
  ebur128_loudness_range(state, &range);
  ebur128_true_peak(state, 0, &left);
  ebur128_true_peak(state, 1, &right);
  ebur128_destroy(&state);
  return {lufs, 20 * std::log10(std::max(left, right))};
}

void measure(const char* name, const Stereo& x, int rounds) {
  std::vector<double> own, peer;
  Reading ours, theirs;
  for (int round = 0; round < rounds; round++) {
    own.push_back(cpuNs([&] { ours = ofDeskd(x); }) / kFrames);
    peer.push_back(cpuNs([&] { theirs = ofLibebur128(x); }) / kFrames);
  }
  const Spread ratio = ratioOf(peer, own);
  printRow(text("loudness and true peak, %s, against libebur128", name), ratio.median, "×", 0, true,
           text("%.1f against %.1f ns a stereo frame; %.2f and %.2f LUFS, %.2f and %.2f dBTP", spreadOf(own).median,
                spreadOf(peer).median, ours.integratedLufs, theirs.integratedLufs, ours.peakDb, theirs.peakDb),
           ratio.low, ratio.high);
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  using namespace bench;
  const int rounds = count > 1 && std::strcmp(arguments[1], "--quick") == 0 ? 5 : 20;
  const Music music;
  uint32_t seed = 1;
  // Noise has peaks everywhere, so that no quantum can be passed over when it is searched for true peaks.
  const auto noise = [&](int, long) {
    seed = seed * 1664525u + 1013904223u;
    return float((seed >> 8) / 8388608.0 - 1) * 0.5f;
  };
  const auto mix = [&](int side, long n) {
    float sum = 0;
    for (int s = side; s < kTrackCount; s += 2) sum += music.at(s, n - n % kBlockFrames)[n % kBlockFrames];
    return sum * 0.1f;
  };
  measure("music", *std::make_unique<Stereo>(mix), rounds);
  measure("noise", *std::make_unique<Stereo>(noise), rounds);
}
