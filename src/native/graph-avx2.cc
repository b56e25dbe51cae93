// The graph built for AVX2 with FMA (8 strips side by side).
#define DESKD_ISA avx2
#include "graph-impl.h"

namespace deskd {
Graph* createGraph_avx2(const GraphSpec& spec) { return new avx2::GraphImpl(spec); }
}  // namespace deskd
