// Two sides of a stereo strip from each other: modes and polarity at the input, width behind the compressor.
#pragma once
#include "../smoothing/smoothing.h"

namespace deskd::DESKD_ISA {

// What a side is made of.
struct SideGains {
  float own, cross;
};

// Of the left (0) or right (1) side. M/S: what comes in left is M, right S.
static inline SideGains stereoModeGains(StereoMode mode, int side) noexcept {
  switch (mode) {
    case StereoMode::Swapped: return {0, 1};
    case StereoMode::Mono: return {0.5f, 0.5f};
    case StereoMode::Left: return side ? SideGains{0, 1} : SideGains{1, 0};
    case StereoMode::Right: return side ? SideGains{1, 0} : SideGains{0, 1};
    case StereoMode::Ms: return side ? SideGains{-1, 1} : SideGains{1, 1};
    default: return {1, 0};
  }
}

// Middle (L+R)/2 as it is, side (L−R)/2 by `width`: 0 mono, 1 as it came, 2 twice as wide.
static inline SideGains widthGains(float width) noexcept { return {0.5f + 0.5f * width, 0.5f - 0.5f * width}; }

// own·x + cross·x of the lane beside, for a tile; lanes at 1 and 0 pass to the bit.
struct SideMatrix {
  SmoothGains own, cross;
  int32_t moving, used;

  void init() noexcept {
    for (int i = 0; i < kLanes; i++) own.jump(i, 1);
  }

  void set(int lane, SideGains to, bool jump) noexcept {
    if (jump) own.jump(lane, to.own), cross.jump(lane, to.cross);
    else own.target[lane] = to.own, cross.target[lane] = to.cross;
    moving = used = 1;
  }

  void run(const SmoothingTable& table, float* tile) noexcept {
    if (!used) return;
    constexpr auto beside = [] {
      Vi m{};
      for (int i = 0; i < kLanes; i++) m[i] = i ^ 1;
      return m;
    };
    const Vi plain = (own.value == splat(1)) & (own.target == splat(1)) & (cross.value == 0) & (cross.target == 0);
    if (moving) moving = any(own.advance(table) | cross.advance(table));
    else own.a = own.b = cross.a = cross.b = Vf{};
    for (int n = 0; n < kQuantum; n++) {
      const Vf x = load(tile + n * kLanes), other = __builtin_shuffle(x, beside());
      const Vf o = own.target + (own.a * table.power[n] + own.b * table.rampPower[n]);
      const Vf c = cross.target + (cross.a * table.power[n] + cross.b * table.rampPower[n]);
      store(tile + n * kLanes, select(plain, x, fma(other, c, x * o)));
    }
    used = moving || any((own.value != splat(1)) | (cross.value != 0));
  }
};

}  // namespace deskd::DESKD_ISA
