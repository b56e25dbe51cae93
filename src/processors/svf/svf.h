// The filter kernel of all strips: a topology-preserving state-variable filter with scaled states, one strip a lane.
// Per frame: u = x − s2; t = u − c2·S1; B = t + S1; S1 = B + t; s2 += c1·B; y = direct·x + n1·B + n2·u,
// with S1 = s1/(g·d), d = 1/(1 + g(g + k)). In float it holds −140 dB where a direct form loses 70 dB (bass filters).
#pragma once
#include "../../native/lanes.h"
#include "../../native/numbers.h"
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
  Vf scale;                        // factor of S1 a frame while they ramp
  Vf S1, s2;

  void reset() noexcept { S1 = s2 = Vf{}; }

  // Ramps to a new design over the next quantum; `set` takes its exact end before the one after. The state keeps its
  // meaning: S1·old(g·d)/new(g·d), spread over the frames (all at once a fast sweep spilled −45 dB above 3 kHz, so −86;
  // without it the sweep overshot by .6 dB).
  void rampTo(const SvfDesign& low, const SvfDesign& high) noexcept {
    constexpr float perFrame = 1.0f / kQuantum;
    dc1 = (join(low.c1, high.c1) - c1) * perFrame;
    dc2 = (join(low.c2, high.c2) - c2) * perFrame;
    ddirect = (join(low.direct, high.direct) - direct) * perFrame;
    dn1 = (join(low.n1, high.n1) - n1) * perFrame;
    dn2 = (join(low.n2, high.n2) - n2) * perFrame;
    const Vf next = join(low.gd, high.gd);
    Vf ratio = gd / next;
    for (int n = 1; n < kQuantum; n *= 2) ratio = sqrt(ratio);
    scale = ratio;
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
    scale = splat(1);
  }
};

// What all lanes of the filters in a pass have in common, so that operations fall away.
enum class SvfKind {
  General,   // any
  UnityDc,   // direct = 1: bells, high shelves, high cuts, notches, and what is off
  HighPass,  // direct = 0, n2 = 1
};

// Filters in series over one tile [frame][lane].
struct SvfChain {
  Svf* filters[8];
  int count = 0;
  uint32_t ramps = 0;  // one bit a filter
  float* tile = nullptr;

  void add(Svf& filter, bool isRamping) noexcept {
    ramps |= (uint32_t)isRamping << count;
    filters[count++] = &filter;
  }
};

// Runs `Count` filters of each chain, from filter `first` on, in place. Coefficients are only read. Filter i works i frames
// behind the first one, so that within a step none waits for another, only for itself a step before.
template <int Chains, int Count, bool Ramp, SvfKind Kind>
static inline void runSvf(SvfChain* const* chains, int first) noexcept {
  Vf S1[Chains][Count], s2[Chains][Count], c1[Chains][Count], c2[Chains][Count], direct[Chains][Count],
      n1[Chains][Count], n2[Chains][Count], out[Chains][Count];
  for (int c = 0; c < Chains; c++)
    for (int i = 0; i < Count; i++) {
      const Svf& f = *chains[c]->filters[first + i];
      S1[c][i] = f.S1, s2[c][i] = f.s2;
      c1[c][i] = f.c1, c2[c][i] = f.c2, direct[c][i] = f.direct, n1[c][i] = f.n1, n2[c][i] = f.n2;
    }
  // Filters From … To are at work in a step; n is the first filter's frame.
  const auto step = [&]<int From, int To>(int n) __attribute__((always_inline)) {
#pragma GCC unroll 8
    for (int i = To; i >= From; i--)
#pragma GCC unroll 2
      for (int c = 0; c < Chains; c++) {
        const Vf x = i == 0 ? load(chains[c]->tile + n * kLanes) : out[c][i > 0 ? i - 1 : 0];
        if constexpr (Ramp) {
          const Svf& f = *chains[c]->filters[first + i];
          c1[c][i] += f.dc1, c2[c][i] += f.dc2, direct[c][i] += f.ddirect, n1[c][i] += f.dn1, n2[c][i] += f.dn2;
          S1[c][i] = S1[c][i] * f.scale;
        }
        const Vf u = x - s2[c][i];
        const Vf t = fnma(c2[c][i], S1[c][i], u);
        const Vf b = t + S1[c][i];
        S1[c][i] = b + t;
        s2[c][i] = fma(c1[c][i], b, s2[c][i]);
        Vf y;
        if constexpr (Kind == SvfKind::HighPass) y = fma(n1[c][i], b, u);
        else if constexpr (Kind == SvfKind::UnityDc) y = fma(n2[c][i], u, fma(n1[c][i], b, x));
        else y = fma(n2[c][i], u, fma(n1[c][i], b, direct[c][i] * x));
        if (i == Count - 1) store(chains[c]->tile + (n - i) * kLanes, y);
        else out[c][i] = y;
      }
  };
  const auto begin = [&]<int... I>(Numbers<I...>) __attribute__((always_inline)) {
    (step.template operator()<0, I>(I), ...);
  };
  const auto end = [&]<int... I>(Numbers<I...>) __attribute__((always_inline)) {
    (step.template operator()<I + 1, Count - 1>(kQuantum + I), ...);
  };
  begin(NumbersTo<Count - 1>{});
  for (int n = Count - 1; n < kQuantum; n++) step.template operator()<0, Count - 1>(n);
  end(NumbersTo<Count - 1>{});
  for (int c = 0; c < Chains; c++)
    for (int i = 0; i < Count; i++) {
      Svf& f = *chains[c]->filters[first + i];
      f.S1 = S1[c][i], f.s2 = s2[c][i];
    }
}

