#include "wav-cues.h"

#include "wav-chunk.h"
#include "wav-header.h"

namespace deskd {
namespace {

// RIFF MCI 3.0 (Microsoft, IBM 1991): cue points, and a label for each by its number.
std::vector<char> chunksOf(const std::vector<CuePoint>& cues) {
  WavChunk out, labels;
  out.tag("cue ");
  out.number(4 + 24 * cues.size());
  out.number(cues.size());
  labels.tag("adtl");
  for (size_t i = 0; i < cues.size(); ++i) {
    const auto frame = static_cast<uint64_t>(cues[i].frame);
    out.number(i + 1);
    out.number(frame);  // position in the play list, of which there is none: the frame
    out.tag("data");
    out.number(0);
    out.number(0);
    out.number(frame);
    labels.tag("labl");
    labels.number(4 + cues[i].name.size() + 1);
    labels.number(i + 1);
    labels.text(cues[i].name);
  }
  out.list(labels);
  return out.bytes;
}

}  // namespace

int writeCuePoints(const std::string& path, const std::vector<CuePoint>& cues) {
  const WavBytes file(path);
  WavHeader header = readWavHeader(file);
  const uint64_t end = header.paddedDataEnd();
  if (header.riffBytes + 8 < end || file.size() < end) file.fail("its header and its data do not agree: mend it first");
  const auto frames = static_cast<int64_t>(header.dataBytes / header.frameBytes);
  std::vector<CuePoint> kept;
  for (const CuePoint& cue : cues)
    if (cue.frame >= 0 && cue.frame < frames && cue.frame <= 0xFFFFFFFF) kept.push_back(cue);
  if (kept.empty()) return 0;
  const auto chunks = chunksOf(kept);
  file.cutTo(end);
  file.write(chunks, end);
  writeWavSizes(file, header, end + chunks.size());
  file.sync();
  return static_cast<int>(kept.size());
}

}  // namespace deskd
