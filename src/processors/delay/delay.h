// Stereo delay: two lines of up to four seconds, fed and fed back side to side as the mode says.
//
// The loop takes what was read a quantum ago, so a line is read a quantum early; what is heard is read earlier still where strips
// hear an effect more than a quantum late. A new time fades from tap to tap, or glides where the medium is tape.
#pragma once
#include "../../native/generated/params.h"
#include "../fx/fx-filters.h"
#include "../fx/line.h"

namespace deskd::DESKD_ISA {

constexpr double kDelayMostSeconds = 4;       // a slow tempo's longest note: a longer one is halved until it fits
constexpr double kGlideSeconds = 0.1;         // time constant of each of a glide's two poles
constexpr double kGlideMostSpeed = 0.5;       // a tape runs from half its speed to one and a half
constexpr double kGlideSpeedUpSeconds = 0.05;
constexpr double kTapeHz = 8000;              // what a pass over tape takes off the top
constexpr float kDuckFromDbfs = -50, kDuckToDbfs = -20;  // input levels between which ducking sets in
constexpr double kDuckReleaseSeconds = 0.25;

struct DelayPlan {
  LinePlace line[2];
  int32_t floats;
  void init(double rate) noexcept {
    LinePlan plan;
    for (LinePlace& p : line) p = plan.place(kDelayMostSeconds * rate);
    floats = plan.floats;
  }
};

struct Delay {
  // What is set.
  int32_t mode, sync, note, tape;
  float timeMs, tempoBpm, feedback, duckingDb;
  SmoothGain in[2][2], back[2][2];  // [to][from]: input and what was read, into the lines
  SmoothGain width, wear, duck;     // wear: 1 is tape
  FxFilters filters;

  // What sounds.
  FadingTap tap;
  double place, speed;  // of a glide, in frames of delay
  int32_t gliding, at;
  int64_t valid;
  float envelope, tapeLow[2];
  alignas(64) float heard[2][kQuantum];  // what was read a quantum ago

  void init(const FxTables& t) noexcept {
    filters.init();
    timeMs = 500;
    tempoBpm = 120;
    width.jump(1), wear.jump(0), duck.jump(1);
    route(true);
    retime(true, t);
    reset();
  }

  void reset() noexcept {
    valid = 0;
    at = 0;
    gliding = 0;
    speed = 0;
    tap.jump(tap.target);
    envelope = tapeLow[0] = tapeLow[1] = 0;
    duck.jump(1);
    __builtin_memset(heard, 0, sizeof heard);
    filters.reset();
  }

  void set(uint32_t index, float value, bool jump, const FxTables& t) noexcept {
    namespace p = deskd::params::fx::delay;
    const auto aim = [jump](SmoothGain& g, double to) {
      if (jump) g.jump(to);
      else g.target = to;
    };
    switch (index) {
      case p::mode: mode = (int)value; return route(jump);
      case p::feedbackPercent: feedback = value * 0.01f; return route(jump);
      case p::sync: sync = value != 0; return retime(jump, t);
      case p::timeMs: timeMs = value; return retime(jump, t);
      case p::note: note = (int)value; return retime(jump, t);
      case p::medium: tape = value != 0; return aim(wear, tape);
      case p::width: return aim(width, value);
      case p::duckingDb: duckingDb = value; return;
      case p::highPassHz: return filters.setHighPass(value, jump);
      case p::lowPassHz: return filters.setLowPass(value, jump);
    }
  }
  void setTempo(float bpm, bool jump, const FxTables& t) noexcept {
    tempoBpm = bpm;
    retime(jump, t);
  }

