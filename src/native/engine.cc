#include "engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "flush-denormals.h"
#include "hosts/counter.h"

namespace deskd {

namespace {

constexpr int kEventsPerQuantum = 1024;
constexpr Range kSwitch = {0, 1};
constexpr double kFadeInSeconds = 0.05, kFadeOutSeconds = 0.03;

void copyRow(float* to, const float* from, int frames) noexcept {
  std::memcpy(to, from, static_cast<size_t>(frames) * sizeof(float));
}

// Rows of a quantum each on cache lines of their own, as the graph wants them; a host's planes may lie anywhere.
std::vector<float*> alignedRows(std::vector<float>& samples, int count) {
  samples.assign(static_cast<size_t>(count * kQuantum) + 16, 0);
  float* first = samples.data() + (64 - reinterpret_cast<uintptr_t>(samples.data()) % 64) % 64 / sizeof(float);
  std::vector<float*> rows;
  for (int i = 0; i < count; i++) rows.push_back(first + i * kQuantum);
  return rows;
}

}  // namespace

Engine::Engine(Region region, const InstructionSet& set)
    : region_(region),
      set_(set),
      sampleRateHz_(region.word(layout::kSampleRateHz)),
      stripCount_(region.word(layout::kStripCount)),
      busCount_(region.word(layout::kBusCount)),
      outputCount_(region.word(layout::kOutputCount)),
      dcaCount_(region.word(layout::kDcaCount)),
      fxCount_(region.word(layout::kFxCount)),
      params_{static_cast<uint32_t>(stripCount_), static_cast<uint32_t>(busCount_), static_cast<uint32_t>(outputCount_),
              static_cast<uint32_t>(dcaCount_), static_cast<uint32_t>(fxCount_)},
      counters_(region.counters()),
      fixed_(params_) {
  if (params_.total() != static_cast<uint32_t>(region.word(layout::kParamCount)))
    throw std::runtime_error("the shared memory holds another number of parameters than this engine has");
  fixed_ = FixedValues(region.values(), params_);
  makeGraph();
  inputs_.resize(static_cast<size_t>(stripCount_));
  for (int n = 0; n < kInputFadeFrames; n++)
    switchFade_[n] = static_cast<float>(0.5 + 0.5 * std::cos(M_PI * (n + 0.5) / kInputFadeFrames));
  replayOfStrip_.assign(static_cast<size_t>(stripCount_), -1);
  sources_.assign(static_cast<size_t>(2 * stripCount_), nullptr);
  fadedRows_ = alignedRows(fadedSamples_, 2 * stripCount_);
  inCount_ = region.word(layout::kInputCount);
  outCount_ = outputCount_;
  inRows_ = alignedRows(inSamples_, inCount_);
  outRows_ = alignedRows(outSamples_, outCount_);
  frame_ = static_cast<int64_t>(readCounter(counters_, layout::kFrames)) / kQuantum * kQuantum;
  tracks_ = std::make_unique<TrackSet>();
  tracks_->trackOfStrip.assign(static_cast<size_t>(stripCount_), -1);
  loadValues();
}

Engine::~Engine() = default;

void Engine::makeGraph() {
  GraphSpec spec{stripCount_, region_.stereoFlags(), busCount_, outputCount_, sampleRateHz_, 0, dcaCount_};
  fixed_.into(spec);
  spec.fxCount = fxCount_;
  spec.inputCount = region_.word(layout::kInputCount);
  graph_.reset(set_.create(spec));
}

void Engine::loadValues() noexcept {
  for (uint32_t i = 0; i < params_.total(); i++) {
    const Range range = rangeOf(i);
    const float value = region_.values()[i];
    if (std::isnan(value)) continue;
    setValue(static_cast<int32_t>(i), std::clamp(value, range.min, range.max));
    graph_->setParam(i, region_.values()[i], true);
  }
  for (StripInput& input : inputs_) input.now = input.wanted, input.fade = 0;
}

Range Engine::rangeOf(uint32_t index) const noexcept {
  if (index >= params_.stripBase()) {
    const uint32_t at = (index - params_.stripBase()) % params_.stripStride();
    constexpr uint32_t sends = params::strip::send::base;
    if (at >= params_.stripDca()) return kSwitch;
    return at < sends ? stripRanges[at] : sendRanges[(at - sends) % params::strip::send::stride];
  }
  if (index >= params_.fxBase()) return fxRanges[(index - params_.fxBase()) % params_.fxStride()];
  if (index >= params_.busBase()) {
    const uint32_t at = (index - params_.busBase()) % params_.busStride();
    return at >= params_.busDca() ? kSwitch : busRanges[at];
  }
  if (index >= params_.outputBase()) return outputRanges[0];
  if (index >= params_.dcaBase()) return dcaRanges[(index - params_.dcaBase()) % params_.dcaStride()];
  if (index >= params_.muteGroupBase()) return muteGroupRanges[(index - params_.muteGroupBase()) % params_.muteGroupStride()];
  if (index >= ParamMap::sceneBase) return sceneRanges[index - ParamMap::sceneBase];
  if (index >= ParamMap::transportBase) return transportRanges[index - ParamMap::transportBase];
  if (index >= ParamMap::analyserBase) return analyserRanges[index - ParamMap::analyserBase];
  if (index >= ParamMap::talkbackBase) return talkbackRanges[index - ParamMap::talkbackBase];
  if (index >= ParamMap::oscillatorBase) return oscillatorRanges[index - ParamMap::oscillatorBase];
  if (index >= ParamMap::monitorBase) return monitorRanges[index - ParamMap::monitorBase];
  if (index >= ParamMap::masterBase) return masterRanges[index - ParamMap::masterBase];
  return deskRanges[index];
}

// --- control thread ---------------------------------------------------------------------------------------------------

void Engine::setTracks(std::unique_ptr<TrackSet> tracks, bool running) {
  if (!running) {
    tracks_ = std::move(tracks);
    transport_.changeTracks(tracks_->source.get(), *this);
    return;
  }
  tracksIn_.store(tracks.release());
  for (int i = 0; i < 2000; i++) {
    if (TrackSet* old = tracksOut_.exchange(nullptr)) {
      delete old;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (TrackSet* still = tracksIn_.exchange(nullptr)) {
    delete still;
    throw std::runtime_error("the engine's clock stands still: the tracks were not taken");
  }
}

void Engine::setReplay(std::unique_ptr<TrackSource> inputs, std::vector<ReplayInput> which) {
  replayTracks_ = std::move(inputs);
  for (const ReplayInput& r : which) replayOfStrip_[static_cast<size_t>(r.strip)] = r.track;
}

// --- audio thread -----------------------------------------------------------------------------------------------------

void Engine::log(int32_t target, double value) noexcept {
  if (!take_ || !take_->logs) return;
  take_->recorder->logEvent(frame_ - take_->startFrame.load(std::memory_order_relaxed), target, value);
}

void Engine::setValue(int32_t index, float value) noexcept {
  std::atomic_ref<float>(region_.values()[index]).store(value, std::memory_order_relaxed);
  const auto at = static_cast<uint32_t>(index);
  if (at >= params_.stripBase()) {
    const uint32_t offset = at - params_.stripBase();
    if (offset % params_.stripStride() == params::strip::input)
      inputs_[offset / params_.stripStride()].wanted = static_cast<int32_t>(value);
  } else if (at >= ParamMap::transportBase && at < ParamMap::transportBase + params::transport::loop::base + params::transport::loop::size) {
    namespace p = params::transport::loop;
    const float* values = region_.values() + ParamMap::transportBase + p::base;
    const Loop loop{values[p::on] != 0, std::llround(values[p::startS] * sampleRateHz_),
                    std::llround(values[p::endS] * sampleRateHz_)};
    if (replayEvents_) transport_.state().loop = loop;
    else transport_.setLoop(tracks_->source.get(), loop, *this);
  }
}

void Engine::apply(int32_t target, double value) noexcept {
  TrackSource* tracks = tracks_->source.get();
  if (std::isnan(value)) return;
  if (target >= 0 && static_cast<uint32_t>(target) < params_.total()) {
    const Range range = rangeOf(static_cast<uint32_t>(target));
    const float held = std::clamp(static_cast<float>(value), range.min, range.max);
    log(target, held);
    setValue(target, held);
    graph_->setParam(static_cast<uint32_t>(target), held, false);
    return;
  }
  switch (target - layout::kActionBase) {
    case layout::kPlay: return transport_.play(tracks);
    case layout::kStop: return transport_.stop(*this);
    case layout::kLocate:
      return transport_.locate(tracks, std::llround(std::clamp(value, 0.0, 86400 * sampleRateHz_)), *this);
    case layout::kResetMeters:
      log(target, 0);
      return graph_->resetMeters();
    case layout::kRoll: return replayEvents_ ? transport_.replayRoll(tracks, std::llround(value)) : void();
    case layout::kHalt: return replayEvents_ ? transport_.replayHalt(value != 0) : void();
  }
}

void Engine::takeEvents() noexcept {
  int applied = 0;
  if (replayEvents_) {
    const auto& events = *replayEvents_;
    for (; replayNext_ < events.size() && events[replayNext_].frame <= static_cast<double>(frame_); replayNext_++)
      apply(events[replayNext_].target, events[replayNext_].value);
    return;
  }
  for (; applied < kEventsPerQuantum; applied++) {
    const layout::Event* event = region_.front(frame_);
    if (!event) break;
    apply(event->target, event->value);
    region_.pop();
  }
  if (applied) addToCounter(counters_, layout::kEventsApplied, applied);
}

void Engine::fill(StateSnapshot& snapshot, const TransportState& transport) noexcept {
  std::memcpy(snapshot.core.data(), graph_->state(), snapshot.core.size());
  std::memcpy(snapshot.values.data(), region_.values(), snapshot.values.size() * sizeof(float));
  std::copy_n(inputs_.begin(), snapshot.inputs.size(), snapshot.inputs.begin());
  snapshot.transport = transport;
  for (int f = 0; f < fxCount_; f++) snapshot.fxFloats[static_cast<size_t>(f)] = static_cast<int64_t>(graph_->fxLinesInUse(f));
  graph_->keepFxLines(snapshot.fxLines.data());
  keeping_ = &snapshot;
  snapshot.frame.store(take_->masterFrames.load(std::memory_order_relaxed), std::memory_order_release);
}

void Engine::startTake(const TransportState& transport) noexcept {
  Take* take = takeIn_.load(std::memory_order_acquire);
  if (!take || !takeIn_.compare_exchange_strong(take, nullptr)) return;
  take_ = take;
  if (StateSnapshot* snapshot = take->snapshotWanted.exchange(nullptr)) fill(*snapshot, transport);
  take->startFrame.store(frame_, std::memory_order_release);
  setCounter(counters_, layout::kTakeStartFrame, static_cast<double>(frame_));
}

// A take that waits for its place on the timeline begins in the quantum that plays it; one that has begun ends where
// the timeline does not go on: a stop, a jump, a loop.
void Engine::punchIn(const TransportState& before, bool heard) noexcept {
  const int64_t position = before.clock.position();
  if (Take* take = take_) {
    if (!heard || position != take->nextPosition) take->stopAsked.store(true, std::memory_order_relaxed);
    take->nextPosition += kQuantum;
    return;
  }
  Take* take = takeIn_.load(std::memory_order_acquire);
  const int64_t skip = take->punch.inFrame - position;
  if (!heard || skip < 0 || skip >= std::min<int64_t>(kQuantum, before.clock.contiguous())) return;
  take->recorder->delayStart(skip);
  take->firstFrame.store(skip, std::memory_order_relaxed);
  take->lastFrame = skip + take->punch.outFrame - take->punch.inFrame;
  take->nextPosition = position + kQuantum;
  startTake(before);
  // It began to roll in this very quantum: the log was not there yet.
  if (before.phase == TransportState::kCueing) rolled(position);
}

const float* Engine::trackRow(int track, int channel, float* scratch) noexcept {
  const float* row = tracks_->source->plane(track, channel);
  const float* gains = transport_.gains();
  if (!gains) return row;
  for (int n = 0; n < kQuantum; n++) scratch[n] = row[n] * gains[n];
  return scratch;
}

void Engine::findSources(const float* const* inputs, int inputCount, bool heard) noexcept {
  for (int s = 0; s < stripCount_; s++) {
    const auto at = static_cast<size_t>(s);
    const float*& left = sources_[2 * at];
    const float*& right = sources_[2 * at + 1];
    left = right = nullptr;
    const bool stereo = stripIsStereo(s);
    if (const int recorded = replayOfStrip_[at]; recorded >= 0) {
      left = replayTracks_->plane(recorded, 0);
      if (stereo) right = replayTracks_->plane(recorded, replayTracks_->channelCount(recorded) - 1);
      continue;
    }
    if (inputs_[at].now == 1) {
      const int track = heard ? tracks_->trackOfStrip[at] : -1;
      if (track >= 0) {
        left = trackRow(track, 0, fadedRows_[2 * at]);
        if (stereo) right = trackRow(track, tracks_->source->channelCount(track) - 1, fadedRows_[2 * at + 1]);
      }
    } else if (inputs_[at].now >= 2) {
      const int channel = inputs_[at].now - 2;
      if (channel >= inCount_) fxRows(channel - inCount_, stereo, left, right, fadedRows_[2 * at]);
      else if (channel < inputCount) left = inputs[channel];
      if (stereo && channel + 1 < inputCount) right = inputs[channel + 1];
    }
    StripInput& input = inputs_[at];
    if (input.fade != 0 || input.now != input.wanted)
      fadeInput(input, left, right, fadedRows_[2 * at], fadedRows_[2 * at + 1]);
  }
}

// What an effect gave a quantum ago: both sides to a stereo strip, their mean to a mono one.
void Engine::fxRows(int fx, bool stereo, const float*& left, const float*& right, float* scratch) noexcept {
  if (fx >= fxCount_) return;
  left = graph_->fxOutput(fx, 0);
  right = graph_->fxOutput(fx, 1);
  if (stereo) return;
  for (int n = 0; n < kQuantum; n++) scratch[n] = 0.5f * (left[n] + right[n]);
  left = scratch;
  right = nullptr;
}

// One quantum of a change of input: down on the old one, up on the new one. A recorded source has been through it already.
void Engine::fadeInput(StripInput& input, const float*& left, const float*& right, float* scratchLeft,
                       float* scratchRight) noexcept {
  float gains[kQuantum];
  const bool down = input.fade >= 0;
  for (int n = 0; n < kQuantum; n++) gains[n] = down ? switchFade_[input.fade + n] : switchFade_[-input.fade - 1 - n];
  const auto apply = [&](const float*& row, float* scratch) {
    if (!row) return;
    for (int n = 0; n < kQuantum; n++) scratch[n] = row[n] * gains[n];
    row = scratch;
  };
  apply(left, scratchLeft);
  apply(right, scratchRight);
  input.fade += kQuantum;
  if (input.fade == kInputFadeFrames) {
    input.now = input.wanted;
    input.fade = -kInputFadeFrames;
  }
}

// The inputs go on for the round trip behind the master's end, so that all files end with the same moment.
void Engine::record() noexcept {
  Take& take = *take_;
  TakeRecorder& recorder = *take.recorder;
  int64_t masterFrames = take.masterFrames.load(std::memory_order_relaxed);
  const bool stopping = take.stopAsked.load(std::memory_order_acquire);
  const int frames = stopping ? 0 : static_cast<int>(std::min<int64_t>(kQuantum, take.lastFrame - masterFrames));
  masterFrames += frames;
  const int inputFrames =
      static_cast<int>(std::min<int64_t>(kQuantum, masterFrames + take.inputDelayFrames - take.inputFrames));
  int file = 0;
  const auto write = [&](const float* left, const float* right, int count) {
    const float* planes[2] = {left, right};
    if (count > 0) recorder.write(file, planes, count);
    file++;
  };
  write(graph_->master(0), graph_->master(1), frames);
  for (const int strip : take.strips)
    write(sources_[static_cast<size_t>(2 * strip)], sources_[static_cast<size_t>(2 * strip + 1)], inputFrames);
  for (const int bus : take.buses) write(graph_->bus(bus, 0), graph_->bus(bus, 1), frames);
  take.inputFrames += inputFrames;
  take.masterFrames.store(masterFrames, std::memory_order_release);
  setCounter(counters_, layout::kRecordedFrames,
             static_cast<double>(isRecording() ? std::max<int64_t>(0, masterFrames - take.firstFrame.load()) : 0));
  setCounter(counters_, layout::kRecorderOverruns, static_cast<double>(recorder.overruns()));
  setCounter(counters_, layout::kLogOverruns, static_cast<double>(recorder.eventOverruns()));
  const bool masterDone = stopping || masterFrames >= take.lastFrame;
  const bool inputsDone = take.strips.empty() || take.inputFrames >= masterFrames + take.inputDelayFrames;
  if ((masterDone && inputsDone) || recorder.failed()) {
    letGoOfSnapshot();
    take_ = nullptr;
    take.ended.store(true, std::memory_order_release);
  }
}

void Engine::quantum(const float* const* inputs, int inputCount, int deviceOutputs) noexcept {
  const Take* next = take_ ? nullptr : takeIn_.load(std::memory_order_acquire);
  if (next && !next->punch.on) startTake(transport_.state());
  if (take_)
    if (StateSnapshot* snapshot = take_->snapshotWanted.exchange(nullptr)) fill(*snapshot, transport_.state());
  if (TrackSet* tracks = tracksIn_.exchange(nullptr)) {
    TrackSet* old = tracks_.release();
    tracks_.reset(tracks);
    transport_.changeTracks(tracks_->source.get(), *this);
    tracksOut_.store(old);
  }
  takeEvents();
  const bool replay = replayEvents_ != nullptr;
  const TransportState before = transport_.state();
  const bool heard = transport_.advance(tracks_->source.get(), isRecording() || sink_, replay, *this, underruns_);
  if (take_ ? take_->punch.on : takeIn_.load(std::memory_order_relaxed) != nullptr) punchIn(before, heard);
  if (replayTracks_) replayTracks_->pull(kQuantum);
  findSources(inputs, inputCount, heard);
  graph_->process({sources_.data(), outRows_.data(), deviceOutputs, inputs, inputCount});
  if (keeping_ && graph_->fxLinesKept()) {
    keeping_->hasFxLines.store(true, std::memory_order_release);
    keeping_ = nullptr;
  }
  if (take_) record();
  if (sink_) {
    const float* master[2] = {graph_->master(0), graph_->master(1)};
    sink_->write(master, kQuantum);
  }
  frame_ += kQuantum;
}

void Engine::process(const float* const* inputs, int inputCount, float* const* outputs, int outputCount,
                     int frames) noexcept {
  const FlushDenormals guard;
  inputCount = std::min(inputCount, inCount_);
  const int copied = std::min(outputCount, outCount_);
  if (frames % kQuantum != 0) usesFifo_ = true;
  for (int done = 0; done < frames;) {
    if (!usesFifo_) {
      for (int c = 0; c < inputCount; c++) copyRow(inRows_[static_cast<size_t>(c)], inputs[c] + done, kQuantum);
      quantum(inRows_.data(), inputCount, outputCount);
      for (int c = 0; c < copied; c++) copyRow(outputs[c] + done, outRows_[static_cast<size_t>(c)], kQuantum);
      done += kQuantum;
      continue;
    }
    // One quantum of latency: what goes out was computed when the FIFO was last full.
    const int at = fifoFill_, n = std::min(kQuantum - at, frames - done);
    for (int c = 0; c < inputCount; c++) copyRow(inRows_[static_cast<size_t>(c)] + at, inputs[c] + done, n);
    for (int c = 0; c < copied; c++) copyRow(outputs[c] + done, outRows_[static_cast<size_t>(c)] + at, n);
    fifoFill_ += n;
    done += n;
    if (fifoFill_ < kQuantum) continue;
    fifoFill_ = 0;
    quantum(inRows_.data(), inputCount, outputCount);
  }
  for (int c = copied; c < outputCount; c++) std::memset(outputs[c], 0, static_cast<size_t>(frames) * sizeof(float));
  guardOutput(outputs, copied, frames);
  graph_->writeMeters(region_.meters());
  namespace mt = meters::transport;
  float* transportMeters = region_.meters() + MeterMap::transportBase;
  transportMeters[mt::playing] = transport_.playing();
  transportMeters[mt::recording] = isRecording();
  transportMeters[mt::positionS] = static_cast<float>(static_cast<double>(transport_.position()) / sampleRateHz_);
  setCounter(counters_, layout::kPlaying, transport_.playing());
  setCounter(counters_, layout::kPositionFrames, static_cast<double>(transport_.position()));
  setCounter(counters_, layout::kPlayerUnderruns, underruns_);
  setCounter(counters_, layout::kRecording, isRecording());
  setCounter(counters_, layout::kNonFinite, graph_->nonFinite());
  setCounter(counters_, layout::kGraphLatencyFrames, graph_->latencyFrames() + (usesFifo_ ? kQuantum : 0));
  setCounter(counters_, layout::kFrames, static_cast<double>(frame_));
}

bool Engine::fadeOut() noexcept {
  fadeOutWanted_.store(true);
  return silent_.load();
}

// Never a blast: the first block of a device is silent, then a fade in; a ceiling of 0 dBFS always; NaN never passes.
void Engine::guardOutput(float* const* outputs, int count, int frames) noexcept {
  if (deviceChanged_.exchange(false)) {
    deviceGain_ = 0;
    fadeOutWanted_.store(false);
    silent_.store(false);
    for (int c = 0; c < count; c++) std::memset(outputs[c], 0, static_cast<size_t>(frames) * sizeof(float));
    return;
  }
  const bool out = fadeOutWanted_.load();
  const double start = deviceGain_;
  const double step = out ? -1 / (kFadeOutSeconds * sampleRateHz_) : 1 / (kFadeInSeconds * sampleRateHz_);
  for (int c = 0; c < count; c++) {
    float* const x = outputs[c];
    double gain = start;
    for (int n = 0; n < frames && (out || gain < 1); n++) {
      gain = std::clamp(gain + step, 0.0, 1.0);
      x[n] = static_cast<float>(x[n] * gain);
    }
    for (int n = 0; n < frames; n++) {
      const float bounded = x[n] > 1 ? 1.0f : x[n] < -1 ? -1.0f : x[n];
      x[n] = bounded == bounded ? bounded : 0.0f;
    }
  }
  deviceGain_ = std::clamp(start + step * frames, 0.0, 1.0);
  if (out && deviceGain_ == 0) silent_.store(true);
}

}  // namespace deskd
