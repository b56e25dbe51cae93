#include "wav-cues.h"

#include "wav-header.h"

namespace deskd {
namespace {

struct Chunk {
  std::vector<char> bytes;
  void tag(const char* letters) { bytes.insert(bytes.end(), letters, letters + 4); }
  void number(uint64_t value) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 0xFF));
  }
};

// RIFF MCI 3.0 (Microsoft, IBM 1991): cue points, and a label for each by its number.
std::vector<char> chunksOf(const std::vector<CuePoint>& cues) {
  Chunk out, labels;
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
    labels.bytes.insert(labels.bytes.end(), cues[i].name.begin(), cues[i].name.end());
    labels.bytes.push_back(0);
    if (labels.bytes.size() % 2 != 0) labels.bytes.push_back(0);
  }
  out.tag("LIST");
  out.number(labels.bytes.size());
  out.bytes.insert(out.bytes.end(), labels.bytes.begin(), labels.bytes.end());
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