  void run(const float* const* input, float* const* out, float* memory, const FxTables& t, const DelayPlan& plan) noexcept {
    alignas(64) float rows[2][kQuantum] = {};
    filters.prepare(t.smoothing, t.rate);
    filters.run(heard[0], heard[1]);
    for (int to = 0; to < 2; to++)
      for (int from = 0; from < 2; from++) {
        add(in[to][from], input[from], rows[to], t.smoothing);
        add(back[to][from], heard[from], rows[to], t.smoothing);
      }
    if (wear.moving() || wear.value != 0) wearDown(rows, t);
    if (tape && !gliding && tap.next == tap.current && tap.target != tap.current) gliding = 1, place = tap.current, speed = 0;
    double places[kQuantum];
    if (gliding) glide(places, t.rate);
    FadingTap after = tap;
    const int early = t.late - kQuantum;
    for (int c = 0; c < 2; c++) {
      const Line line = {memory + plan.line[c].offset, plan.line[c].length, at, valid};
      line.write(rows[c]);
      if (early > 0) readEarly(line, early, places, t.fades, out[c]);
      after = tap;
      if (gliding) readGliding(line, places, 0, heard[c]);
      else readTap(line, after, t.fades, heard[c]);
      if (early <= 0) __builtin_memcpy(out[c], heard[c], kQuantum * sizeof(float));
    }
    tap = after;
    if (gliding && speed == 0 && place == tap.target) gliding = 0, tap.jump(tap.target);
    at += kQuantum;
    if (at == plan.line[0].length) at = 0;
    valid += kQuantum;
    putOut(input, out, t);
  }

  template <class Visit>
  void eachLine(const DelayPlan& plan, Visit visit) const noexcept {
    for (const LinePlace& p : plan.line) visit(p, at);
  }

 private:
  void route(bool jump) noexcept {
    // [to][from], left then right.
    double input[2][2] = {{1, 0}, {0, 1}}, loop[2][2] = {{feedback, 0}, {0, feedback}};
    const auto sides = [&](int first, double across) {  // mono into one side, from there to the other and back
      input[first][0] = input[first][1] = 0.5;
      input[1 - first][0] = input[1 - first][1] = 0;
      loop[0][0] = loop[1][1] = 0;
      loop[1 - first][first] = across;
      loop[first][1 - first] = feedback;
    };
    if (mode == (int)DelayMode::PingPong) sides(0, feedback);
    else if (mode == (int)DelayMode::LeftRight) sides(0, 1);
    else if (mode == (int)DelayMode::RightLeft) sides(1, 1);
    for (int to = 0; to < 2; to++)
      for (int from = 0; from < 2; from++) {
        if (jump) in[to][from].jump(input[to][from]), back[to][from].jump(loop[to][from]);
        else in[to][from].target = input[to][from], back[to][from].target = loop[to][from];
      }
  }

  // The time in frames, by clock or by tempo, less the quantum by which an effect is heard late.
  void retime(bool jump, const FxTables& t) noexcept {
    double seconds = timeMs * 0.001;
    if (sync) {
      constexpr double lengthen[3] = {1, 1.5, 2.0 / 3};  // as it is, dotted, triplet
      seconds = 240 / tempoBpm / (1 << note / 3) * lengthen[note % 3];
      while (seconds > kDelayMostSeconds) seconds *= 0.5;
    }
    tap.target = (int)__builtin_lround(seconds * t.rate) - kQuantum;
    if (jump) tap.jump(tap.target), gliding = 0;
  }

  static void add(SmoothGain& gain, const float* from, float* to, const SmoothingTable& table) noexcept {
    if (gain.moving()) {
      double g[kQuantum];
      gain.run(table, g);
      for (int n = 0; n < kQuantum; n++) to[n] += (float)g[n] * from[n];
    } else if (gain.value != 0) {
      const float g = (float)gain.value;
      for (int n = 0; n < kQuantum; n++) to[n] += g * from[n];
    }
  }

  // Gentle saturation (a rational tanh) and a low-pass of 6 dB/oct.
  void wearDown(float (*rows)[kQuantum], const FxTables& t) noexcept {
    double worn[kQuantum];
    wear.run(t.smoothing, worn);
    const float step = (float)-__builtin_expm1(-6.283185307179586 * kTapeHz / t.rate);
    for (int c = 0; c < 2; c++) {
      float low = tapeLow[c];
      for (int n = 0; n < kQuantum; n++) {
        const float x = rows[c][n], held = x < -3 ? -3 : x > 3 ? 3 : x, z = held * held;
        low += step * (held * (27 + z) / (27 + 9 * z) - low);
        rows[c][n] = x + (float)worn[n] * (low - x);
      }
      tapeLow[c] = low;
    }
  }

