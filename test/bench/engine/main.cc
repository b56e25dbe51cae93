// Runs the rows that are measured in memory; one JSON object a line. Arguments: rows by name (all without), --quick.
#include <cstring>
#include <functional>
#include <map>
#include <string>

#include "rows.h"

int main(int count, char** arguments) {
  using namespace bench;
  Effort effort{false};
  std::vector<std::string> wanted;
  for (int i = 1; i < count; i++) {
    if (std::strcmp(arguments[i], "--quick") == 0) effort.quick = true;
    else wanted.emplace_back(arguments[i]);
  }
  Sets sets;
  for (const deskd::InstructionSet* set = deskd::kInstructionSets; set->name; set++)
    if (set->supported()) sets.push_back(set);
  const Music music;
  const std::pair<const char*, std::function<void()>> rows[] = {
      {"job-p", [&] { measureJobP(sets, music, effort); }},
      {"full-strip", [&] { measureFullStrip(sets, music, effort); }},
      {"strip-cost", [&] { measureStripCost(sets, music, effort); }},
      {"moving", [&] { measureMoving(sets, music, effort); }},
      {"silence", [&] { measureSilence(sets, music, effort); }},
      {"analyser", [&] { measureAnalyser(sets, music, effort); }},
      {"precision", [&] { measurePrecision(sets); }},
  };
  for (const auto& [name, measure] : rows) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), name) == wanted.end()) continue;
    std::fprintf(stderr, "%s\n", name);
    measure();
  }
}
