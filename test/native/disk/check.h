// The smallest test frame that will do: a section is a function, a check is a printed line.
#pragma once
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

struct Skip : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Context {
  std::filesystem::path folder;   // empty, for this section alone
  std::filesystem::path session;  // the real multitrack session; may not exist
  int failures = 0;
};

extern Context context;

inline bool check(bool holds, const std::string& what) {
  std::printf("%s %s\n", holds ? "ok  " : "FAIL", what.c_str());
  if (!holds) ++context.failures;
  return holds;
}

#define CHECK(condition) check((condition), #condition)

// A figure with its limits; printed with its value, so that a run shows what was measured.
inline bool checkWithin(double value, double low, double high, const std::string& what) {
  char text[512];
  std::snprintf(text, sizeof text, "%s: %.9g (expected %.9g … %.9g)", what.c_str(), value, low, high);
  return check(value >= low && value <= high, text);
}

// The words an action fails with; empty when it does not fail.
template <typename Action>
std::string wordsOf(Action action) {
  try {
    action();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

inline bool checkWords(const std::string& found, const std::string& expected) {
  return check(found.find(expected) != std::string::npos, "\"" + found + "\" says \"" + expected + "\"");
}

inline std::string inFolder(const std::string& name) { return (context.folder / name).string(); }
