// WAV and RF64 by POSIX calls: the header is rewritten in place, the data only ever grows by whole frames.
#include "wav-writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace deskd {
namespace {

static_assert(std::endian::native == std::endian::little, "WAV is little-endian and so is this writer");

constexpr size_t kChunkBytes = 256 * 1024;
constexpr uint32_t kUnknown32 = 0xFFFFFFFF;  // RF64: "see ds64"
constexpr size_t kDs64Bytes = 28;

size_t sampleBytes(WavFormat format) {
  return format == WavFormat::float32 ? 4 : format == WavFormat::int16 ? 2 : 3;
}

int bitsOf(WavFormat format) {
  return format == WavFormat::int16 ? 16 : format == WavFormat::int20 ? 20 : 24;
}

struct ByteList {
  std::vector<uint8_t> bytes;
  void tag(const char* fourLetters) { bytes.insert(bytes.end(), fourLetters, fourLetters + 4); }
  template <typename T>
  void number(T value) {
    const auto* first = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), first, first + sizeof(T));
  }
};

template <size_t kBytes>
void pack(const std::vector<int32_t>& numbers, int shift, uint8_t* out) {
  for (const int32_t number : numbers) {
    const uint32_t value = static_cast<uint32_t>(number) << shift;
    for (size_t b = 0; b < kBytes; b++) out[b] = static_cast<uint8_t>(value >> (8 * b));
    out += kBytes;
  }
}

float finiteOrZero(float x) { return std::isfinite(x) ? x : 0.0f; }

}  // namespace

std::string writeErrorWords(int errorNumber) {
  const std::string system = std::strerror(errorNumber);
  switch (errorNumber) {
    case ENOSPC:
    case EDQUOT: return "the disk is full";
    case EFBIG: return "the file may not grow any larger (" + system + ")";
    case EIO: return "the disk has a fault (" + system + ")";
    default: return "the disk refused the write (" + system + ")";
  }
}

WavWriter::WavWriter(const std::string& path, const WavSpec& spec)
    : path_(path),
      spec_(spec),
      frameBytes_(sampleBytes(spec.format) * static_cast<size_t>(std::max(spec.channels, 0))),
      quantiser_({spec.channels, spec.sampleRateHz, bitsOf(spec.format), spec.dither, spec.ditherSeed}) {
  if (spec.channels < 1 || spec.channels > 1024)
    throw std::runtime_error(path + ": expected 1 to 1024 channels, found " + std::to_string(spec.channels));
  if (spec.sampleRateHz < 1)
    throw std::runtime_error(path + ": expected a sample rate above 0 Hz, found " + std::to_string(spec.sampleRateHz));
  fd_ = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (spec.replaceExisting ? O_TRUNC : O_EXCL), 0644);
  if (fd_ < 0 && errno == EEXIST)
    throw std::runtime_error(path + " is there already: choose another name or move it away");
  if (fd_ < 0) throw std::runtime_error("cannot create " + path + ": " + std::strerror(errno));
  dataOffset_ = header().size();
  bytes_.resize(std::max<size_t>(1, kChunkBytes / frameBytes_) * frameBytes_);
  if (updateHeader()) return;
  const std::string reason = error_;
  discard();
  throw std::runtime_error(reason);
}

WavWriter::~WavWriter() { finish(); }

bool WavWriter::write(const float* interleaved, int64_t frames) {
  if (fd_ < 0 || failed()) return false;
  const auto chunkFrames = static_cast<int64_t>(bytes_.size() / frameBytes_);
  while (frames > 0) {
    const int64_t count = std::min(frames, chunkFrames);
    encode(interleaved, frames_, count);
    const size_t wanted = static_cast<size_t>(count) * frameBytes_;
    int errorNumber = 0;
    const size_t put = this->put(bytes_.data(), wanted, dataEnd(), errorNumber);
    frames_ += static_cast<int64_t>(put / frameBytes_);
    if (put < wanted) return fail(errorNumber);
    interleaved += count * spec_.channels;
    frames -= count;
  }
  return true;
}

bool WavWriter::writeSilence(int64_t frames) {
  if (fd_ < 0 || failed()) return false;
  const auto end = static_cast<off_t>(dataEnd() + static_cast<uint64_t>(frames) * frameBytes_);
  // What pad() may have left behind the data is cut off first.
  if (ftruncate(fd_, static_cast<off_t>(dataEnd())) != 0 || ftruncate(fd_, end) != 0) return fail(errno);
  frames_ += frames;
  return true;
}

bool WavWriter::updateHeader() {
  if (fd_ < 0 || failed()) return false;
  if (!pad()) return fail(errno);
  const auto bytes = header();
  int errorNumber = 0;
  return put(bytes.data(), bytes.size(), 0, errorNumber) == bytes.size() || fail(errorNumber);
}

bool WavWriter::sync() {
  if (fd_ < 0 || failed()) return false;
  return fdatasync(fd_) == 0 || fail(errno);
}

bool WavWriter::finish() {
  if (fd_ < 0) return !failed();
  if (!failed()) commit();
  if (close(fd_) != 0 && !failed()) error_ = path_ + ": " + writeErrorWords(errno);
  fd_ = -1;
  return !failed();
}

