#include "file-head.h"

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace deskd {
namespace {

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

bool readAt(FILE* file, int64_t at, unsigned char* bytes, size_t count) {
  return std::fseek(file, static_cast<long>(at), SEEK_SET) == 0 && std::fread(bytes, 1, count, file) == count;
}

uint64_t numberIn(const unsigned char* bytes, int count, bool isBigEndian) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) value |= static_cast<uint64_t>(bytes[i]) << 8 * (isBigEndian ? count - 1 - i : i);
  return value;
}

// Of a file made of chunks: that the audio which is promised is there. Sizes of 0 and of all ones are those of streams.
std::string chunkProblem(FILE* file, int64_t end, bool isBigEndian, const char* audioTag) {
  unsigned char head[8], sizes[16];
  uint64_t wideBytes = 0;  // RF64's
  for (int64_t at = 12, chunks = 0; chunks < 1000 && readAt(file, at, head, sizeof head); ++chunks) {
    uint64_t bytes = numberIn(head + 4, 4, isBigEndian);
    if (std::memcmp(head, "ds64", 4) == 0 && readAt(file, at + 8, sizes, sizeof sizes)) wideBytes = numberIn(sizes + 8, 8, false);
    if (std::memcmp(head, audioTag, 4) == 0) {
      if (bytes == 0xFFFFFFFF) bytes = wideBytes;
      const auto left = static_cast<uint64_t>(end - at - 8);
      if (bytes <= left) return "";
      return "its header promises " + std::to_string(bytes) + " bytes of audio, " + std::to_string(left) + " are there: it is cut off or damaged" +
             (isBigEndian ? "" : "; deskd takes repair brings its header to what is there");
    }
    at += 8 + static_cast<int64_t>(bytes) + static_cast<int64_t>(bytes & 1);
  }
  return "";
}

// Tags: a vendor and so many comments, each behind its length, all within the block (RFC 9639 §8.6).
bool areTagsWhole(const std::vector<unsigned char>& block) {
  size_t at = 0;
  const auto number = [&](uint64_t& value) {
    if (block.size() - at < 4) return false;
    value = numberIn(block.data() + at, 4, false);
    at += 4;
    return true;
  };
  const auto skipText = [&] {
    uint64_t bytes = 0;
    if (!number(bytes) || bytes > block.size() - at) return false;
    at += bytes;
    return true;
  };
  uint64_t comments = 0;
  if (!skipText() || !number(comments)) return false;
  for (; comments > 0; --comments)
    if (!skipText()) return false;
  return true;
}

// A picture: its kind, two texts, four numbers and the image, all within the block (RFC 9639 §8.8).
bool isPictureWhole(const std::vector<unsigned char>& block) {
  size_t at = 4;
  for (const size_t behind : {0, 16, 0}) {
    if (at > block.size() || block.size() - at < 4) return false;
    const uint64_t bytes = numberIn(block.data() + at, 4, true);
    at += 4;
    if (bytes + behind > block.size() - at) return false;
    at += bytes + behind;
  }
  return true;
}

// What is not whole makes libFLAC take the sound that follows for more metadata, with sizes to match.
bool isBlockWhole(int type, bool isFirst, const std::vector<unsigned char>& block) {
  switch (type) {
    case 0: return isFirst && block.size() == 34;
    case 3: return block.size() % 18 == 0;
    case 4: return areTagsWhole(block);
    case 5: return block.size() >= 396;
    case 6: return isPictureWhole(block);
    case 127: return false;
    default: return true;
  }
}

}  // namespace

std::string headProblem(const std::string& path) {
  const File file(std::fopen(path.c_str(), "rbe"), std::fclose);
  if (!file || std::fseek(file.get(), 0, SEEK_END) != 0) return "";
  const int64_t end = std::ftell(file.get());
  unsigned char head[10];
  int64_t at = 0;
  // Some taggers put ID3 in front: its size is 28 bits, seven a byte.
  while (readAt(file.get(), at, head, sizeof head) && std::memcmp(head, "ID3", 3) == 0)
    at += 10 + ((head[6] & 0x7F) << 21 | (head[7] & 0x7F) << 14 | (head[8] & 0x7F) << 7 | (head[9] & 0x7F));
  if (!readAt(file.get(), at, head, 4)) return "it is too short for a header; expected WAV, RF64, AIFF or FLAC";
  const auto begins = [&](const char* tag) { return std::memcmp(head, tag, 4) == 0; };
  if (at == 0 && (begins("RIFF") || begins("RF64"))) return chunkProblem(file.get(), end, false, "data");
  if (at == 0 && (begins("RIFX") || begins("FORM"))) return chunkProblem(file.get(), end, true, begins("FORM") ? "SSND" : "data");
  if (!begins("fLaC")) return "it begins as none of them does; expected WAV, RF64, AIFF or FLAC";
  bool isLast = false, isFirst = true;
  for (at += 4; !isLast;) {
    if (!readAt(file.get(), at, head, 4)) return "it ends within its metadata";
    isLast = (head[0] & 0x80) != 0;
    const int64_t bytes = head[1] << 16 | head[2] << 8 | head[3];
    if (at + 4 + bytes > end)
      return "its metadata claims " + std::to_string(bytes) + " bytes where " + std::to_string(end - at - 4) + " are left";
    const int type = head[0] & 0x7F;
    std::vector<unsigned char> block(static_cast<size_t>(bytes));
    if (bytes > 0 && !readAt(file.get(), at + 4, block.data(), block.size())) return "its metadata cannot be read";
    if (isFirst != (type == 0) || !isBlockWhole(type, isFirst, block)) return "its metadata is damaged";
    isFirst = false;
    at += 4 + bytes;
  }
  return "";
}

}  // namespace deskd
