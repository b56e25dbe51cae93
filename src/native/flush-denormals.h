// Denormals cost a hundred times as much as other numbers: taken and given as 0 for the length of a block.
#pragma once
#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace deskd {

class FlushDenormals {
 public:
#if defined(__x86_64__)
  FlushDenormals() noexcept : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040); }  // FTZ and DAZ
  ~FlushDenormals() { _mm_setcsr(before_); }

 private:
  unsigned before_;
#elif defined(__aarch64__)
  FlushDenormals() noexcept {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    set(before_ | 1ull << 24);  // FZ: both inputs and results
  }
  ~FlushDenormals() { set(before_); }

 private:
  static void set(uint64_t fpcr) noexcept { asm volatile("msr fpcr, %0" : : "r"(fpcr) : "memory"); }
  uint64_t before_;
#else
  FlushDenormals() noexcept {}
  ~FlushDenormals() {}
#endif
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;
};

}  // namespace deskd
