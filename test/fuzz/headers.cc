// headers COUNT SEED FOLDER [FIRST]: reads COUNT mutated WAV, RF64, AIFF and FLAC files as the desk does, in this process.
// Exit code 0: each was read, or refused in words, within its time, and took no more memory than its size and what a whole file takes.
// Else 1, and the file that did it is FOLDER/case-SEED-NUMBER.
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sndfile.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "../../src/native/disk/audio-file.h"
#include "../../src/native/disk/wav-cues.h"
#include "../../src/native/disk/wav-repair.h"
#include "../../src/native/mending/sound.h"

extern "C" void* __libc_malloc(size_t);
extern "C" void* __libc_calloc(size_t, size_t);
extern "C" void* __libc_realloc(void*, size_t);
extern "C" void __libc_free(void*);

namespace {

// What is allocated now, the most there was, and the largest single request, also of those that fail.
size_t held = 0, most = 0, largest = 0;

void* counted(void* block, size_t asked) {
  largest = std::max(largest, asked);
  if (block != nullptr) most = std::max(most, held += malloc_usable_size(block));
  return block;
}

}  // namespace

// In place of the library's, for everything in this process.
extern "C" void* malloc(size_t size) { return counted(__libc_malloc(size), size); }
extern "C" void* calloc(size_t count, size_t size) {
  size_t bytes = 0;
  return counted(__libc_calloc(count, size), __builtin_mul_overflow(count, size, &bytes) ? SIZE_MAX : bytes);
}
extern "C" void* realloc(void* block, size_t size) {
  const size_t before = block == nullptr ? 0 : malloc_usable_size(block);
  void* after = __libc_realloc(block, size);
  if (after != nullptr || size == 0) held -= before;
  return counted(after, size);
}
extern "C" void free(void* block) {
  if (block != nullptr) held -= malloc_usable_size(block);
  __libc_free(block);
}

namespace {

using Bytes = std::vector<unsigned char>;

constexpr unsigned kSecondsACase = 10;
constexpr size_t kAddressSpace = size_t{1} << 30;

// For the handler, which may call hardly anything.
const Bytes* current = nullptr;
char currentName[4096];

void keepCase() {
  const int fd = open(currentName, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || current == nullptr) return;
  if (write(fd, current->data(), current->size()) < 0) return;
  close(fd);
}

void onSignal(int signal) {
  keepCase();
  static const char says[] = "killed, or took too long: see ";
  const ssize_t told = write(1, says, sizeof says - 1) + write(1, currentName, std::strlen(currentName)) + write(1, "\n", 1);
  _exit(told < 0 ? 3 : signal == SIGALRM ? 2 : 1);
}

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  size_t below(size_t limit) { return limit == 0 ? 0 : static_cast<size_t>(engine_() % limit); }

 private:
  std::mt19937_64 engine_;
};

// A healthy file of 700 frames with tags, marks and a broadcast chunk where its kind has them.
Bytes healthy(int format, int channels, const std::string& folder) {
  const std::string path = folder + "/healthy";
  SF_INFO info{};
  info.samplerate = 48000;
  info.channels = channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  if (file == nullptr) throw std::runtime_error(sf_strerror(nullptr));
  sf_set_string(file, SF_STR_TITLE, "Title");
  sf_set_string(file, SF_STR_ARTIST, "Artist");
  SF_BROADCAST_INFO broadcast{};
  std::strcpy(broadcast.description, "description");
  if ((format & SF_FORMAT_TYPEMASK) != SF_FORMAT_FLAC && (format & SF_FORMAT_TYPEMASK) != SF_FORMAT_AIFF)
    sf_command(file, SFC_SET_BROADCAST_INFO, &broadcast, sizeof broadcast);
  std::vector<float> samples(static_cast<size_t>(700 * channels));
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(0.4 * std::sin(0.05 * static_cast<double>(i)));
  sf_writef_float(file, samples.data(), 700);
  sf_close(file);
  Bytes bytes;
  if (FILE* in = std::fopen(path.c_str(), "rb")) {
    int byte = 0;
    while ((byte = std::fgetc(in)) != EOF) bytes.push_back(static_cast<unsigned char>(byte));
    std::fclose(in);
  }
  std::remove(path.c_str());
  return bytes;
}

// One to eight faults: most in the first bytes, where headers are.
Bytes mutated(Bytes bytes, Random& random) {
  static const uint32_t strange[] = {0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF, 0x40000000, 0xFFFFFF00};
  for (size_t faults = 1 + random.below(8); faults > 0 && !bytes.empty(); --faults) {
    const size_t at = random.below(std::min<size_t>(bytes.size(), random.below(4) == 0 ? bytes.size() : random.below(3) == 0 ? 512 : 64));
    const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    const size_t room = bytes.size() - at;
    switch (random.below(8)) {
      case 0: bytes[at] ^= static_cast<unsigned char>(1u << random.below(8)); break;
      case 1: bytes[at] = static_cast<unsigned char>(random.below(256)); break;
      case 2:
      case 3: {  // a number of 2, 4 or 8 bytes, either way round
        uint32_t value = random.below(3) == 0 ? static_cast<uint32_t>(random.below(SIZE_MAX)) : strange[random.below(std::size(strange))];
        if (random.below(2) == 0) value = __builtin_bswap32(value);
        const size_t place = random.below(2) == 0 ? at & ~size_t{3} : at;
        const size_t width = std::min<size_t>(bytes.size() - place, size_t{2} << random.below(3));
        for (size_t i = 0; i < width; ++i) bytes[place + i] = static_cast<unsigned char>(value >> (8 * (i % 4)));
        break;
      }
      case 4: bytes.erase(first, first + static_cast<std::ptrdiff_t>(std::min(room, 1 + random.below(40)))); break;
      case 5: bytes.insert(first, 1 + random.below(40), static_cast<unsigned char>(random.below(256))); break;
      case 6: {  // a part of it again somewhere else: chunks twice, out of order
        const Bytes part(first, first + static_cast<std::ptrdiff_t>(std::min(room, 1 + random.below(200))));
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(random.below(bytes.size() + 1)), part.begin(), part.end());
        break;
      }
      default:
        if (random.below(3) == 0) bytes.resize(random.below(bytes.size() + 1));
    }
  }
  return bytes;
}

