// PortAudio prints what it tries in vain to C's stderr. Node writes to the descriptor: its lines are not touched.
#pragma once

#include <cstdio>
#include <mutex>

namespace deskd {

// While one lives, C's stderr goes nowhere. glibc's stderr is a variable that may be set; others' is left alone.
class QuietStderr {
 public:
  QuietStderr() { change(+1); }
  ~QuietStderr() { change(-1); }
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  static void change([[maybe_unused]] int by) {
#ifdef __GLIBC__
    static std::mutex* const mutex = new std::mutex;
    static FILE* const spoken = stderr;
    static FILE* const nowhere = std::fopen("/dev/null", "we");
    static int count = 0;
    const std::lock_guard lock(*mutex);
    count += by;
    stderr = count > 0 && nowhere != nullptr ? nowhere : spoken;
#endif
  }
};

}  // namespace deskd
