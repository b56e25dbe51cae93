// Runs engines by themselves on planes of card inputs, whatever the machine. A job is words NAME=VALUE: the program's arguments,
// or, without any, a line of stdin each; a line of JSON comes back for it.
//   region=FILE   the shared memory's bytes, events in its ring
//   inputs=FILE   32-bit float planes of all card inputs; the first frames=N of each are taken; buffer=N of the host
//   master=FILE   where the master's two planes go; outputs=FILE: those of the device outputs
//   isa=NAME      of the machine's best unless said
//   save=FILE     the state at saveFrame=N (a multiple of the buffer), as a take keeps it
//   load=FILE     begins with that state; inputs and events are those from its frame on, frame=N
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../src/native/engine.h"
#include "../../src/native/hosts/counter.h"

using namespace deskd;

namespace {

using Job = std::map<std::string, std::string>;
using Planes = std::vector<std::vector<float>>;

std::vector<char> bytesOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::vector<char> bytes(file ? static_cast<size_t>(file.tellg()) : 0);
  file.seekg(0);
  if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) throw std::runtime_error(path + " cannot be read");
  return bytes;
}

void write(const std::string& path, const Planes& planes) {
  std::ofstream file(path, std::ios::binary);
  for (const auto& plane : planes)
    file.write(reinterpret_cast<const char*>(plane.data()), static_cast<std::streamsize>(plane.size() * sizeof(float)));
}

class Master final : public MasterSink {
 public:
  void write(const float* const* planes, int frames) noexcept override {
    for (size_t c = 0; c < 2; c++) side[c].insert(side[c].end(), planes[c], planes[c] + frames);
  }
  Planes side{2};
};

// A take that keeps nothing but the state it began with.
class StateTake {
 public:
  explicit StateTake(Engine& engine) : engine_(engine), snapshot_(engine.emptySnapshot()) {
    const std::vector<RecorderChannels> master = {{2, false}};
    take_.recorder = std::make_unique<TakeRecorder>(master, static_cast<int>(engine.sampleRateHz()), 1);
    take_.snapshotWanted.store(snapshot_.get());
    engine.beginTake(&take_);
  }
  ~StateTake() { engine_.dropTake(); }
  // Behind every block from the one in which it began; gives true once the state is in its file. Lines of effects are copied
  // bit by bit.
  bool save(const std::string& path) {
    if (!snapshot_->hasRings) engine_.copyRings(*snapshot_);
    if (!snapshot_->hasFxLines.load()) return false;
    engine_.settleFxLines(*snapshot_);
    engine_.saveState(*snapshot_, path);
    return true;
  }

 private:
  Engine& engine_;
  std::unique_ptr<StateSnapshot> snapshot_;
  Take take_;
};

const InstructionSet& setNamed(const std::string& name) {
  for (const InstructionSet* set = kInstructionSets; set->name; set++)
    if (name.empty() ? set->supported() : name == set->name) return *set;
  throw std::runtime_error("no instruction set " + name);
}

void run(Job& job) {
  std::vector<char> bytes = bytesOf(job["region"]);
  Region region;
  const std::string problem = region.attach(bytes.data(), bytes.size());
  if (!problem.empty()) throw std::runtime_error(problem);
  const size_t frames = std::stoul(job["frames"]), buffer = std::stoul(job["buffer"]);
  const std::vector<char> input = bytesOf(job["inputs"]);
  const auto* samples = reinterpret_cast<const float*>(input.data());
  const auto inputs = static_cast<size_t>(region.word(layout::kInputCount));
  const auto outputs = static_cast<size_t>(region.word(layout::kOutputCount));
  const size_t planeFrames = inputs ? input.size() / sizeof(float) / inputs : 0;
  if (input.size() != inputs * planeFrames * sizeof(float) || (inputs && planeFrames < frames))
    throw std::runtime_error("expected a plane for every card input");
  if (job.count("frame")) setCounter(region.counters(), layout::kFrames, std::stod(job["frame"]));

  const InstructionSet& set = setNamed(job["isa"]);
  Engine engine(region, set);
  if (job.count("load") && !engine.loadState(job["load"])) throw std::runtime_error("the state is of another instruction set");
  Master master;
  engine.setMasterSink(&master);
  Planes out(outputs, std::vector<float>(frames));
  std::vector<const float*> inRows(inputs);
  std::vector<float*> outRows(outputs);
  std::unique_ptr<StateTake> take;
  const size_t saveFrame = job.count("save") ? std::stoul(job["saveFrame"]) : frames;
  for (size_t at = 0; at < frames; at += buffer) {
    for (size_t c = 0; c < inputs; c++) inRows[c] = samples + c * planeFrames + at;
    for (size_t c = 0; c < outputs; c++) outRows[c] = out[c].data() + at;
    if (at == saveFrame) take = std::make_unique<StateTake>(engine);
    engine.process(inRows.data(), static_cast<int>(inputs), outRows.data(), static_cast<int>(outputs),
                   static_cast<int>(std::min(buffer, frames - at)));
    if (take && take->save(job["save"])) take.reset();
  }
  if (take) throw std::runtime_error("too few frames for the state to be kept");
  write(job["master"], master.side);
  if (job.count("outputs")) write(job["outputs"], out);
  std::printf("{\"isa\": \"%s\", \"latencyFrames\": %d, \"masterFrames\": %zu, \"nonFinite\": %.0f}\n", set.name,
              engine.graph().latencyFrames(), master.side[0].size(), engine.graph().nonFinite());
}

Job jobOf(std::istream& words) {
  Job job;
  for (std::string word; words >> word;) {
    const size_t at = word.find('=');
    if (at == std::string::npos) throw std::runtime_error("expected NAME=VALUE, found " + word);
    job[word.substr(0, at)] = word.substr(at + 1);
  }
  return job;
}

}  // namespace

int main(int count, char** arguments) try {
  if (count > 1) {
    std::stringstream words;
    for (int i = 1; i < count; i++) words << arguments[i] << ' ';
    Job job = jobOf(words);
    run(job);
    return 0;
  }
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    Job job = jobOf(words);
    run(job);
    std::fflush(stdout);
  }
} catch (const std::exception& error) {
  std::fprintf(stderr, "engine-run: %s\n", error.what());
  return 2;
}
