// The vector type that kernels are written against. This header and what is built on it is compiled once for each
// instruction set, in a namespace of its own (DESKD_ISA), so that no inline function leaks from one set into another.
#pragma once
#include <cstdint>

#if !defined(DESKD_ISA)
#error "define DESKD_ISA (avx512, avx2, sse2, neon) before including lanes.h"
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__)
#define DESKD_LANES 16
#elif defined(__AVX2__)
#define DESKD_LANES 8
#else
#define DESKD_LANES 4
#endif

#define DESKD_INLINE [[gnu::always_inline]] static inline

namespace deskd::DESKD_ISA {

constexpr int kLanes = DESKD_LANES;
constexpr int kWide = kLanes / 2;  // doubles in the same register

typedef float Vf __attribute__((vector_size(kLanes * 4), aligned(kLanes * 4)));
typedef int32_t Vi __attribute__((vector_size(kLanes * 4), aligned(kLanes * 4)));
typedef double Vd __attribute__((vector_size(kLanes * 4), aligned(kLanes * 4)));
typedef int64_t Vl __attribute__((vector_size(kLanes * 4), aligned(kLanes * 4)));
typedef float VfHalf __attribute__((vector_size(kLanes * 2), aligned(kLanes * 2)));
typedef double V2d __attribute__((vector_size(16), aligned(16)));
typedef double V4d __attribute__((vector_size(32), aligned(32)));
typedef int64_t V4l __attribute__((vector_size(32), aligned(32)));

// x − 0 is x to the bit, so these compile to a broadcast (0 + x does not: it would turn −0 into 0).
DESKD_INLINE Vf splat(float x) { return x - Vf{}; }
DESKD_INLINE Vd splatd(double x) { return x - Vd{}; }
DESKD_INLINE V2d splat2(double x) { return x - V2d{}; }
DESKD_INLINE Vi splati(int32_t x) { return Vi{} + x; }

// a·b + c with one rounding where the set has it, else two. Never left to the compiler: -ffp-contract=off.
DESKD_INLINE Vf fma(Vf a, Vf b, Vf c) {
#if defined(__AVX512F__)
  return (Vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Vf)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (Vf)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}
DESKD_INLINE Vd fma(Vd a, Vd b, Vd c) {
#if defined(__AVX512F__)
  return (Vd)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__FMA__)
  return (Vd)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  return (Vd)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}
DESKD_INLINE V2d fma2(V2d a, V2d b, V2d c) {
#if defined(__FMA__)
  return (V2d)_mm_fmadd_pd((__m128d)a, (__m128d)b, (__m128d)c);
#elif defined(__aarch64__)
  return (V2d)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return a * b + c;
#endif
}
DESKD_INLINE V4d fma4(V4d a, V4d b, V4d c) {
#if defined(__FMA__)
  return (V4d)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#elif defined(__aarch64__)
  struct Halves {
    V2d low, high;
  };
  const Halves x = __builtin_bit_cast(Halves, a), y = __builtin_bit_cast(Halves, b), z = __builtin_bit_cast(Halves, c);
  return __builtin_bit_cast(V4d, Halves{fma2(x.low, y.low, z.low), fma2(x.high, y.high, z.high)});
#else
  return a * b + c;
#endif
}
// c − a·b
DESKD_INLINE Vf fnma(Vf a, Vf b, Vf c) {
#if defined(__AVX512F__)
  return (Vf)_mm512_fnmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
  return (Vf)_mm256_fnmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__aarch64__)
  return (Vf)vfmsq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return c - a * b;
#endif
}
DESKD_INLINE V2d fnma2(V2d a, V2d b, V2d c) {
#if defined(__FMA__)
  return (V2d)_mm_fnmadd_pd((__m128d)a, (__m128d)b, (__m128d)c);
#elif defined(__aarch64__)
  return (V2d)vfmsq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
#else
  return c - a * b;
#endif
}

DESKD_INLINE Vf select(Vi mask, Vf yes, Vf no) { return mask ? yes : no; }
DESKD_INLINE Vd select(Vl mask, Vd yes, Vd no) { return mask ? yes : no; }

