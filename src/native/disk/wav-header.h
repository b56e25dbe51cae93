// The header of a WAV or RF64 file that exists: read, changed in place, written back.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace deskd {

// A file open for reading and changing. Everything throws std::runtime_error in words.
class WavBytes {
 public:
  explicit WavBytes(const std::string& path);
  ~WavBytes();
  WavBytes(const WavBytes&) = delete;
  WavBytes& operator=(const WavBytes&) = delete;

  uint64_t size() const;
  // Fewer than asked at the end of the file.
  std::vector<char> read(uint64_t offset, size_t most) const;
  void write(const std::vector<char>& bytes, uint64_t offset) const;
  void cutTo(uint64_t bytes) const;
  void sync() const;
  [[noreturn]] void fail(const std::string& why) const;

 private:
  const std::string path_;
  const int fd_;
};

struct WavHeader {
  std::vector<char> bytes;  // up to the first frame
  bool isRf64 = false;
  bool hasDs64Room = false;  // kept by WavWriter, so that a file can outgrow 4 GB
  size_t frameBytes = 0;
  size_t factAt = 0;  // where the fact chunk's number stands, 0 without one
  uint64_t riffBytes = 0, dataBytes = 0;

  uint64_t dataAt() const { return bytes.size(); }
  uint64_t paddedDataEnd() const { return dataAt() + dataBytes + (dataBytes & 1); }
};

// Throws std::runtime_error in words.
WavHeader readWavHeader(const WavBytes& file);
// Brings all sizes up to header.dataBytes and a file of so many bytes, as RF64 where it must be, and writes the header.
void writeWavSizes(const WavBytes& file, WavHeader& header, uint64_t fileBytes);

bool hasTag(const std::vector<char>& bytes, size_t at, const char* tag);

}  // namespace deskd
