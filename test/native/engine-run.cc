// Runs an engine by itself on planes of card inputs, whatever the machine: `engine-run REGION FRAMES BUFFER INPUTS MASTER`.
// REGION: the shared memory's bytes, events in its ring. INPUTS: 32-bit float planes. MASTER: the master's two planes.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "../../src/native/engine.h"

using namespace deskd;

namespace {

std::vector<char> bytesOf(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class Planes final : public MasterSink {
 public:
  void write(const float* const* planes, int frames) noexcept override {
    for (int c = 0; c < 2; c++) side[c].insert(side[c].end(), planes[c], planes[c] + frames);
  }
  std::vector<float> side[2];
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return std::fprintf(stderr, "expected REGION FRAMES BUFFER INPUTS MASTER\n"), 2;
  std::vector<char> bytes = bytesOf(arguments[1]);
  Region region;
  const std::string problem = region.attach(bytes.data(), bytes.size());
  if (!problem.empty()) return std::fprintf(stderr, "%s\n", problem.c_str()), 2;
  const size_t frames = std::strtoul(arguments[2], nullptr, 10), buffer = std::strtoul(arguments[3], nullptr, 10);
  const std::vector<char> input = bytesOf(arguments[4]);
  const auto* samples = reinterpret_cast<const float*>(input.data());
  const auto inputs = static_cast<size_t>(region.word(layout::kInputCount));
  const auto outputs = static_cast<size_t>(region.word(layout::kOutputCount));
  if (input.size() != inputs * frames * sizeof(float)) return std::fprintf(stderr, "expected %zu planes\n", inputs), 2;

  const InstructionSet* set = kInstructionSets;
  while (!set->supported()) set++;
  Engine engine(region, *set);
  Planes master;
  engine.setMasterSink(&master);
  std::vector<std::vector<float>> out(outputs, std::vector<float>(frames));
  std::vector<const float*> inRows(inputs);
  std::vector<float*> outRows(outputs);
  for (size_t at = 0; at < frames; at += buffer) {
    for (size_t c = 0; c < inputs; c++) inRows[c] = samples + c * frames + at;
    for (size_t c = 0; c < outputs; c++) outRows[c] = out[c].data() + at;
    engine.process(inRows.data(), static_cast<int>(inputs), outRows.data(), static_cast<int>(outputs),
                   static_cast<int>(std::min(buffer, frames - at)));
  }
  std::ofstream file(arguments[5], std::ios::binary);
  for (const auto& plane : master.side)
    file.write(reinterpret_cast<const char*>(plane.data()), static_cast<std::streamsize>(plane.size() * sizeof(float)));
  std::printf("{\"isa\": \"%s\", \"latencyFrames\": %d, \"masterFrames\": %zu}\n", set->name, engine.graph().latencyFrames(),
              master.side[0].size());
}