// Of a number and NaN the second is given by x86, the number by NEON: what is not finite is caught elsewhere.
DESKD_INLINE Vf min(Vf a, Vf b) {
#if defined(__AVX512F__)
  return (Vf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (Vf)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
  return (Vf)_mm_min_ps((__m128)a, (__m128)b);
#elif defined(__aarch64__)
  return (Vf)vminnmq_f32((float32x4_t)a, (float32x4_t)b);
#else
  return a < b ? a : b;
#endif
}
DESKD_INLINE Vf max(Vf a, Vf b) {
#if defined(__AVX512F__)
  return (Vf)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__)
  return (Vf)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
  return (Vf)_mm_max_ps((__m128)a, (__m128)b);
#elif defined(__aarch64__)
  return (Vf)vmaxnmq_f32((float32x4_t)a, (float32x4_t)b);
#else
  return a > b ? a : b;
#endif
}
DESKD_INLINE Vd min(Vd a, Vd b) { return a < b ? a : b; }
DESKD_INLINE Vd max(Vd a, Vd b) { return a > b ? a : b; }
DESKD_INLINE Vf abs(Vf a) { return (Vf)((Vi)a & 0x7fffffff); }
DESKD_INLINE Vf sqrt(Vf a) {
#if defined(__AVX512F__)
  return (Vf)_mm512_sqrt_ps((__m512)a);
#elif defined(__AVX2__)
  return (Vf)_mm256_sqrt_ps((__m256)a);
#elif defined(__SSE2__)
  return (Vf)_mm_sqrt_ps((__m128)a);
#elif defined(__aarch64__)
  return (Vf)vsqrtq_f32((float32x4_t)a);
#else
  Vf r;
  for (int i = 0; i < kLanes; i++) r[i] = __builtin_sqrtf(a[i]);
  return r;
#endif
}
DESKD_INLINE Vd sqrt(Vd a) {
#if defined(__AVX512F__)
  return (Vd)_mm512_sqrt_pd((__m512d)a);
#elif defined(__AVX2__)
  return (Vd)_mm256_sqrt_pd((__m256d)a);
#elif defined(__SSE2__)
  return (Vd)_mm_sqrt_pd((__m128d)a);
#elif defined(__aarch64__)
  return (Vd)vsqrtq_f64((float64x2_t)a);
#else
  Vd r;
  for (int i = 0; i < kWide; i++) r[i] = __builtin_sqrt(a[i]);
  return r;
#endif
}
// Any bit set in any lane.
DESKD_INLINE bool any(Vi mask) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0;
#elif defined(__AVX2__)
  return !_mm256_testz_si256((__m256i)mask, (__m256i)mask);
#elif defined(__aarch64__)
  return vmaxvq_u32((uint32x4_t)mask) != 0;
#else
  int32_t r = 0;
  for (int i = 0; i < kLanes; i++) r |= mask[i];
  return r != 0;
#endif
}

// One bit a lane, set where the mask is.
DESKD_INLINE uint32_t bitsOf(Vi mask) {
#if defined(__AVX512F__)
  return _mm512_movepi32_mask((__m512i)mask);
#elif defined(__AVX2__)
  return (uint32_t)_mm256_movemask_ps((__m256)mask);
#elif defined(__SSE2__)
  return (uint32_t)_mm_movemask_ps((__m128)mask);
#elif defined(__aarch64__)
  const uint32x4_t bits = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32((uint32x4_t)(mask >> 31), bits));
#else
  uint32_t r = 0;
  for (int i = 0; i < kLanes; i++) r |= (uint32_t)(mask[i] < 0) << i;
  return r;
#endif
}

DESKD_INLINE Vf load(const float* p) { return *(const Vf*)p; }
DESKD_INLINE void store(float* p, Vf v) { *(Vf*)p = v; }
DESKD_INLINE Vd loadd(const double* p) { return *(const Vd*)p; }
DESKD_INLINE void stored(double* p, Vd v) { *(Vd*)p = v; }
// kWide floats widened to doubles.
DESKD_INLINE Vd widen(const float* p) { return __builtin_convertvector(*(const VfHalf*)p, Vd); }
DESKD_INLINE void narrow(float* p, Vd v) { *(VfHalf*)p = __builtin_convertvector(v, VfHalf); }

// log2 for x > 0: exponent plus a minimax polynomial on [√½, √2); error below 2e-5 (0.00012 dB of amplitude).
DESKD_INLINE Vf log2(Vf x) {
  const Vi bits = (Vi)x - 0x3f3504f3;  // √½
  const Vi exponent = bits >> 23;
  const Vf m = (Vf)((bits & 0x007fffff) + 0x3f3504f3) - 1.0f;
  Vf p = splat(0.252660365f);
  p = fma(p, m, splat(-0.394575475f));
  p = fma(p, m, splat(0.486686158f));
  p = fma(p, m, splat(-0.720241796f));
  p = fma(p, m, splat(1.44257801f));
  return fma(p, m, __builtin_convertvector(exponent, Vf));
}

