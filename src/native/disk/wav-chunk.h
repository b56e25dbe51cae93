// Bytes of a RIFF chunk as they are put together.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace deskd {

struct WavChunk {
  std::vector<char> bytes;
  void tag(const char* letters) { bytes.insert(bytes.end(), letters, letters + 4); }
  void number(uint64_t value) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 0xFF));
  }
  // With its closing zero, filled up to an even length.
  void text(const std::string& value) {
    bytes.insert(bytes.end(), value.begin(), value.end());
    bytes.push_back(0);
    if (bytes.size() % 2 != 0) bytes.push_back(0);
  }
  // What another holds, as a LIST.
  void list(const WavChunk& of) {
    tag("LIST");
    number(of.bytes.size());
    bytes.insert(bytes.end(), of.bytes.begin(), of.bytes.end());
  }
};

}  // namespace deskd
