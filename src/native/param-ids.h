// The id of a parameter or action by its number, for the event log.
#pragma once
#include <cstdint>
#include <string>

#include "engine.h"
#include "generated/params.h"

namespace deskd {

inline std::string targetId(const ParamMap& map, int32_t target) {
  if (target == layout::kActionBase + layout::kRoll) return "transport.roll";
  if (target == layout::kActionBase + layout::kHalt) return "transport.halt";
  if (target == layout::kActionBase + layout::kResetMeters) return "meters.reset";
  const auto at = static_cast<uint32_t>(target);
  const auto numbered = [](const char* what, uint32_t n) { return std::string(what) + std::to_string(n + 1) + "."; };
  if (at >= map.stripBase()) {
    const uint32_t strip = (at - map.stripBase()) / map.stripStride(), offset = (at - map.stripBase()) % map.stripStride();
    constexpr uint32_t sends = params::strip::send::base, each = params::strip::send::stride;
    const std::string id = numbered("strip.", strip);
    if (offset >= map.stripDca()) return id + "dca." + std::to_string(offset - map.stripDca() + 1);
    return offset < sends ? id + stripNames[offset]
                          : id + numbered("send.", (offset - sends) / each) + sendNames[(offset - sends) % each];
  }
  if (at >= map.fxBase()) {
    const uint32_t offset = at - map.fxBase();
    return numbered("fx.", offset / map.fxStride()) + fxNames[offset % map.fxStride()];
  }
  if (at >= map.busBase()) {
    const uint32_t bus = (at - map.busBase()) / map.busStride(), offset = (at - map.busBase()) % map.busStride();
    const std::string id = numbered("bus.", bus);
    return offset < map.busDca() ? id + busNames[offset] : id + "dca." + std::to_string(offset - map.busDca() + 1);
  }
  if (at >= map.outputBase()) return numbered("output.", at - map.outputBase()) + outputNames[0];
  if (at >= map.dcaBase()) {
    const uint32_t offset = at - map.dcaBase();
    return numbered("dca.", offset / map.dcaStride()) + dcaNames[offset % map.dcaStride()];
  }
  if (at >= map.muteGroupBase()) {
    const uint32_t offset = at - map.muteGroupBase();
    return numbered("muteGroup.", offset / map.muteGroupStride()) + muteGroupNames[offset % map.muteGroupStride()];
  }
  if (at >= ParamMap::sceneBase) return std::string("scene.") + sceneNames[at - ParamMap::sceneBase];
  if (at >= ParamMap::transportBase) return std::string("transport.") + transportNames[at - ParamMap::transportBase];
  if (at >= ParamMap::analyserBase) return std::string("analyser.") + analyserNames[at - ParamMap::analyserBase];
  if (at >= ParamMap::talkbackBase) return std::string("talkback.") + talkbackNames[at - ParamMap::talkbackBase];
  if (at >= ParamMap::oscillatorBase) return std::string("oscillator.") + oscillatorNames[at - ParamMap::oscillatorBase];
  if (at >= ParamMap::monitorBase) return std::string("monitor.") + monitorNames[at - ParamMap::monitorBase];
  if (at >= ParamMap::masterBase) return std::string("master.") + masterNames[at - ParamMap::masterBase];
  return std::string("desk.") + deskNames[at];
}

}  // namespace deskd