// A file that lives in memory alone, under a path like any other.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("case", 0)), path_("/proc/self/fd/" + std::to_string(fd_)) {}
  const std::string& hold(const Bytes& bytes) {
    if (ftruncate(fd_, 0) != 0 || pwrite(fd_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
      throw std::runtime_error("no memory for the case");
    return path_;
  }

 private:
  const int fd_;
  const std::string path_;
};

struct Tally {
  long read = 0, refused = 0, mended = 0;
  size_t mostBeyond = 0;
  double longestS = 0;
};

// As tracks are read, as mending reads, as recordings are mended and marked.
void readCase(const std::string& path, Tally& tally) {
  try {
    deskd::AudioFile file(path);
    std::vector<float> block(static_cast<size_t>(1024 * file.info().channels));
    int64_t left = file.info().frames;
    for (int64_t count = 1; left > 0 && count > 0; left -= count) count = file.read(block.data(), std::min<int64_t>(left, 1024));
    file.seek(file.info().frames / 2);
    file.read(block.data(), 1024);
    ++tally.read;
  } catch (const std::runtime_error&) {
    ++tally.refused;
  }
}

void mendCase(const std::string& path, Tally& tally) {
  try {
    deskd::readSound(path, [](double) {});
  } catch (const std::runtime_error&) {
  }
  try {
    deskd::writeCuePoints(path, {{1, "one"}, {600, "two"}});
  } catch (const std::runtime_error&) {
  }
  try {
    if (deskd::repairWav(path).isMended) ++tally.mended;
  } catch (const std::runtime_error&) {
  }
}

}  // namespace

int main(int argumentCount, char** arguments) {
  if (argumentCount < 4) {
    std::puts("usage: headers COUNT SEED FOLDER [FIRST]");
    return 2;
  }
  const long count = std::atol(arguments[1]), seed = std::atol(arguments[2]), firstCase = argumentCount > 4 ? std::atol(arguments[4]) : 0;
  const std::string folder = arguments[3];
  std::vector<Bytes> files;
  for (const int channels : {1, 2, 6})
    for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_WAV | SF_FORMAT_PCM_24, SF_FORMAT_WAVEX | SF_FORMAT_FLOAT,
                             SF_FORMAT_RF64 | SF_FORMAT_PCM_24, SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, SF_FORMAT_WAV | SF_FORMAT_DOUBLE,
                             SF_FORMAT_AIFF | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_FLOAT, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
                             SF_FORMAT_FLAC | SF_FORMAT_PCM_24, SF_FORMAT_FLAC | SF_FORMAT_PCM_16})
      if (!((format & SF_FORMAT_SUBMASK) == SF_FORMAT_IMA_ADPCM && channels > 2)) files.push_back(healthy(format, channels, folder));
  MemoryFile memory;
  Tally tally;
  size_t wholeTakes = 0;  // what the libraries need for a file that nothing is wrong with
  for (const Bytes& bytes : files) {
    const size_t before = most = held;
    readCase(memory.hold(bytes), tally);
    mendCase(memory.hold(bytes), tally);
    wholeTakes = std::max(wholeTakes, most - before);
  }
  tally = {};
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) ::signal(signal, onSignal);
  const rlimit space{kAddressSpace, kAddressSpace};
  setrlimit(RLIMIT_AS, &space);
  // A FLAC frame may be 65,535 samples of 8 channels, whatever the file's size: the decoder's room for that is the format's, not the header's.
  const size_t fixed = wholeTakes + size_t{8} * 65535 * 16;
  for (long number = firstCase; number < firstCase + count; ++number) {
    Random random(static_cast<uint64_t>(seed) * 1'000'000'007u + static_cast<uint64_t>(number));
    const Bytes bytes = mutated(files[random.below(files.size())], random);
    std::snprintf(currentName, sizeof currentName, "%s/case-%ld-%ld", folder.c_str(), seed, number);
    current = &bytes;
    const size_t before = most = held;
    largest = 0;
    const auto started = std::chrono::steady_clock::now();
    alarm(kSecondsACase);
    readCase(memory.hold(bytes), tally);
    if (number % 4 == 0) mendCase(memory.hold(bytes), tally);
    alarm(0);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    tally.longestS = std::max(tally.longestS, seconds);
    const size_t taken = std::max(most - before, largest), beyond = taken > bytes.size() ? taken - bytes.size() : 0;
    tally.mostBeyond = std::max(tally.mostBeyond, beyond);
    if (beyond > fixed) {
      keepCase();
      std::printf("took %zu bytes beside its %zu (whole files take %zu): see %s\n", taken, bytes.size(), wholeTakes, currentName);
      return 1;
    }
    if (held > before + 65536) {
      keepCase();
      std::printf("kept %zu bytes: see %s\n", held - before, currentName);
      return 1;
    }
  }
  std::printf("{\"cases\":%ld,\"read\":%ld,\"refused\":%ld,\"mended\":%ld,\"wholeBytes\":%zu,\"mostBytes\":%zu,\"longestMs\":%.1f}\n", count,
              tally.read, tally.refused, tally.mended, wholeTakes, tally.mostBeyond, tally.longestS * 1000);
  return 0;
}
