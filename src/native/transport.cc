#include "transport.h"

#include <cmath>

namespace deskd {

Transport::Transport() noexcept {
  for (int n = 0; n < kFadeFrames; n++)
    fadeIn_[n] = static_cast<float>(0.5 - 0.5 * std::cos(M_PI * (n + 0.5) / kFadeFrames));
}

void Transport::cue(TrackSource* tracks, int64_t position) noexcept {
  state_.clock.cue(position, state_.loop);
  if (tracks) tracks->cue(state_.clock.position(), state_.loop);
  state_.phase = state_.playWanted ? TransportState::kCueing : TransportState::kStopped;
}

void Transport::play(TrackSource* tracks) noexcept {
  if (state_.playWanted || !tracks) return;
  state_.playWanted = 1;
  if (state_.phase == TransportState::kStopped) state_.phase = TransportState::kCueing;
}

void Transport::fadeOut(Log& log) noexcept {
  if (state_.phase != TransportState::kRolling) return;
  state_.phase = TransportState::kFadingOut;
  state_.fade = kFadeFrames;
  log.halted(false);
}

void Transport::stop(Log& log) noexcept {
  state_.playWanted = 0;
  if (state_.phase == TransportState::kCueing) state_.phase = TransportState::kStopped;
  fadeOut(log);
}

void Transport::locate(TrackSource* tracks, int64_t position, Log& log) noexcept {
  if (!rolling()) return cue(tracks, position);
  state_.locateWanted = 1;
  state_.locateTo = position;
  fadeOut(log);
}

void Transport::setLoop(TrackSource* tracks, Loop loop, Log& log) noexcept {
  const bool heard = loop.on || state_.loop.on;
  state_.loop = loop;
  if (heard && !state_.locateWanted) locate(tracks, position(), log);
}

void Transport::changeTracks(TrackSource* tracks, Log& log) noexcept {
  if (rolling()) log.halted(true);
  state_.playWanted = state_.locateWanted = 0;
  state_.phase = TransportState::kStopped;
  cue(tracks, 0);
}

void Transport::replayRoll(TrackSource* tracks, int64_t position) noexcept {
  state_.playWanted = 1;
  cue(tracks, position);
}

void Transport::replayHalt(bool hard) noexcept {
  state_.playWanted = 0;
  if (hard) {
    state_.phase = TransportState::kStopped;
  } else if (state_.phase == TransportState::kRolling) {
    state_.phase = TransportState::kFadingOut;
    state_.fade = kFadeFrames;
  }
}

bool Transport::advance(TrackSource* tracks, bool keepRolling, bool replay, Log& log, double& underruns) noexcept {
  gains_ = nullptr;
  if (!tracks) return false;
  if (state_.phase == TransportState::kCueing && tracks->ready()) {
    state_.phase = TransportState::kRolling;
    state_.fade = position() == 0 ? kFadeFrames : 0;
    log.rolled(position());
  }
  if (!rolling()) return false;
  if (!replay && !keepRolling && !state_.loop.on && position() >= tracks->lengthFrames()) {
    log.halted(true);
    state_.playWanted = 0;
    state_.phase = TransportState::kStopped;
    cue(tracks, 0);
    return false;
  }
  if (!tracks->pull(kQuantum)) {
    underruns += 1;
    log.halted(true);
    const int64_t again = state_.locateWanted ? state_.locateTo : position();
    state_.locateWanted = 0;
    cue(tracks, again);
    return false;
  }
  state_.clock.advance(kQuantum);
  if (state_.phase == TransportState::kFadingOut) {
    for (int n = 0; n < kQuantum; n++) quantumGains_[n] = fadeIn_[state_.fade - 1 - n];
    gains_ = quantumGains_;
    state_.fade -= kQuantum;
    if (state_.fade == 0) {
      state_.phase = TransportState::kStopped;
      if (!replay) {
        const int64_t to = state_.locateWanted ? state_.locateTo : position();
        state_.locateWanted = 0;
        cue(tracks, to);
      }
    }
  } else if (state_.fade < kFadeFrames) {
    gains_ = fadeIn_ + state_.fade;
    state_.fade += kQuantum;
  }
  return true;
}

}  // namespace deskd
