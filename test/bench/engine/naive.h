// Job P written without thinking about speed: one strip after the other, sample by sample. The peer of the bench.
#pragma once
#include <memory>

namespace bench {

class NaiveDesk {
 public:
  virtual ~NaiveDesk() = default;
  // Any count of frames; `sources` holds one mono row a strip.
  virtual void process(const float* const* sources, float* left, float* right, int frames) = 0;
  virtual double integratedLufs() const = 0;
  virtual double truePeak() const = 0;
};

// The same code in float and in double; built plainly (-O2) and for this very machine (-O3 -march=native).
namespace plain {
std::unique_ptr<NaiveDesk> naiveDeskF32(int stripCount);
std::unique_ptr<NaiveDesk> naiveDeskF64(int stripCount);
}  // namespace plain
namespace tuned {
std::unique_ptr<NaiveDesk> naiveDeskF32(int stripCount);
std::unique_ptr<NaiveDesk> naiveDeskF64(int stripCount);
}  // namespace tuned

}  // namespace bench
