// The graph built for AVX-512 (16 strips side by side).
#define DESKD_ISA avx512
#include "graph-impl.h"

namespace deskd {
Graph* createGraph_avx512(const GraphSpec& spec) { return new avx512::GraphImpl(spec); }
}  // namespace deskd
