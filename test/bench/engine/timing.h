// Clocks, medians, and the lines of figures that go to the script.
#pragma once
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace bench {

inline double nowNs(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return double(t.tv_sec) * 1e9 + double(t.tv_nsec);
}

// CPU time that `work` took of this thread: what others take of the machine does not count.
template <class Work>
double cpuNs(Work work) {
  const double before = nowNs(CLOCK_THREAD_CPUTIME_ID);
  work();
  return nowNs(CLOCK_THREAD_CPUTIME_ID) - before;
}

// `part` 0…1 of the values in order.
inline double quantile(std::vector<double> values, double part) {
  const size_t at = std::min(values.size() - 1, size_t(part * double(values.size())));
  std::nth_element(values.begin(), values.begin() + long(at), values.end());
  return values[at];
}

// A median and the middle 80 % of its rounds, relative to it.
struct Spread {
  double median, low, high;
};
inline Spread spreadOf(const std::vector<double>& values) {
  return {quantile(values, 0.5), quantile(values, 0.1), quantile(values, 0.9)};
}

// A ratio of two series that were taken in turns: pairs first, then the median.
inline Spread ratioOf(const std::vector<double>& of, const std::vector<double>& to) {
  std::vector<double> ratios;
  for (size_t i = 0; i < of.size(); i++) ratios.push_back(of[i] / to[i]);
  return spreadOf(ratios);
}

// What one run is asked for.
struct Effort {
  bool quick;
  int rounds(int full) const { return quick ? (full + 3) / 4 : full; }
};

// A row of the table as a JSON object. `bound` in the same unit, 0 for none; `atLeast`: not to be fallen below.
inline void printRow(const std::string& figure, double value, const std::string& unit, double bound, bool atLeast,
                     const std::string& detail, double low = 0, double high = 0) {
  std::printf(R"({"figure":"%s","value":%.6g,"unit":"%s","bound":%.6g,"atLeast":%s,"low":%.6g,"high":%.6g,"detail":"%s"})"
              "\n",
              figure.c_str(), value, unit.c_str(), bound, atLeast ? "true" : "false", low, high, detail.c_str());
  std::fflush(stdout);
}

inline std::string text(const char* format, auto... values) {
  char buffer[256];
  std::snprintf(buffer, sizeof buffer, format, values...);
  return buffer;
}

}  // namespace bench