  // Critically damped, its speed and its change of speed held, so that it never overshoots.
  void glide(double* places, double rate) noexcept {
    const double k = 1 / (kGlideSeconds * rate), most = kGlideMostSpeed / (kGlideSpeedUpSeconds * rate);
    for (int n = 0; n < kQuantum; n++) {
      const double push = k * k * (tap.target - place) - 2 * k * speed;
      speed += push < -most ? -most : push > most ? most : push;
      if (speed > kGlideMostSpeed) speed = kGlideMostSpeed;
      if (speed < -kGlideMostSpeed) speed = -kGlideMostSpeed;
      place += speed;
      places[n] = place;
    }
    if (__builtin_fabs(place - tap.target) < 1e-3 && __builtin_fabs(speed) < 1e-6) place = tap.target, speed = 0;
  }

  void readEarly(const Line& line, int by, const double* places, const FadeTable& fades, float* row) const noexcept {
    FadingTap earlier = tap;
    const auto less = [by](int32_t frames) { return frames > by ? frames - by : 0; };
    earlier.current = less(tap.current), earlier.next = less(tap.next), earlier.target = less(tap.target);
    if (gliding) readGliding(line, places, by, row);
    else readTap(line, earlier, fades, row);
  }

  // Between samples by Lagrange's cubic.
  static void readGliding(const Line& line, const double* places, int early, float* row) noexcept {
    for (int n = 0; n < kQuantum; n++) {
      const double place = places[n] - early > 1 ? places[n] - early : 1;
      const int whole = (int)place;
      const float f = (float)(place - whole);
      float x[4];  // delays whole − 1 … whole + 2
      for (int j = 0; j < 4; j++) {
        const int delay = whole - 1 + j;
        int from = line.at + n - delay;
        if (from < 0) from += line.length;
        x[j] = delay - n <= line.valid ? line.ring[from] : 0;
      }
      const float a = f + 1, b = f - 1, c = f - 2;
      row[n] = -f * b * c * (1.0f / 6) * x[0] + a * b * c * 0.5f * x[1] - a * f * c * 0.5f * x[2] + a * f * b * (1.0f / 6) * x[3];
    }
  }

  void putOut(const float* const* input, float* const* out, const FxTables& t) noexcept {
    if (width.moving() || width.value != 1) {
      double w[kQuantum];
      width.run(t.smoothing, w);
      for (int n = 0; n < kQuantum; n++) {
        const float middle = 0.5f * (out[0][n] + out[1][n]), apart = 0.5f * (float)w[n] * (out[0][n] - out[1][n]);
        out[0][n] = middle + apart;
        out[1][n] = middle - apart;
      }
    }
    duck.target = 1;
    if (duckingDb > 0) {
      float top = 0;
      for (int c = 0; c < 2; c++)
        for (int n = 0; n < kQuantum; n++) top = __builtin_fabsf(input[c][n]) > top ? __builtin_fabsf(input[c][n]) : top;
      envelope *= (float)__builtin_exp(-kQuantum / (kDuckReleaseSeconds * t.rate));
      envelope = top > envelope ? top : envelope;
      const float db = envelope > 1e-5f ? 6.0206f * (float)__builtin_log2(envelope) : -100;
      const float share = (db - kDuckFromDbfs) / (kDuckToDbfs - kDuckFromDbfs);
      duck.target = __builtin_exp2(-0.16609640474436813 * duckingDb * (share < 0 ? 0 : share > 1 ? 1 : share));
    }
    if (!duck.moving() && duck.value == 1) return;
    double g[kQuantum];
    duck.run(t.smoothing, g);
    for (int c = 0; c < 2; c++)
      for (int n = 0; n < kQuantum; n++) out[c][n] *= (float)g[n];
  }
};

}  // namespace deskd::DESKD_ISA
