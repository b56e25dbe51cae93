// Which builds of the graph this machine can run.
#include "graph.h"

namespace deskd {

#if defined(__x86_64__)
Graph* createGraph_avx512(const GraphSpec& spec);
Graph* createGraph_avx2(const GraphSpec& spec);
Graph* createGraph_sse2(const GraphSpec& spec);

const InstructionSet kInstructionSets[] = {
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma");
     },
     createGraph_avx512},
    {"avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }, createGraph_avx2},
    {"sse2", [] { return true; }, createGraph_sse2},
    {nullptr, nullptr, nullptr}};
#elif defined(__aarch64__)
Graph* createGraph_neon(const GraphSpec& spec);

const InstructionSet kInstructionSets[] = {{"neon", [] { return true; }, createGraph_neon},
                                           {nullptr, nullptr, nullptr}};
#else
Graph* createGraph_portable(const GraphSpec& spec);

const InstructionSet kInstructionSets[] = {{"portable", [] { return true; }, createGraph_portable},
                                           {nullptr, nullptr, nullptr}};
#endif

}  // namespace deskd
