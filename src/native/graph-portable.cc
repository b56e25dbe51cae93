// The graph built for processors without a set of their own (4 strips side by side in the compiler's vectors).
#define DESKD_ISA portable
#include "graph-impl.h"

namespace deskd {
Graph* createGraph_portable(const GraphSpec& spec) { return new portable::GraphImpl(spec); }
}  // namespace deskd
