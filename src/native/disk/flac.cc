#include "flac.h"

#include <fcntl.h>
#include <sndfile.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "tags.h"

namespace deskd {
namespace {

constexpr sf_count_t kBlockFrames = 16384;
constexpr int kMostChannels = 8;
constexpr double kScale = 8388608;  // 24 bit

using SoundFile = std::unique_ptr<SNDFILE, int (*)(SNDFILE*)>;

[[noreturn]] void refuse(const std::string& path, const std::string& why) { throw std::runtime_error(path + ": " + why); }

SoundFile openFile(const std::string& path, int mode, SF_INFO& info) {
  SoundFile file(sf_open(path.c_str(), mode, &info), sf_close);
  if (!file) refuse(path, sf_strerror(nullptr));
  return file;
}

// The samples as whole numbers at the top of 32 bits; false when one is none in 24 bit.
bool toIntegers(const std::vector<float>& samples, size_t count, std::vector<int>& out) {
  bool isExact = true;
  for (size_t i = 0; i < count; ++i) {
    const double scaled = static_cast<double>(samples[i]) * kScale;
    isExact = isExact && scaled == std::floor(scaled) && scaled >= -kScale && scaled < kScale;
    if (isExact) out[i] = static_cast<int>(scaled) * 256;
  }
  return isExact;
}

bool encode(const std::string& wavPath, const std::string& path, const std::function<void(double)>& progress) {
  SF_INFO in{};
  const SoundFile wav = openFile(wavPath, SFM_READ, in);
  if (in.channels > kMostChannels) return false;
  SF_INFO out{};
  out.samplerate = in.samplerate;
  out.channels = in.channels;
  out.format = SF_FORMAT_FLAC | ((in.format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24);
  SoundFile flac = openFile(path, SFM_WRITE, out);
  for (const TagName& tag : kTagNames)
    if (const char* value = sf_get_string(wav.get(), tag.sndfileString)) sf_set_string(flac.get(), tag.sndfileString, value);
  std::vector<float> samples(static_cast<size_t>(kBlockFrames * in.channels));
  std::vector<int> integers(samples.size());
  for (sf_count_t done = 0; done < in.frames;) {
    const sf_count_t count = sf_readf_float(wav.get(), samples.data(), kBlockFrames);
    if (count <= 0) refuse(wavPath, "ends before its last frame");
    if (!toIntegers(samples, static_cast<size_t>(count * in.channels), integers)) return false;
    if (sf_writef_int(flac.get(), integers.data(), count) != count) refuse(path, sf_strerror(flac.get()));
    done += count;
    progress(0.6 * static_cast<double>(done) / static_cast<double>(in.frames));
  }
  if (sf_close(flac.release()) != 0) refuse(path, "cannot be finished");
  return true;
}

void compare(const std::string& wavPath, const std::string& path, const std::function<void(double)>& progress) {
  SF_INFO in{}, out{};
  const SoundFile wav = openFile(wavPath, SFM_READ, in), flac = openFile(path, SFM_READ, out);
  if (in.frames != out.frames || in.channels != out.channels || in.samplerate != out.samplerate)
    refuse(path, "does not decode to the length of " + wavPath);
  std::vector<float> a(static_cast<size_t>(kBlockFrames * in.channels)), b(a.size());
  for (sf_count_t done = 0; done < in.frames;) {
    const sf_count_t count = sf_readf_float(wav.get(), a.data(), kBlockFrames);
    if (count <= 0 || sf_readf_float(flac.get(), b.data(), count) != count) refuse(path, "does not decode to its end");
    for (size_t i = 0; i < static_cast<size_t>(count * in.channels); ++i)
      if (a[i] != b[i]) refuse(path, "does not decode to the samples of " + wavPath);
    done += count;
    progress(0.6 + 0.4 * static_cast<double>(done) / static_cast<double>(in.frames));
  }
}

void syncFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool isSynced = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  if (!isSynced) refuse(path, std::strerror(errno));
}

}  // namespace

bool convertToFlac(const std::string& wavPath, const std::string& flacPath, const std::function<void(double)>& progress) {
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), 19);
  const std::string part = flacPath + ".part";
  try {
    const bool isExact = encode(wavPath, part, progress);
    if (isExact) {
      compare(wavPath, part, progress);
      syncFile(part);
      if (std::rename(part.c_str(), flacPath.c_str()) != 0) refuse(flacPath, std::strerror(errno));
    } else {
      std::remove(part.c_str());
    }
    return isExact;
  } catch (...) {
    std::remove(part.c_str());
    throw;
  }
}

}  // namespace deskd
