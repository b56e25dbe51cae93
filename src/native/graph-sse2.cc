// The graph built for SSE2, every x86-64 (4 strips side by side).
#define DESKD_ISA sse2
#include "graph-impl.h"

namespace deskd {
Graph* createGraph_sse2(const GraphSpec& spec) { return new sse2::GraphImpl(spec); }
}  // namespace deskd
