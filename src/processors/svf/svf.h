// The filter kernel of all strips: a topology-preserving state-variable filter with scaled states, one strip a lane.
// Per frame: u = x − s2; t = u − c2·S1; B = t + S1; S1 = B + t; s2 += c1·B; y = direct·x + n1·B + n2·u,
// with S1 = s1/(g·d), d = 1/(1 + g(g + k)). In float it holds −140 dB where a direct form loses 70 dB (bass filters).
#pragma once
#include "../../native/lanes.h"
#include "../../native/quantum.h"

namespace deskd::DESKD_ISA {

DESKD_INLINE Vf join(Vd low, Vd high) {
  Vf r;
  narrow((float*)&r, low);
  narrow((float*)&r + kWide, high);
  return r;
}

// Coefficients as designed, in double. kWide lanes.
struct SvfDesign {
  Vd c1, c2, direct, n1, n2, gd;
};

struct Svf {
  Vf c1, c2, direct, n1, n2;       // at the start of the quantum
  Vf dc1, dc2, ddirect, dn1, dn2;  // step a frame while they ramp
  Vf gd;                           // scale of S1
  Vf S1, s2;

  void reset() noexcept { S1 = s2 = Vf{}; }

  // Ramps to a new design over the next quantum; `set` takes its exact end before the one after. The state keeps its meaning: S1·old(g·d)/new(g·d) (without this a fast
  // sweep overshoots by .6 dB).
  void rampTo(const SvfDesign& low, const SvfDesign& high) noexcept {
    constexpr float perFrame = 1.0f / kQuantum;
    dc1 = (join(low.c1, high.c1) - c1) * perFrame;
    dc2 = (join(low.c2, high.c2) - c2) * perFrame;
    ddirect = (join(low.direct, high.direct) - direct) * perFrame;
    dn1 = (join(low.n1, high.n1) - n1) * perFrame;
    dn2 = (join(low.n2, high.n2) - n2) * perFrame;
    const Vf next = join(low.gd, high.gd);
    S1 = S1 * (gd / next);
    gd = next;
  }
  // Takes a design at once: a ramp's end, or a jump.
  void set(const SvfDesign& low, const SvfDesign& high) noexcept {
    c1 = join(low.c1, high.c1);
    c2 = join(low.c2, high.c2);
    direct = join(low.direct, high.direct);
    n1 = join(low.n1, high.n1);
    n2 = join(low.n2, high.n2);
    gd = join(low.gd, high.gd);
    dc1 = dc2 = ddirect = dn1 = dn2 = Vf{};
  }
};

// What all lanes of the filters in a pass have in common, so that operations fall away.
enum class SvfKind {
  General,   // any
  UnityDc,   // direct = 1: bells, high shelves, high cuts, notches, and what is off
  HighPass,  // direct = 0, n2 = 1
};

// Runs `Count` filters in series over a tile of kQuantum frames [frame][lane], in place. Coefficients are only read.
template <int Count, bool Ramp, SvfKind Kind>
static inline void runSvf(Svf* const* filters, float* tile) noexcept {
  Vf S1[Count], s2[Count], c1[Count], c2[Count], direct[Count], n1[Count], n2[Count];
  for (int i = 0; i < Count; i++) {
    const Svf& f = *filters[i];
    S1[i] = f.S1, s2[i] = f.s2;
    c1[i] = f.c1, c2[i] = f.c2, direct[i] = f.direct, n1[i] = f.n1, n2[i] = f.n2;
  }
  for (int n = 0; n < kQuantum; n++) {
    Vf x = load(tile + n * kLanes);
#pragma GCC unroll 8
    for (int i = 0; i < Count; i++) {
      if constexpr (Ramp) {
        const Svf& f = *filters[i];
        c1[i] += f.dc1, c2[i] += f.dc2, direct[i] += f.ddirect, n1[i] += f.dn1, n2[i] += f.dn2;
      }
      const Vf u = x - s2[i];
      const Vf t = fnma(c2[i], S1[i], u);
      const Vf b = t + S1[i];
      S1[i] = b + t;
      s2[i] = fma(c1[i], b, s2[i]);
      if constexpr (Kind == SvfKind::HighPass) x = fma(n1[i], b, u);
      else if constexpr (Kind == SvfKind::UnityDc) x = fma(n2[i], u, fma(n1[i], b, x));
      else x = fma(n2[i], u, fma(n1[i], b, direct[i] * x));
    }
    store(tile + n * kLanes, x);
  }
  for (int i = 0; i < Count; i++) {
    Svf& f = *filters[i];
    f.S1 = S1[i], f.s2 = s2[i];
  }
}

template <bool Ramp, SvfKind Kind>
static inline void runSvfPass(Svf* const* filters, int count, float* tile) noexcept {
  switch (count) {
    case 1: return runSvf<1, Ramp, Kind>(filters, tile);
    case 2: return runSvf<2, Ramp, Kind>(filters, tile);
    case 3: return runSvf<3, Ramp, Kind>(filters, tile);
    case 4: return runSvf<4, Ramp, Kind>(filters, tile);
  }
}

// Any number of filters in series, in passes of at most four.
static inline void runSvfChain(Svf* const* filters, int count, bool ramp, float* tile) noexcept {
  while (count > 0) {
    const int n = count > 4 ? (count + 1) / 2 : count;
    Vi unityDc = splati(-1), highPass = splati(-1);
    for (int i = 0; i < n; i++) {
      unityDc &= filters[i]->direct == splat(1);
      highPass &= (filters[i]->direct == Vf{}) & (filters[i]->n2 == splat(1));
    }
    if (ramp) runSvfPass<true, SvfKind::General>(filters, n, tile);
    else if (!any(~unityDc)) runSvfPass<false, SvfKind::UnityDc>(filters, n, tile);
    else if (!any(~highPass)) runSvfPass<false, SvfKind::HighPass>(filters, n, tile);
    else runSvfPass<false, SvfKind::General>(filters, n, tile);
    filters += n;
    count -= n;
  }
}

}  // namespace deskd::DESKD_ISA