// plus + ½·log2(x) for x ≥ 0; −inf at 0. Where the processor takes a number apart by itself: error of the logarithm below 1.3e-5.
DESKD_INLINE Vf halfLog2(Vf x, Vf plus) {
#if defined(__AVX512F__)
  const Vf exponent = (Vf)_mm512_getexp_ps((__m512)x);
  const Vf m = (Vf)_mm512_getmant_ps((__m512)x, _MM_MANT_NORM_1_2, _MM_MANT_SIGN_zero);
  Vf p = splat(0.022436805f);
  p = fma(p, m, splat(-0.208281865f));
  p = fma(p, m, splat(0.815574485f));
  p = fma(p, m, splat(-1.775396665f));
  p = fma(p, m, splat(2.545855595f));
  return fma(p, m, fma(splat(0.5f), exponent, plus - 1.400182085f));
#else
  return fma(splat(0.5f), log2(x), plus);
#endif
}

// 2^x for |x| < 126, exactly 1 at 0; relative error below 3e-6 (0.00003 dB).
DESKD_INLINE Vf exp2(Vf x) {
#if defined(__AVX512DQ__)
  const Vf f = (Vf)_mm512_reduce_ps((__m512)x, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
  Vf p = splat(0.01342669f);
  p = fma(p, f, splat(0.05224247f));
  p = fma(p, f, splat(0.24128021f));
  p = fma(p, f, splat(0.69304484f));
  p = fma(p, f, splat(1.0f));
  return (Vf)_mm512_scalef_ps((__m512)p, (__m512)x);  // · 2^⌊x⌋
#else
  const Vf magic = splat(12582912.0f);  // 1.5·2²³: adding it rounds to the nearest whole number
  const Vf t = x + magic;
  const Vf f = x - (t - magic);
  Vf p = splat(0.00958285316f);
  p = fma(p, f, splat(0.0559064257f));
  p = fma(p, f, splat(0.240240986f));
  p = fma(p, f, splat(0.693124193f));
  p = fma(p, f, splat(1.0f));
  // The whole number stands in t's lowest bits; what is above them falls out of the exponent's place.
  return (Vf)((Vi)p + ((Vi)t << 23));
#endif
}

// In place: `r[i][j]` ↔ `r[j][i]` of a kLanes × kLanes tile held in registers. First 4 × 4 inside the 128-bit quarters
// (unpacks, one cycle each), then whole quarters change places.
DESKD_INLINE void transpose(Vf (&r)[kLanes]) {
  constexpr auto mask = [](auto pick) {
    Vi m{};
    for (int i = 0; i < kLanes; i++) m[i] = pick(i / 4, i % 4);
    return m;
  };
  // From vectors a (elements 0…) and b (elements kLanes…), quarter q, element e.
  constexpr auto low = [](int q, int e) { return 4 * q + e / 2 + (e % 2) * kLanes; };
  constexpr auto high = [](int q, int e) { return 4 * q + 2 + e / 2 + (e % 2) * kLanes; };
  constexpr auto lowPairs = [](int q, int e) { return 4 * q + e % 2 + (e / 2) * kLanes; };
  constexpr auto highPairs = [](int q, int e) { return 4 * q + 2 + e % 2 + (e / 2) * kLanes; };
#pragma GCC unroll 4
  for (int k = 0; k < kLanes; k += 4) {
    const Vf a = __builtin_shuffle(r[k], r[k + 1], mask(low)), b = __builtin_shuffle(r[k], r[k + 1], mask(high));
    const Vf c = __builtin_shuffle(r[k + 2], r[k + 3], mask(low)), d = __builtin_shuffle(r[k + 2], r[k + 3], mask(high));
    r[k] = __builtin_shuffle(a, c, mask(lowPairs));
    r[k + 1] = __builtin_shuffle(a, c, mask(highPairs));
    r[k + 2] = __builtin_shuffle(b, d, mask(lowPairs));
    r[k + 3] = __builtin_shuffle(b, d, mask(highPairs));
  }
#if DESKD_LANES >= 8
  // Now r[4k + j], quarter q, holds column 4q + j of rows 4k…4k+3. Swap quarters: k ↔ q.
#pragma GCC unroll 4
  for (int step = 1; step < kLanes / 4; step *= 2) {
    Vi even{}, odd{};
    for (int i = 0; i < kLanes; i++) {
      const int q = i / 4, e = i % 4;
      even[i] = (q & step) ? kLanes + 4 * (q ^ step) + e : 4 * q + e;
      odd[i] = (q & step) ? kLanes + 4 * q + e : 4 * (q ^ step) + e;
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) {
      if ((i / 4) & step) continue;
      const Vf a = r[i], b = r[i + 4 * step];
      r[i] = __builtin_shuffle(a, b, even);
      r[i + 4 * step] = __builtin_shuffle(a, b, odd);
    }
  }
#endif
}

}  // namespace deskd::DESKD_ISA
