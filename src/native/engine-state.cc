// The engine's state at a take's first frame, written to a file and read back by a replay.
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine.h"

namespace deskd {

namespace {

constexpr char kStateMagic[8] = {'d', 'e', 's', 'k', 'd', 's', 't', '3'};

template <class T>
void put(std::ofstream& file, const T& value) {
  file.write(reinterpret_cast<const char*>(&value), sizeof value);
}
template <class T>
void get(std::ifstream& file, T& value) {
  file.read(reinterpret_cast<char*>(&value), sizeof value);
}

}  // namespace

std::unique_ptr<StateSnapshot> Engine::emptySnapshot() const {
  auto snapshot = std::make_unique<StateSnapshot>();
  snapshot->core.resize(graph_->coreBytes());
  snapshot->values.resize(params_.total());
  snapshot->inputs.resize(inputs_.size());
  snapshot->fxFloats.resize(static_cast<size_t>(fxCount_));
  snapshot->fxLines.resize(static_cast<size_t>(fxCount_) * graph_->fxLineFloats());
  return snapshot;
}

void Engine::copyRings(StateSnapshot& snapshot) {
  for (int lane = 0; lane < graph_->laneCount(); lane++)
    if (const float* ring = graph_->ring(lane); graph_->ringInUse(lane))
      snapshot.rings.emplace_back(lane, std::vector<float>(ring, ring + graph_->ringFrames()));
  snapshot.hasRings = true;
}

void Engine::settleFxLines(StateSnapshot& snapshot) const {
  for (size_t f = 0; f < snapshot.fxFloats.size(); f++) {
    const float* lines = snapshot.fxLines.data() + f * graph_->fxLineFloats();
    snapshot.fxKept.emplace_back(lines, lines + snapshot.fxFloats[f]);
  }
  snapshot.fxLines = {};
}

void Engine::saveState(const StateSnapshot& snapshot, const std::string& path) const {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(kStateMagic, sizeof kStateMagic);
  char name[16] = {};
  std::strncpy(name, set_.name, sizeof name - 1);
  file.write(name, sizeof name);
  put(file, static_cast<int64_t>(snapshot.core.size()));
  put(file, static_cast<int64_t>(snapshot.values.size()));
  put(file, static_cast<int64_t>(graph_->ringFrames()));
  put(file, static_cast<int64_t>(snapshot.rings.size()));
  put(file, snapshot.transport);
  FixedValues(fixed_).forEach([&](auto value) { put(file, value); });
  for (const StripInput& input : snapshot.inputs) put(file, input);
  file.write(reinterpret_cast<const char*>(snapshot.values.data()),
             static_cast<std::streamsize>(snapshot.values.size() * sizeof(float)));
  file.write(snapshot.core.data(), static_cast<std::streamsize>(snapshot.core.size()));
  for (const auto& [lane, ring] : snapshot.rings) {
    put(file, lane);
    file.write(reinterpret_cast<const char*>(ring.data()), static_cast<std::streamsize>(ring.size() * sizeof(float)));
  }
  for (const std::vector<float>& lines : snapshot.fxKept) {
    put(file, static_cast<int64_t>(lines.size()));
    file.write(reinterpret_cast<const char*>(lines.data()), static_cast<std::streamsize>(lines.size() * sizeof(float)));
  }
  file.flush();
  if (!file) throw std::runtime_error(path + ": the engine's state could not be written");
}

bool Engine::loadState(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": the engine's state of this take is missing");
  char magic[8], name[16];
  int64_t coreBytes = 0, values = 0, ringFrames = 0, rings = 0;
  TransportState transport;
  file.read(magic, sizeof magic);
  file.read(name, sizeof name);
  get(file, coreBytes);
  get(file, values);
  get(file, ringFrames);
  get(file, rings);
  get(file, transport);
  std::vector<StripInput> inputs(inputs_.size());
  if (!file || std::memcmp(magic, kStateMagic, sizeof magic) != 0)
    throw std::runtime_error(path + ": this is no engine state, or it is cut short");
  if (values != params_.total())
    throw std::runtime_error(path + ": the state is of another desk (other strips or buses)");
  // The desk may have been given other look-aheads since that engine started: they were kept, not heard.
  FixedValues fixed(params_);
  fixed.forEach([&](auto& value) { get(file, value); });
  for (StripInput& input : inputs) get(file, input);
  if (!file) throw std::runtime_error(path + ": the state is cut short");
  if (fixed != fixed_) {
    fixed_ = fixed;
    makeGraph();
    loadValues();
  }
  if (std::strncmp(name, set_.name, sizeof name) != 0) return false;
  if (coreBytes != static_cast<int64_t>(graph_->coreBytes()) ||
      ringFrames != static_cast<int64_t>(graph_->ringFrames()) || rings < 0 || rings > graph_->laneCount())
    throw std::runtime_error(path + ": the state is of another build of the engine, or of another sample rate");
  file.read(reinterpret_cast<char*>(region_.values()), static_cast<std::streamsize>(values) * 4);
  loadValues();
  inputs_ = inputs;
  file.read(graph_->state(), coreBytes);
  for (int64_t i = 0; i < rings; i++) {
    int32_t lane = 0;
    get(file, lane);
    if (lane < 0 || lane >= graph_->laneCount()) throw std::runtime_error(path + ": the state is damaged");
    file.read(reinterpret_cast<char*>(graph_->ring(lane)), static_cast<std::streamsize>(ringFrames) * 4);
  }
  for (int f = 0; f < fxCount_; f++) {
    int64_t floats = 0;
    get(file, floats);
    if (!file || floats < 0 || floats > static_cast<int64_t>(graph_->fxLineFloats()))
      throw std::runtime_error(path + ": the state is damaged");
    file.read(reinterpret_cast<char*>(graph_->fxLines(f)), static_cast<std::streamsize>(floats) * 4);
  }
  if (!file) throw std::runtime_error(path + ": the state is cut short");
  // Tracks go on where they were: the same frames come next.
  const int64_t position = transport.clock.position();
  // What was waiting for its tracks waits for the log to say when they were there.
  if (transport.phase == TransportState::kCueing) transport.phase = TransportState::kStopped;
  transport_.state() = transport;
  if (tracks_->source) tracks_->source->cue(position, transport.loop);
  return true;
}

}  // namespace deskd
