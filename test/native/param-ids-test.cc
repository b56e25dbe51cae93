// The id under which the event log knows each parameter, one a line: `param-ids-test STRIPS BUSES OUTPUTS DCAS FX`.
#include "../../src/native/param-ids.h"

#include <cstdio>
#include <cstdlib>

int main(int, char** arguments) {
  const auto count = [&](int i) { return static_cast<uint32_t>(std::atoi(arguments[i])); };
  const deskd::ParamMap map{count(1), count(2), count(3), count(4), count(5)};
  for (uint32_t i = 0; i < map.total(); i++) std::puts(deskd::targetId(map, static_cast<int32_t>(i)).c_str());
}
