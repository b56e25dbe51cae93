// Offline: tracks or a take through the engine into a file, as fast as the machine goes.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "disk/wav-writer.h"
#include "engine.h"

namespace deskd {

struct TrackOnStrip {
  std::string path;
  int strip = 0;
  int song = 0;  // songs play one behind the other, each as long as its longest track
};

struct RenderSpec {
  std::string outPath;
  WavFormat format = WavFormat::float32;
  Dither dither = Dither::standard;
  int bufferFrames = 256;
  int64_t frames = 0;  // 0: the length of the tracks
  bool trimLatency = true;
  int64_t skipFrames = 0;  // run before the file's first frame
  std::vector<layout::Event> events;
  bool isTake = false;
  std::vector<TrackOnStrip> inputs;
  std::string leadPath, statePath;
};

struct RenderReport {
  int64_t frames = 0;
  LoudnessReading loudness{};
  double renderSeconds = 0;
};

// Where on the timeline each song begins, and the last one's end. Throws std::runtime_error in words.
std::vector<int64_t> songStarts(const std::vector<TrackOnStrip>& tracks);
// Puts tracks on strips for live playing. Throws std::runtime_error in words.
std::unique_ptr<TrackSet> streamTracks(const std::vector<TrackOnStrip>& tracks, const Engine& engine);
// Checks that the files open and fit. Throws std::runtime_error in words.
void checkTracks(const std::vector<TrackOnStrip>& tracks, const Engine& engine);

// Runs the engine to the end. `progress` is called now and then with the frames done. Throws std::runtime_error in words.
RenderReport render(Engine& engine, const std::vector<TrackOnStrip>& tracks, const RenderSpec& spec,
                    const std::function<void(int64_t)>& progress);

}  // namespace deskd
