// Loops and silence are made here, once, so that the live and the offline player cannot differ.
#include "track-stream.h"

#include <algorithm>
#include <stdexcept>

namespace deskd {

TrackStream::TrackStream(const std::string& path, int64_t blockFrames)
    : file_(path), endFrame_(file_.info().frames), blockFrames_(blockFrames) {
  block_.resize(static_cast<size_t>(blockFrames * file_.info().channels));
}

void TrackStream::read(float* interleaved, int64_t frames) noexcept {
  const int channels = file_.info().channels;
  while (frames > 0) {
    const int64_t at = position_.position();
    int64_t count = std::min(frames, position_.contiguous());
    if (at < endFrame_) {
      if (at < blockStart_ || at >= blockEnd_) load(at);
      count = std::min(count, blockEnd_ - at);
      std::copy_n(block_.data() + (at - blockStart_) * channels, count * channels, interleaved);
    } else {
      std::fill_n(interleaved, count * channels, 0.0f);
    }
    position_.advance(count);
    interleaved += count * channels;
    frames -= count;
  }
}

// Brings the block at `frame` into memory; a failed read moves the end of the audio to where it failed.
void TrackStream::load(int64_t frame) noexcept {
  const int64_t wanted = std::min(blockFrames_, endFrame_ - frame);
  int64_t count = 0;
  if (frame == fileFrame_ || file_.seek(frame)) count = file_.read(block_.data(), wanted);
  blockStart_ = frame;
  blockEnd_ = frame + count;
  fileFrame_ = blockEnd_;
  if (count == wanted) return;
  endFrame_ = blockEnd_;
  fileFrame_ = -1;
  if (!error_.empty()) return;
  const std::string reason = file_.errorText();
  error_ = file_.path() + ": silent from frame " + std::to_string(endFrame_) + " of " + std::to_string(info().frames) +
           " on, the file cannot be read there" + (reason.empty() ? "" : " (" + reason + ")");
}

std::vector<std::unique_ptr<TrackStream>> openTracks(const std::vector<std::string>& paths, int sampleRateHz,
                                                     int64_t blockFrames) {
  std::vector<std::unique_ptr<TrackStream>> streams;
  std::string problems;
  for (const std::string& path : paths) {
    try {
      streams.push_back(std::make_unique<TrackStream>(path, blockFrames));
      const int foundHz = streams.back()->info().sampleRateHz;
      if (foundHz != sampleRateHz)
        throw std::runtime_error(path + ": expected " + std::to_string(sampleRateHz) + " Hz, found " +
                                 std::to_string(foundHz) + " Hz; conform the file first");
    } catch (const std::runtime_error& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
  return streams;
}

}  // namespace deskd
