#include "render.h"

#include <sndfile.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "disk/audio-file.h"
#include "disk/offline-player.h"
#include "disk/streaming-player.h"

namespace deskd {

namespace {

// Gathers the master into larger pieces, without the graph's latency where that is asked for.
class FileSink final : public MasterSink {
 public:
  FileSink(WavWriter& file, int64_t skip, int64_t frames) : file_(file), skip_(skip), left_(frames), samples_(kPiece * 2) {}

  void write(const float* const* planes, int frames) noexcept override {
    const int first = static_cast<int>(std::min<int64_t>(skip_, frames));
    skip_ -= first;
    const int end = static_cast<int>(std::min<int64_t>(frames, first + left_));
    left_ -= end - first;
    for (int n = first; n < end;) {
      const int count = std::min(end - n, kPiece - held_);
      float* to = samples_.data() + 2 * held_;
      for (int i = 0; i < count; i++) to[2 * i] = planes[0][n + i], to[2 * i + 1] = planes[1][n + i];
      held_ += count, n += count;
      if (held_ == kPiece) flush();
    }
  }
  void flush() noexcept {
    if (held_ > 0) file_.write(samples_.data(), held_);
    held_ = 0;
  }
  bool done() const noexcept { return left_ == 0; }

 private:
  static constexpr int kPiece = 16384;
  WavWriter& file_;
  int64_t skip_, left_;
  std::vector<float> samples_;
  int held_ = 0;  // frames
};

// Recorded strip sources, with the lead-in that stands before them in a file of its own.
class RecordedInputs final : public TrackSource {
 public:
  RecordedInputs(const std::vector<TrackOnStrip>& inputs, const std::string& leadPath, int sampleRateHz) {
    if (!leadPath.empty()) readLead(leadPath);
    std::vector<std::string> paths;
    for (const TrackOnStrip& input : inputs) paths.push_back(input.path);
    rest_ = std::make_unique<OfflinePlayer>(paths, sampleRateHz);
    rest_->cue(0, {});
    planes_.resize(inputs.size());
  }

  int trackCount() const noexcept override { return rest_->trackCount(); }
  int channelCount(int track) const noexcept override { return rest_->channelCount(track); }
  int64_t lengthFrames() const noexcept override { return leadFrames_ + rest_->lengthFrames(); }
  void cue(int64_t, Loop) noexcept override {}
  bool ready() noexcept override { return true; }
  bool pull(int frames) noexcept override {
    const int first = static_cast<int>(std::clamp<int64_t>(leadFrames_ - at_, 0, frames)), rest = frames - first;
    if (rest > 0) rest_->pull(rest);
    int channel = 0;
    for (int t = 0; t < trackCount(); t++)
      for (int c = 0; c < channelCount(t); c++, channel++) {
        float* to = planes_[static_cast<size_t>(t)].samples[c];
        for (int n = 0; n < first; n++) to[n] = lead_[static_cast<size_t>((at_ + n) * leadChannels_ + channel)];
        if (rest > 0) std::copy_n(rest_->plane(t, c), rest, to + first);
      }
    at_ += frames;
    return true;
  }
  const float* plane(int track, int channel) const noexcept override {
    return planes_[static_cast<size_t>(track)].samples[channel];
  }

 private:
  // One file with a channel for every side of every input, a few milliseconds long.
  void readLead(const std::string& path) {
    SF_INFO info{};
    SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
    if (!file) throw std::runtime_error(path + ": the take's lead-in cannot be read");
    leadChannels_ = info.channels;
    leadFrames_ = info.frames;
    lead_.resize(static_cast<size_t>(info.frames * info.channels));
    sf_readf_float(file, lead_.data(), info.frames);
    sf_close(file);
  }

