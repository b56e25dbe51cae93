// A killed writer leaves a whole header of up to a second ago, and behind it every frame that reached the file since.
#include "wav-repair.h"

#include <cstring>

#include "wav-header.h"

namespace deskd {
namespace {

// The end of the whole chunks that follow the data, where what follows is chunks: those are written last of all, behind
// a header that knows all data.
uint64_t endOfChunks(const WavBytes& file, uint64_t at, uint64_t fileBytes) {
  while (true) {
    const auto chunk = file.read(at, 8);
    if (chunk.size() < 8 || (!hasTag(chunk, 0, "cue ") && !hasTag(chunk, 0, "LIST"))) return at;
    uint32_t bytes;
    std::memcpy(&bytes, chunk.data() + 4, sizeof bytes);
    const uint64_t next = at + 8 + bytes + (bytes & 1);
    if (next > fileBytes) return at;
    at = next;
  }
}

}  // namespace

WavRepair repairWav(const std::string& path) {
  const WavBytes file(path);
  WavHeader header = readWavHeader(file);
  const uint64_t fileBytes = file.size();
  WavRepair repair;
  repair.framesBefore = repair.frames = static_cast<int64_t>(header.dataBytes / header.frameBytes);
  if (header.riffBytes + 8 == fileBytes) return repair;

  uint64_t end = endOfChunks(file, header.paddedDataEnd(), fileBytes);
  if (end == header.paddedDataEnd()) {
    const uint64_t frames = fileBytes <= header.dataAt() ? 0 : (fileBytes - header.dataAt()) / header.frameBytes;
    header.dataBytes = frames * header.frameBytes;
    end = header.paddedDataEnd();
    repair.frames = static_cast<int64_t>(frames);
  }
  if (end <= fileBytes) file.cutTo(end);
  else file.write({0}, end - 1);  // the pad of an odd length
  writeWavSizes(file, header, end);
  file.sync();
  repair.isMended = true;
  return repair;
}

}  // namespace deskd
