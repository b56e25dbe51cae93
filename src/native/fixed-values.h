// What of a value table holds for as long as the graph lives: look-aheads, and where the buses go at the start.
#pragma once
#include <vector>

#include "generated/params.h"
#include "graph.h"

namespace deskd {

struct FixedValues {
  float limiterLookaheadMs = 0;
  std::vector<float> stripLookaheadMs, busLookaheadMs;
  std::vector<int32_t> busOutput;  // −1 master
  std::vector<float> master;       // the master's block; noughts for what is not fixed

  // As many as a desk of this map has, all noughts.
  explicit FixedValues(const ParamMap& map)
      : stripLookaheadMs(map.stripCount), busLookaheadMs(map.busCount), busOutput(map.busCount), master(params::master::size) {}

  // `values`: one for every parameter of `map`; what is no number or out of range counts as the nearest that is.
  FixedValues(const float* values, const ParamMap& map) : FixedValues(map) {
    namespace limiter = params::master::limiter;
    const auto held = [&](uint32_t index, const Range& range) {
      const float value = values[index];
      return !(value >= range.min) ? range.min : value > range.max ? range.max : value;
    };
    const auto masterAt = limiter::base + limiter::lookaheadMs;
    limiterLookaheadMs = held(ParamMap::masterBase + masterAt, masterRanges[masterAt]);
    for (const uint32_t at : masterFixed) master[at] = held(ParamMap::masterBase + at, masterRanges[at]);
    const auto stripAt = params::strip::comp::base + params::strip::comp::lookaheadMs;
    for (uint32_t s = 0; s < map.stripCount; s++)
      stripLookaheadMs[s] = held(map.stripBase() + s * map.stripStride() + stripAt, stripRanges[stripAt]);
    const auto busAt = params::bus::comp::base + params::bus::comp::lookaheadMs;
    for (uint32_t b = 0; b < map.busCount; b++) {
      const uint32_t bus = map.busBase() + b * map.busStride();
      busLookaheadMs[b] = held(bus + busAt, busRanges[busAt]);
      const float to = values[bus + params::bus::output];
      busOutput[b] = to >= 1 && to <= static_cast<float>(map.busCount) ? static_cast<int32_t>(to) - 1 : -1;
    }
  }

  // The same for reading and writing, in one order.
  template <class Each>
  void forEach(Each each) {
    each(limiterLookaheadMs);
    for (float& ms : stripLookaheadMs) each(ms);
    for (float& ms : busLookaheadMs) each(ms);
    for (int32_t& to : busOutput) each(to);
    for (const uint32_t at : masterFixed) each(master[at]);
  }
  bool operator==(const FixedValues&) const = default;

  void into(GraphSpec& spec) const {
    spec.lookaheadMs = limiterLookaheadMs;
    spec.stripLookaheadMs = stripLookaheadMs.data();
    spec.busLookaheadMs = busLookaheadMs.data();
    spec.busOutput = busOutput.data();
    spec.master = master.data();
  }
};

}  // namespace deskd
