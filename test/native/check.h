// Checks that print what is wrong, and are counted.
#pragma once
#include <cstdio>

static int failures = 0;
#define CHECK(condition, ...)                              \
  do {                                                     \
    if (!(condition)) {                                    \
      failures++;                                          \
      std::printf("FAILED %s: ", #condition);              \
      std::printf(__VA_ARGS__);                            \
      std::printf("\n");                                   \
    }                                                      \
  } while (0)
