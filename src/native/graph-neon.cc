// The graph built for NEON, every 64-bit ARM (4 strips side by side, fused multiply-add).
#define DESKD_ISA neon
#include "graph-impl.h"

namespace deskd {
Graph* createGraph_neon(const GraphSpec& spec) { return new neon::GraphImpl(spec); }
}  // namespace deskd
