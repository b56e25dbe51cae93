// Loops, joins and silence are made here, once, so that the live and the offline player cannot differ.
#include "track-stream.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace deskd {

std::vector<TrackFiles> eachAlone(const std::vector<std::string>& paths) {
  std::vector<TrackFiles> tracks;
  for (const std::string& path : paths) tracks.push_back({{path, 0}});
  return tracks;
}

TrackStream::TrackStream(const TrackFiles& files, int sampleRateHz, int64_t blockFrames) : blockFrames_(blockFrames) {
  std::string problems;
  for (const TrackFile& file : files) {
    try {
      const AudioFile opened(file.path);
      if (const int foundHz = opened.info().sampleRateHz; foundHz != sampleRateHz)
        throw std::runtime_error(file.path + ": expected " + std::to_string(sampleRateHz) + " Hz, found " +
                                 std::to_string(foundHz) + " Hz; conform the file first");
      const int64_t frames = opened.info().frames;
      parts_.push_back({file.path, file.startFrame, frames, file.startFrame + frames});
      channels_ = std::max(channels_, opened.info().channels);
    } catch (const std::runtime_error& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
  block_.resize(static_cast<size_t>(blockFrames * channels_));
}

// The part that this frame lies in or, where there is none, before.
TrackStream::Part* TrackStream::partAt(int64_t frame) noexcept {
  for (Part& part : parts_)
    if (frame < part.endFrame) return &part;
  return nullptr;
}

void TrackStream::read(float* interleaved, int64_t frames) noexcept {
  while (frames > 0) {
    const int64_t at = position_.position();
    int64_t count = std::min(frames, position_.contiguous());
    const bool isHeld = at >= blockStart_ && at < blockEnd_;
    Part* part = isHeld ? nullptr : partAt(at);
    if (part != nullptr && at >= part->startFrame) {
      const int64_t wanted = std::min(blockFrames_, part->endFrame - at);
      if (wanted > count) {
        blockStart_ = at;
        blockEnd_ = at + fetch(*part, at, wanted, block_.data());
        continue;
      }
      // What fits goes straight to where it is wanted.
      count = fetch(*part, at, wanted, interleaved);
    } else if (isHeld) {
      count = std::min(count, blockEnd_ - at);
      std::copy_n(block_.data() + (at - blockStart_) * channels_, count * channels_, interleaved);
    } else {
      if (part != nullptr) count = std::min(count, part->startFrame - at);
      std::fill_n(interleaved, count * channels_, 0.0f);
    }
    position_.advance(count);
    interleaved += count * channels_;
    frames -= count;
  }
}

// Gives how many frames of the part there were; a failed read moves its end to where it failed.
int64_t TrackStream::fetch(Part& part, int64_t frame, int64_t wanted, float* interleaved) noexcept {
  int64_t count = 0;
  std::string reason;
  try {
    count = readPart(part, frame, wanted, interleaved);
    reason = file_->errorText();
  } catch (const std::runtime_error& error) {
    reason = error.what();
  }
  fileFrame_ = frame + count;
  if (count == wanted) return count;
  part.endFrame = fileFrame_;
  fileFrame_ = -1;
  if (!error_.empty()) return count;
  error_ = part.path + ": silent from frame " + std::to_string(part.endFrame - part.startFrame) + " of " +
           std::to_string(part.frames) + " on, the file cannot be read there" + (reason.empty() ? "" : " (" + reason + ")");
  return count;
}

int64_t TrackStream::readPart(const Part& part, int64_t frame, int64_t wanted, float* interleaved) {
  if (filePart_ != &part) {
    filePart_ = nullptr;
    file_ = std::make_unique<AudioFile>(part.path);
    filePart_ = &part;
    fileFrame_ = part.startFrame;
  }
  if (frame != fileFrame_ && !file_->seek(frame - part.startFrame)) return 0;
  const int64_t count = file_->read(interleaved, wanted);
  if (file_->info().channels < channels_)
    for (int64_t i = count - 1; i >= 0; --i) interleaved[2 * i] = interleaved[2 * i + 1] = interleaved[i];
  return count;
}

std::vector<std::unique_ptr<TrackStream>> openTracks(const std::vector<TrackFiles>& tracks, int sampleRateHz,
                                                     int64_t blockFrames) {
  std::vector<std::unique_ptr<TrackStream>> streams;
  std::string problems;
  for (const TrackFiles& files : tracks) {
    try {
      streams.push_back(std::make_unique<TrackStream>(files, sampleRateHz, blockFrames));
    } catch (const std::runtime_error& error) {
      problems += (problems.empty() ? "" : "\n") + std::string(error.what());
    }
  }
  if (!problems.empty()) throw std::runtime_error(problems);
  return streams;
}

}  // namespace deskd
