// Measures the master's dynamics of one instruction set: `dynamics-test SECTION`.
#include "../../src/native/flush-denormals.h"
#include "dynamics-crest.h"

#include <ctime>

template <class Stage>
static void timeOf(const char* what, const std::function<void(Stage&)>& set) {
  Bench<Stage> bench(48000);
  set(*bench.stage);
  const Stereo x = {noise(480000, 0.9, 31), noise(480000, 0.9, 32)};
  const std::clock_t begin = std::clock();
  bench.run(x);
  const double seconds = (double)(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("%-24s %6.1f ns a frame\n", what, seconds / 480000 * 1e9);
}
// Printed, for one who works on it.
static void cost() {
  for (int bands = 3; bands <= 6; bands++)
    timeOf<Multiband>(("multiband of " + std::to_string(bands)).c_str(), [=](Multiband& m) { setBands(m, bands, {}); });
  timeOf<Glue>("glue", [](Glue& g) { setGlue(g, -30, kRatio4, 6, 1, kAuto); });
  timeOf<DynamicEq>("dynamic EQ, 1 node", [](DynamicEq& e) { setNode(e, 0, {0, 900, 1, -40, -6, 3}); });
  timeOf<DynamicEq>("dynamic EQ, 6 nodes", [](DynamicEq& e) { for (int i = 0; i < 6; i++) setNode(e, i, {i % 3, 900.0 * (i + 1), 1, -40, -6, 3}); });
  timeOf<Crest>("crest", [](Crest& c) { setCrest(c, false, 6); });
  timeOf<LoudnessTarget>("loudness target", [](LoudnessTarget& t) { setTarget(t, {}); });
}

int main(int argc, char** argv) {
  const deskd::FlushDenormals flush;  // as on the audio thread
  const std::string section = argc > 1 ? argv[1] : "";
  const std::pair<const char*, void (*)()> sections[] = {
      {"crossover", crossover}, {"multiband", multiband}, {"paths", paths}, {"glue", glue},   {"times", times}, {"key", key},
      {"dyn-eq", dynEq},        {"de-esser", deEsser},    {"crest", crest}, {"target", target}, {"state", state}, {"cost", cost}};
  bool found = false;
  for (const auto& [name, run] : sections)
    if (section == name) found = true, run();
  CHECK(found, "no section '%s'", section.c_str());
  return failures ? 1 : 0;
}