template <int Chains, bool Ramp, SvfKind Kind>
static inline void runSvfPass(SvfChain* const* chains, int first, int count) noexcept {
  switch (count) {
    case 1: return runSvf<Chains, 1, Ramp, Kind>(chains, first);
    case 2: return runSvf<Chains, 2, Ramp, Kind>(chains, first);
    case 3: return runSvf<Chains, 3, Ramp, Kind>(chains, first);
    case 4: return runSvf<Chains, 4, Ramp, Kind>(chains, first);
  }
}

// Chains of the same length, in passes of filters that find room in the registers. Those that ramp pass by themselves.
template <int Chains>
static inline void runSvfChains(SvfChain* const* chains, int count) noexcept {
  constexpr int most = Chains == 1 || kLanes == 16 ? 4 : 3;
  uint32_t ramps = 0;
  for (int c = 0; c < Chains; c++) ramps |= chains[c]->ramps;
  for (int first = 0, n; first < count; first += n) {
    const bool ramp = ramps >> first & 1;
    int alike = 1;
    while (first + alike < count && (ramps >> (first + alike) & 1) == ramp) alike++;
    const int passes = (alike + most - 1) / most;
    n = (alike + passes - 1) / passes;
    if (ramp) {
      runSvfPass<Chains, true, SvfKind::General>(chains, first, n);
      continue;
    }
    Vi unityDc = splati(-1), highPass = splati(-1);
    for (int c = 0; c < Chains; c++)
      for (int i = first; i < first + n; i++) {
        const Svf& f = *chains[c]->filters[i];
        unityDc &= f.direct == splat(1);
        highPass &= (f.direct == Vf{}) & (f.n2 == splat(1));
      }
    if (!any(~unityDc)) runSvfPass<Chains, false, SvfKind::UnityDc>(chains, first, n);
    else if (!any(~highPass)) runSvfPass<Chains, false, SvfKind::HighPass>(chains, first, n);
    else runSvfPass<Chains, false, SvfKind::General>(chains, first, n);
  }
}

static inline void runSvfChain(SvfChain& chain) noexcept {
  SvfChain* one[1] = {&chain};
  runSvfChains<1>(one, chain.count);
}

// One or two chains; `b` may be null.
static inline void runSvfChains(SvfChain& a, SvfChain* b) noexcept {
  if (b && a.count == b->count) {
    SvfChain* both[2] = {&a, b};
    return runSvfChains<2>(both, a.count);
  }
  runSvfChain(a);
  if (b) runSvfChain(*b);
}

}  // namespace deskd::DESKD_ISA