void WavWriter::discard() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
  unlink(path_.c_str());
}

std::vector<uint8_t> WavWriter::header() const {
  const bool isFloat = spec_.format == WavFormat::float32;
  const bool isExtensible = spec_.channels > 2 || spec_.format == WavFormat::int20;
  const uint64_t paddedEnd = dataEnd() + (dataBytes() & 1);
  const bool isRf64 = paddedEnd > spec_.riffLimitBytes;
  const uint64_t riffBytes = paddedEnd > 8 ? paddedEnd - 8 : 0;
  const auto tagCode = static_cast<uint16_t>(isFloat ? 3 : 1);
  const auto sampleBits = static_cast<uint16_t>(8 * frameBytes_ / static_cast<size_t>(spec_.channels));

  ByteList list;
  list.tag(isRf64 ? "RF64" : "RIFF");
  list.number(isRf64 ? kUnknown32 : static_cast<uint32_t>(riffBytes));
  list.tag("WAVE");
  // The room for ds64 is kept from the start: EBU Tech 3306, "achieving compatibility between BWF and RF64".
  list.tag(isRf64 ? "ds64" : "JUNK");
  list.number(static_cast<uint32_t>(kDs64Bytes));
  list.number(isRf64 ? riffBytes : uint64_t{0});
  list.number(isRf64 ? dataBytes() : uint64_t{0});
  list.number(isRf64 ? static_cast<uint64_t>(frames_) : uint64_t{0});
  list.number(uint32_t{0});

  list.tag("fmt ");
  list.number(static_cast<uint32_t>(isExtensible ? 40 : isFloat ? 18 : 16));
  list.number(isExtensible ? uint16_t{0xFFFE} : tagCode);
  list.number(static_cast<uint16_t>(spec_.channels));
  list.number(static_cast<uint32_t>(spec_.sampleRateHz));
  list.number(static_cast<uint32_t>(static_cast<size_t>(spec_.sampleRateHz) * frameBytes_));
  list.number(static_cast<uint16_t>(frameBytes_));
  list.number(sampleBits);
  if (isExtensible) {
    list.number(uint16_t{22});
    list.number(spec_.format == WavFormat::int20 ? uint16_t{20} : sampleBits);  // of the container's, those that count
    list.number(uint32_t{0});  // channels are not assigned to loudspeakers
    list.number(tagCode);
    for (const uint8_t byte : {0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71}) list.number(byte);
  } else if (isFloat) {
    list.number(uint16_t{0});
  }
  if (isFloat) {
    list.tag("fact");
    list.number(uint32_t{4});
    list.number(isRf64 ? kUnknown32 : static_cast<uint32_t>(frames_));
  }
  list.tag("data");
  list.number(isRf64 ? kUnknown32 : static_cast<uint32_t>(dataBytes()));
  return std::move(list.bytes);
}

// Bytes that reached the file; fewer than asked only with an error number.
size_t WavWriter::put(const uint8_t* bytes, size_t count, uint64_t offset, int& errorNumber) const {
  size_t done = 0;
  while (done < count) {
    const ssize_t n = pwrite(fd_, bytes + done, count - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      errorNumber = n < 0 ? errno : ENOSPC;
      break;
    }
    done += static_cast<size_t>(n);
  }
  return done;
}

// A chunk of odd length is followed by one byte that does not count. The next frame overwrites it.
bool WavWriter::pad() {
  if ((dataBytes() & 1) == 0) return true;
  const uint8_t zero = 0;
  int errorNumber = 0;
  const bool isPut = put(&zero, 1, dataEnd(), errorNumber) == 1;
  errno = errorNumber;
  return isPut;
}

void WavWriter::encode(const float* samples, int64_t firstFrame, int64_t frames) {
  const int64_t count = frames * spec_.channels;
  uint8_t* out = bytes_.data();
  if (spec_.format == WavFormat::float32) {
    for (int64_t i = 0; i < count; ++i, out += 4) {
      const float value = finiteOrZero(samples[i]);
      std::memcpy(out, &value, 4);
    }
    return;
  }
  numbers_.resize(static_cast<size_t>(count));
  quantiser_.run(samples, firstFrame, frames, numbers_.data());
  const int shift = static_cast<int>(8 * sampleBytes(spec_.format)) - bitsOf(spec_.format);
  if (spec_.format == WavFormat::int16) pack<2>(numbers_, shift, out);
  else pack<3>(numbers_, shift, out);
}

// Leaves a valid file that ends at a whole frame, and says what happened.
bool WavWriter::fail(int errorNumber) {
  bool isCut = ftruncate(fd_, static_cast<off_t>(dataEnd())) == 0;
  if (!pad()) {  // not even room for one byte: a frame less makes the length even
    --frames_;
    isCut = ftruncate(fd_, static_cast<off_t>(dataEnd())) == 0;
  }
  const auto bytes = header();
  int headerError = 0;
  const bool isValid = isCut && put(bytes.data(), bytes.size(), 0, headerError) == bytes.size();
  error_ = writeErrorWords(errorNumber) + ": " + path_ + " ends after " + std::to_string(frames_) + " frames" +
           (isValid ? "" : " and its header could not be brought up to date");
  return false;
}

}  // namespace deskd
