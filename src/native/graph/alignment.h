// Look-ahead and what it makes late: compressors hear their key before the signal comes, and all paths are in time again
// where they meet. Strips are all as late as the longest look-ahead of them (state.h: stripLatency_). A bus's sum waits
// for the latest bus that feeds it, its output for those that its destination waits for (busLatency_ in all). Without any
// look-ahead none of this runs.
#pragma once
#include "mixing.h"

namespace deskd::DESKD_ISA {

class GraphAlignment : protected GraphMixing {
 protected:
  using GraphMixing::GraphMixing;

  void runStripCompressor(int g) noexcept {
    LaneGroup& group = group_[g];
    if (!stripLatency_) return runCompressor(group, tile(g), kAllLanes);
    int32_t late[kLanes], ownKeyLate[kLanes];
    for (int i = 0; i < kLanes; i++) {
      late[i] = stripLatency_;
      ownKeyLate[i] = stripLatency_ - laneAhead_[g * kLanes + i];
    }
    runLate(group, tile(g), tapLine(g, kTapEnd), tileLine(keyLines_, g), late, ownKeyLate, ownKeyLate, kAllLanes);
  }

  void runBusCompressor(int g, float* tile, uint32_t lanes) noexcept {
    LaneGroup& group = busGroup_[g];
    if (!lineFrames_) return runCompressor(group, tile, lanes);
    int32_t late[kLanes], ownKeyLate[kLanes], stripKeyLate[kLanes];
    for (int i = 0; i < kLanes; i++) {
      const int b = (g * kLanes + i) / 2;
      const bool isBus = b < spec_.busCount;
      late[i] = isBus ? bus_[b].ahead : 0;
      ownKeyLate[i] = 0;
      stripKeyLate[i] = isBus ? stripLatency_ + bus_[b].arrives : 0;
    }
    runLate(group, tile, tileLine(busLines_, g), tileLine(busKeyLines_, g), late, ownKeyLate, stripKeyLate, lanes);
  }

  // All sums of strips, as late as what else comes to the same place.
  void delaySums() noexcept {
    if (!busLatency_) return;
    for (int o = 0; o < outputs_; o++) {
      double* sum = sums_ + o * kQuantum;
      if (summed_[o]) finishSum(o), sumIdle_[o] = 0;
      else if (sumIdle_[o] > drainQuanta_) continue;
      else __builtin_memset(sum, 0, kQuantum * sizeof(double)), sumIdle_[o]++;
      double* line = sumLines_ + (size_t)o * (size_t)(lineFrames_ + kQuantum);
      writeLine(line, sum);
      readLine(line, sumShift_[o], o < kFirstBus ? busLatency_ : bus_[(o - kFirstBus) / 2].arrives, sum);
      summed_[o] = 1;
    }
  }

  // Rows of some lanes of a bus group: `inMaster` in time with the master, `onwards` with the bus that they go to.
  void alignBusRows(int g, const float* rows, float* inMaster, float* onwards, uint32_t lanes) noexcept {
    for (uint32_t todo = lanes; todo; todo &= todo - 1) {
      const int i = __builtin_ctz(todo), side = g * kLanes + i;
      const BusState& t = bus_[side / 2];
      float* line = busRowLines_ + (size_t)side * (size_t)(lineFrames_ + kQuantum);
      writeLine(line, rows + i * kQuantum);
      const int master = busLatency_ - t.leaves, to = t.output >= 0 ? bus_[t.output].arrives - t.leaves : master;
      readLine(line, busShift_[2 * side], master > 0 ? master : 0, inMaster + i * kQuantum);
      readLine(line, busShift_[2 * side + 1], to > 0 ? to : 0, onwards + i * kQuantum);
    }
  }

 private:
  static constexpr double kShiftFadeSeconds = 0.015;

  // A compressor with lines before it: signal and key `late` by so many frames, a key of its own and one from strips apart.
  // Keys from buses come as they are: they are later than they should be already.
  void runLate(LaneGroup& group, float* tile, float* line, float* keyLine, const int32_t* late, const int32_t* ownKeyLate,
               const int32_t* stripKeyLate, uint32_t lanes) noexcept {
    Key& key = group.compKey;
    float* keyTile = tile;
    if (key.external) {
      __builtin_memcpy(keyTile_, tile, kQuantum * kLanes * sizeof(float));
      key.takeRows(keyTile_, keyRowPointers_);
      keyTile = keyTile_;
    }
    writeLanes(keyLine, keyTile, lanes);
    writeLanes(line, tile, lanes);
    readLanes(line, late, tile);
    if (!group.comp.used && !key.listening) return;
    int32_t keyLate[kLanes];
    for (int i = 0; i < kLanes; i++)
      keyLate[i] = key.source[i] < 0 ? ownKeyLate[i] : key.source[i] < busKeyRow(0) ? stripKeyLate[i] : 0;
    readLanes(keyLine, keyLate, keyTile_);
    key.runFilters(keyTile_);
    if (key.listening) listenTo(key, keyTile_, group.pairs, lanes);
    group.runCompressor(tile, keyTile_);
  }

  // A row at the end of its line. The line's first quantum stands again behind its end.
  template <class T>
  void writeLine(T* line, const T* row) const noexcept {
    const int64_t at = core_->frame & (lineFrames_ - 1);
    __builtin_memcpy(line + at, row, kQuantum * sizeof(T));
    if (at == 0) __builtin_memcpy(line + lineFrames_, row, kQuantum * sizeof(T));
  }
  // The row so many frames back; from one such distance to another it fades.
  template <class T>
  void readLine(const T* line, Shift& s, int wanted, T* row) const noexcept {
    const auto past = [&](int frames) { return line + ((core_->frame - frames) & (lineFrames_ - 1)); };
    if (s.now < 0) s.now = wanted;
    if (s.now == wanted && s.fadeLeft == 0) {
      __builtin_memcpy(row, past(s.now), kQuantum * sizeof(T));
      return;
    }
    const int fadeFrames = ((int)(kShiftFadeSeconds * rate_) + kQuantum - 1) / kQuantum * kQuantum;
    if (s.fadeLeft == 0) s.fadeLeft = fadeFrames, s.next = wanted;
    const T *from = past(s.now), *to = past(s.next);
    for (int n = 0; n < kQuantum; n++) {
      const double w = 0.5 - 0.5 * __builtin_cos(3.141592653589793 * (fadeFrames - s.fadeLeft + n + 1) / fadeFrames);
      row[n] = (T)(from[n] + w * (to[n] - from[n]));
    }
    s.fadeLeft -= kQuantum;
    if (s.fadeLeft == 0) s.now = s.next;
  }
};

}  // namespace deskd::DESKD_ISA
