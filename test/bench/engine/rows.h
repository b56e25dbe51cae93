// Every row that is measured in memory, in the order of the table.
#pragma once
#include <vector>

#include "desk.h"
#include "timing.h"

namespace bench {

using Sets = std::vector<const deskd::InstructionSet*>;  // that this machine can run, best first

void measureJobP(const Sets& sets, const Music& music, Effort effort);
void measureFullStrip(const Sets& sets, const Music& music, Effort effort);
void measureStripCost(const Sets& sets, const Music& music, Effort effort);
void measureMoving(const Sets& sets, const Music& music, Effort effort);
void measureSilence(const Sets& sets, const Music& music, Effort effort);
void measureAnalyser(const Sets& sets, const Music& music, Effort effort);
void measurePrecision(const Sets& sets);

}  // namespace bench
