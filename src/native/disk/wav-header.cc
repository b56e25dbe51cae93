#include "wav-header.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace deskd {
namespace {

constexpr size_t kMostHeaderBytes = 4096;
constexpr uint64_t kLargest32 = 0xFFFFFFFF;
constexpr size_t kDs64At = 12, kDs64Bytes = 28;  // where WavWriter keeps the room

template <typename T>
T numberAt(const std::vector<char>& bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}
template <typename T>
void putAt(std::vector<char>& bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}
}  // namespace

bool hasTag(const std::vector<char>& bytes, size_t at, const char* tag) {
  return at + 4 <= bytes.size() && std::memcmp(bytes.data() + at, tag, 4) == 0;
}

WavBytes::WavBytes(const std::string& path) : path_(path), fd_(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  if (fd_ < 0) fail(std::string("cannot be opened: ") + std::strerror(errno));
}

WavBytes::~WavBytes() { close(fd_); }

uint64_t WavBytes::size() const {
  const off_t end = lseek(fd_, 0, SEEK_END);
  if (end < 0) fail(std::strerror(errno));
  return static_cast<uint64_t>(end);
}

std::vector<char> WavBytes::read(uint64_t offset, size_t most) const {
  std::vector<char> bytes(most);
  const ssize_t count = pread(fd_, bytes.data(), most, static_cast<off_t>(offset));
  if (count < 0) fail(std::string("cannot be read: ") + std::strerror(errno));
  bytes.resize(static_cast<size_t>(count));
  return bytes;
}

void WavBytes::write(const std::vector<char>& bytes, uint64_t offset) const {
  if (pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset)) != static_cast<ssize_t>(bytes.size()))
    fail(std::string("cannot be written: ") + std::strerror(errno));
}

void WavBytes::cutTo(uint64_t bytes) const {
  if (ftruncate(fd_, static_cast<off_t>(bytes)) != 0) fail(std::string("cannot be written: ") + std::strerror(errno));
}

void WavBytes::sync() const {
  if (fsync(fd_) != 0) fail(std::string("cannot be written: ") + std::strerror(errno));
}

void WavBytes::fail(const std::string& why) const { throw std::runtime_error(path_ + ": " + why); }

WavHeader readWavHeader(const WavBytes& file) {
  WavHeader header;
  header.bytes = file.read(0, kMostHeaderBytes);
  const auto& bytes = header.bytes;
  header.isRf64 = hasTag(bytes, 0, "RF64");
  if ((!header.isRf64 && !hasTag(bytes, 0, "RIFF")) || !hasTag(bytes, 8, "WAVE"))
    file.fail("expected a WAV or RF64 file, found something else");
  for (size_t at = 12; at + 8 <= bytes.size();) {
    const auto chunkBytes = numberAt<uint32_t>(bytes, at + 4);
    const size_t content = at + 8;
    if (hasTag(bytes, at, "data")) {
      if (header.frameBytes == 0) break;
      header.riffBytes = header.isRf64 ? numberAt<uint64_t>(bytes, kDs64At + 8) : numberAt<uint32_t>(bytes, 4);
      header.dataBytes = header.isRf64 ? numberAt<uint64_t>(bytes, kDs64At + 16) : chunkBytes;
      header.bytes.resize(content);
      return header;
    }
    if (at == kDs64At && chunkBytes >= kDs64Bytes && (hasTag(bytes, at, "JUNK") || hasTag(bytes, at, "ds64")))
      header.hasDs64Room = true;
    if (header.isRf64 && !header.hasDs64Room) break;
    if (hasTag(bytes, at, "fmt ") && content + 16 <= bytes.size()) header.frameBytes = numberAt<uint16_t>(bytes, content + 12);
    if (hasTag(bytes, at, "fact") && content + 4 <= bytes.size()) header.factAt = content;
    at = content + chunkBytes + (chunkBytes & 1);
  }
  file.fail("expected a WAV header with fmt and data, found none in the first 4096 bytes");
}

void writeWavSizes(const WavBytes& file, WavHeader& header, uint64_t fileBytes) {
  if (fileBytes > kLargest32 && !header.isRf64 && !header.hasDs64Room)
    file.fail("has outgrown 4 GB, and its header has no room for the sizes of RF64");
  auto& bytes = header.bytes;
  const uint64_t frames = header.dataBytes / header.frameBytes;
  header.riffBytes = fileBytes - 8;
  if (fileBytes > kLargest32) {
    std::memcpy(bytes.data(), "RF64", 4);
    std::memcpy(bytes.data() + kDs64At, "ds64", 4);
    header.isRf64 = true;
  }
  if (header.isRf64) {
    putAt(bytes, kDs64At + 8, header.riffBytes);
    putAt(bytes, kDs64At + 16, header.dataBytes);
    putAt(bytes, kDs64At + 24, frames);
  }
  const auto narrow = [&](uint64_t value) { return static_cast<uint32_t>(header.isRf64 ? kLargest32 : value); };
  putAt(bytes, 4, narrow(header.riffBytes));
  putAt(bytes, bytes.size() - 4, narrow(header.dataBytes));
  if (header.factAt != 0) putAt(bytes, header.factAt, narrow(frames));
  file.write(bytes, 0);
}

}  // namespace deskd
