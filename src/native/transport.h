// The player's transport: play, stop, locate, loop, and the short fades that keep them free of clicks.
#pragma once
#include <cstdint>

#include "disk/loop-position.h"
#include "disk/track-source.h"
#include "quantum.h"

namespace deskd {

// Plain data: part of a take's saved state.
struct TransportState {
  enum Phase : int32_t { kStopped, kCueing, kRolling, kFadingOut };
  Phase phase = kStopped;
  int32_t fade = 0;          // frames of fade-in done, or of fade-out left
  int32_t playWanted = 0;    // what to do behind a fade-out, or once the tracks are ready
  int32_t locateWanted = 0;  // behind a fade-out: go to `locateTo` first
  int64_t locateTo = 0;
  Loop loop;
  LoopPosition clock;
};

class Transport {
 public:
  static constexpr int kFadeFrames = 8 * kQuantum;

  // What is logged: effective starts and stops, which a replay repeats instead of play, stop and locate.
  class Log {
   public:
    virtual void rolled(int64_t position) noexcept = 0;
    virtual void halted(bool hard) noexcept = 0;

   protected:
    ~Log() = default;
  };

  Transport() noexcept;

  TransportState& state() noexcept { return state_; }
  bool rolling() const noexcept {
    return state_.phase == TransportState::kRolling || state_.phase == TransportState::kFadingOut;
  }
  // Playing or about to.
  bool playing() const noexcept { return state_.playWanted != 0; }
  int64_t position() const noexcept { return state_.clock.position(); }

  // [audio thread] Requests, as they come from a surface.
  void play(TrackSource* tracks) noexcept;
  void stop(Log& log) noexcept;
  void locate(TrackSource* tracks, int64_t position, Log& log) noexcept;
  void setLoop(TrackSource* tracks, Loop loop, Log& log) noexcept;
  // [audio thread] Other tracks: what played is gone at once.
  void changeTracks(TrackSource* tracks, Log& log) noexcept;

  // [audio thread] Replay of what was logged.
  void replayRoll(TrackSource* tracks, int64_t position) noexcept;
  void replayHalt(bool hard) noexcept;

  // [audio thread] A quantum: pulls from the tracks when it rolls. `keepRolling`: also behind the last track's end.
  // Gives false when there is nothing to hear.
  bool advance(TrackSource* tracks, bool keepRolling, bool replay, Log& log, double& underruns) noexcept;
  // [audio thread] The quantum's fade gains, or null for unity.
  const float* gains() const noexcept { return gains_; }

 private:
  void cue(TrackSource* tracks, int64_t position) noexcept;
  void fadeOut(Log& log) noexcept;

  TransportState state_;
  float fadeIn_[kFadeFrames];
  float quantumGains_[kQuantum];
  const float* gains_ = nullptr;
};

}  // namespace deskd
