// Measures the limiter, the true-peak and the loudness kernels of one instruction set: `master-test SECTION [FILE]`.
#include "../../src/native/flush-denormals.h"
#include "master-crossover.h"
#include "master-limiter-sides.h"
#include "master-loudness.h"
#include "master-nonlinear.h"

// Output and readings for a comparison between instruction sets.
static void dump(const char* file) {
  Stereo x = pseudoMusic(48000, 8);
  scaleToPeak(x, 6);
  auto limiter = newLimiter(48000, 1.5);
  const Stereo y = limited(*limiter, x, [](size_t n) { return LimiterSettings{n < 300000, n < 150000 ? -1.0 : -3.0, 50}; });
  const Stereo z = limited(*limiter, x, [](size_t n) { return LimiterSettings{true, -1, 50, n > 100000, 0, .5, .3}; });
  const Reading r = measure(48000, y);
  std::FILE* out = std::fopen(file, "wb");
  CHECK(out, "cannot write %s", file);
  if (!out) return;
  const double readings[4] = {r.meter->integrated(), r.maxS, r.meter->loudnessRange(), decibels(r.meter->truePeak())};
  std::fwrite(readings, sizeof readings, 1, out);
  for (const Samples* side : {&y.l, &y.r, &z.l, &z.r}) std::fwrite(side->data(), 4, side->size(), out);
  std::fclose(out);
}

int main(int argc, char** argv) {
  const deskd::FlushDenormals flush;  // as on the audio thread
  const std::string section = argc > 1 ? argv[1] : "";
  const std::pair<const char*, void (*)()> sections[] = {
      {"weighting", weighting}, {"loudness", loudness}, {"range", range},         {"true-peaks", truePeaks},
      {"gating", gating},       {"behaviour", behaviour}, {"libebur128", libebur128}, {"ceiling", ceiling},
      {"null", null},           {"switching", switching}, {"release", release},   {"look-ahead", lookahead},
      {"links", links},         {"automatic", automatic}, {"input-gain", inputGain},
      {"oversampling", nonlinear::oversampling}, {"aliasing", nonlinear::aliasing}, {"saturation", nonlinear::saturation},
      {"clipping", nonlinear::clipping},
      {"state", state},         {"crossover", crossover}};
  bool found = section == "dump" && argc > 2;
  if (found) dump(argv[2]);
  for (const auto& [name, run] : sections)
    if (section == name) found = true, run();
  CHECK(found, "no section '%s'", section.c_str());
  return failures ? 1 : 0;
}