  std::unique_ptr<OfflinePlayer> rest_;
  std::vector<float> lead_;
  int leadChannels_ = 0;
  int64_t leadFrames_ = 0, at_ = 0;
  std::vector<TrackPlanes> planes_;
};

// The tracks of every strip that has any, and which strip has which.
struct StripTracks {
  std::vector<TrackFiles> tracks;
  std::vector<int> trackOfStrip;
};

StripTracks tracksByStrip(const std::vector<TrackOnStrip>& files, const Engine& engine) {
  StripTracks found;
  found.trackOfStrip.assign(static_cast<size_t>(engine.stripCount()), -1);
  const std::vector<int64_t> starts = songStarts(files);
  for (int song = 0; song + 1 < static_cast<int>(starts.size()); song++)
    for (const TrackOnStrip& file : files) {
      if (file.song != song) continue;
      if (file.strip < 0 || file.strip >= engine.stripCount())
        throw std::runtime_error(file.path + ": there is no strip " + std::to_string(file.strip + 1) + ", the desk has " +
                                 std::to_string(engine.stripCount()));
      int& track = found.trackOfStrip[static_cast<size_t>(file.strip)];
      if (track < 0) {
        track = static_cast<int>(found.tracks.size());
        found.tracks.emplace_back();
      }
      found.tracks[static_cast<size_t>(track)].push_back({file.path, starts[static_cast<size_t>(song)]});
    }
  return found;
}

}  // namespace

std::vector<int64_t> songStarts(const std::vector<TrackOnStrip>& tracks) {
  std::vector<int64_t> lengths;
  for (const TrackOnStrip& track : tracks) {
    if (track.song < 0 || track.song > 9999)
      throw std::runtime_error(track.path + ": expected a song from 0 to 9999, found " + std::to_string(track.song));
    const auto song = static_cast<size_t>(track.song);
    if (song >= lengths.size()) lengths.resize(song + 1);
    lengths[song] = std::max(lengths[song], AudioFile(track.path).info().frames);
  }
  std::vector<int64_t> starts = {0};
  for (const int64_t frames : lengths) starts.push_back(starts.back() + frames);
  return starts;
}

std::unique_ptr<TrackSet> streamTracks(const std::vector<TrackOnStrip>& tracks, const Engine& engine) {
  auto set = std::make_unique<TrackSet>();
  StripTracks found = tracksByStrip(tracks, engine);
  set->trackOfStrip = std::move(found.trackOfStrip);
  const int rate = static_cast<int>(engine.sampleRateHz());
  if (!tracks.empty()) set->source = std::make_unique<StreamingPlayer>(found.tracks, rate);
  return set;
}

void checkTracks(const std::vector<TrackOnStrip>& tracks, const Engine& engine) {
  std::string problems;
  for (const TrackOnStrip& track : tracks) {
    try {
      const AudioFile file(track.path);
      if (file.info().sampleRateHz != static_cast<int>(engine.sampleRateHz()))
        problems += track.path + ": expected " + std::to_string(static_cast<int>(engine.sampleRateHz())) + " Hz, found " +
                    std::to_string(file.info().sampleRateHz) + " Hz\n";
    } catch (const std::runtime_error& error) {
      problems += std::string(error.what()) + "\n";
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems.substr(0, problems.size() - 1));
  tracksByStrip(tracks, engine);
}

RenderReport render(Engine& engine, const std::vector<TrackOnStrip>& tracks, const RenderSpec& spec,
                    const std::function<void(int64_t)>& progress) {
  const auto started = std::chrono::steady_clock::now();
  const int rate = static_cast<int>(engine.sampleRateHz());
  auto set = std::make_unique<TrackSet>();
  StripTracks found = tracksByStrip(tracks, engine);
  set->trackOfStrip = std::move(found.trackOfStrip);
  if (!tracks.empty()) set->source = std::make_unique<OfflinePlayer>(found.tracks, rate);
  int64_t frames = spec.frames > 0 || spec.isTake ? spec.frames : set->source ? set->source->lengthFrames() : 0;
  OfflinePlayer* player = static_cast<OfflinePlayer*>(set->source.get());
  engine.setTracks(std::move(set), false);
  if (spec.isTake) {
    engine.setReplayEvents(&spec.events);
    if (!spec.inputs.empty()) {
      std::vector<ReplayInput> which;
      for (size_t i = 0; i < spec.inputs.size(); i++) which.push_back({spec.inputs[i].strip, static_cast<int>(i)});
      engine.setReplay(std::make_unique<RecordedInputs>(spec.inputs, spec.leadPath, rate), std::move(which));
    }
    if (!spec.statePath.empty()) engine.loadState(spec.statePath);
  } else {
    engine.playFromStart();
  }

  WavSpec wav;
  wav.sampleRateHz = rate;
  wav.format = spec.format;
  wav.dither = spec.dither;
  WavWriter file(spec.outPath, wav);
  FileSink sink(file, spec.skipFrames + (spec.trimLatency ? engine.graph().latencyFrames() : 0), frames);
  engine.setMasterSink(&sink);
  const int buffer = std::clamp(spec.bufferFrames, 1, 65536);
  std::vector<float> left(static_cast<size_t>(buffer)), right(static_cast<size_t>(buffer));
  float* outputs[2] = {left.data(), right.data()};
  int64_t done = 0, told = 0;
  while (!sink.done() && !file.failed()) {
    engine.process(nullptr, 0, outputs, 2, buffer);
    done += buffer;
    if (done - told >= rate) progress(told = std::min(done, frames));
  }
  engine.setMasterSink(nullptr);
  sink.flush();
  std::string problem = file.failed() ? file.error() : player && player->failed() ? player->error() : std::string();
  if (problem.empty() && !file.finish()) problem = file.error();
  if (!problem.empty()) {
    file.discard();
    throw std::runtime_error(problem);
  }
  RenderReport report;
  report.frames = file.framesWritten();
  report.loudness = engine.graph().loudness();
  report.renderSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace deskd
