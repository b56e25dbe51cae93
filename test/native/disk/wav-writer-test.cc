// What the WAV writer writes, read back with libsndfile and byte by byte.
#include "../../../src/native/disk/wav-writer.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <limits>

#include "check.h"
#include "sections.h"
#include "signals.h"
#include "small-disk.h"

using namespace deskd;

namespace {

void writeAll(const std::string& path, const WavSpec& spec, const std::vector<float>& samples, int64_t pieceFrames) {
  WavWriter writer(path, spec);
  const auto frames = static_cast<int64_t>(samples.size()) / spec.channels;
  for (int64_t at = 0; at < frames; at += pieceFrames)
    writer.write(samples.data() + at * spec.channels, std::min(pieceFrames, frames - at));
  writer.finish();
}

WavSpec specOf(int channels, WavFormat format) {
  WavSpec spec;
  spec.channels = channels;
  spec.format = format;
  return spec;
}

double errorDbOf16Bit(const std::string& path, const std::vector<float>& samples, std::vector<double>& errors) {
  writeAll(path, specOf(2, WavFormat::int16), samples, 100000);
  const Heard heard = readWithSndfile(path);
  errors.clear();
  for (size_t i = 0; i < samples.size(); ++i)
    errors.push_back(static_cast<double>(heard.samples[i]) - static_cast<double>(samples[i]));
  return rmsDb(errors);
}

// The RIFF size and the data size as a plain reader sees them.
uint32_t number32(const std::vector<char>& bytes, size_t at) {
  uint32_t value;
  std::memcpy(&value, bytes.data() + at, 4);
  return value;
}

uint64_t number64(const std::vector<char>& bytes, size_t at) {
  uint64_t value;
  std::memcpy(&value, bytes.data() + at, 8);
  return value;
}

bool hasTag(const std::vector<char>& bytes, size_t at, const char* tag) {
  return std::memcmp(bytes.data() + at, tag, 4) == 0;
}

void checkEndsAt(const std::string& path, int64_t frames, const std::vector<float>& samples) {
  const Heard heard = readWithSndfile(path);
  check(heard.info.frames == frames, "the file holds " + std::to_string(frames) + " frames, libsndfile sees " +
                                         std::to_string(heard.info.frames));
  check(std::equal(heard.samples.begin(), heard.samples.end(), samples.begin()), "and they are the ones written");
  CHECK(number32(bytesOf(path), 4) + 8 == bytesOf(path).size());
}

}  // namespace

void wavFloat() {
  for (const int channels : {1, 2, 3, 8}) {
    auto samples = noise(20000 * channels, 3.0f, 1);
    samples[5] = 1e-40f;  // a denormal is a sample like any other
    writeAll(inFolder("f.wav"), specOf(channels, WavFormat::float32), samples, 777);
    const Heard heard = readWithSndfile(inFolder("f.wav"));
    check(heard.info.channels == channels && heard.info.frames == 20000 && heard.info.samplerate == 48000 &&
              (heard.info.format & SF_FORMAT_SUBMASK) == SF_FORMAT_FLOAT,
          std::to_string(channels) + " channels of 32 bit float, 20000 frames at 48000 Hz");
    check(std::memcmp(heard.samples.data(), samples.data(), samples.size() * 4) == 0, "every bit comes back");
  }
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  for (const WavFormat format : {WavFormat::float32, WavFormat::int24, WavFormat::int16}) {
    writeAll(inFolder("n.wav"), specOf(1, format), {nan, infinity, -infinity, 0.5f}, 4);
    const Heard heard = readWithSndfile(inFolder("n.wav"));
    bool isSilent = true;
    for (size_t i = 0; i < 3; ++i) isSilent = isSilent && std::fabs(heard.samples[i]) <= 1.0f / 32768;
    check(isSilent && std::fabs(heard.samples[3] - 0.5f) <= 1.5f / 32768, "NaN, +Inf and -Inf are written as 0");
  }
}

void wav24() {
  const auto samples = noise(60001, 1.0f, 2);
  writeAll(inFolder("i.wav"), specOf(1, WavFormat::int24), samples, 1000);
  const Heard heard = readWithSndfile(inFolder("i.wav"));
  double worst = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    const double error = static_cast<double>(heard.samples[i]) - static_cast<double>(samples[i]);
    worst = std::max(worst, std::fabs(error) * 8388608);
  }
  checkWithin(worst, 0.3, 0.5, "largest error of 24 bit in LSB");
  check(bytesOf(inFolder("i.wav")).size() % 2 == 0, "an odd data chunk is padded");
  const auto exact = countingFrames(30000, 2);
  writeAll(inFolder("e.wav"), specOf(2, WavFormat::int24), exact, 30000);
  CHECK(readWithSndfile(inFolder("e.wav")).samples == exact);
  writeAll(inFolder("c.wav"), specOf(1, WavFormat::int24), {1.0f, 2.5f, -1.0f, -7.0f}, 4);
  const auto clipped = readWithSndfile(inFolder("c.wav")).samples;
  const float top = 8388607.0f / 8388608.0f;
  check(clipped == std::vector<float>({top, top, -1.0f, -1.0f}), "out of range clips at full scale");
}

void wav16() {
  std::vector<double> errors;
  std::vector<float> stereo;
  for (const float sample : sine(192000, 997, 48000, 0.001)) stereo.insert(stereo.end(), {sample, sample});
  checkWithin(errorDbOf16Bit(inFolder("d.wav"), stereo, errors), -96.38, -96.28, "error of a −60 dBFS sine in dBFS");
  double cross = 0, left = 0, right = 0, mean = 0;
  for (size_t i = 0; i < errors.size(); i += 2) {
    cross += errors[i] * errors[i + 1];
    left += errors[i] * errors[i];
    right += errors[i + 1] * errors[i + 1];
    mean += errors[i] + errors[i + 1];
  }
  checkWithin(cross / std::sqrt(left * right), -0.01, 0.01, "correlation of the errors left and right");
  checkWithin(mean / static_cast<double>(errors.size()) * 32768, -0.005, 0.005, "mean error in LSB");
  for (const float dcLsb : {0.0f, 0.25f, 0.5f}) {
    std::vector<float> still(200000, dcLsb / 32768);
    still[0] = 0.3f / 32768;  // what fits into 16 bits is not dithered
    checkWithin(errorDbOf16Bit(inFolder("dc.wav"), still, errors), -96.38, -96.28,
                "error at DC of " + std::to_string(dcLsb) + " LSB in dBFS: no noise modulation");
  }
  writeAll(inFolder("a.wav"), specOf(2, WavFormat::int16), stereo, 32);
  writeAll(inFolder("b.wav"), specOf(2, WavFormat::int16), stereo, 50001);
  check(bytesOf(inFolder("a.wav")) == bytesOf(inFolder("b.wav")),
        "the same samples give the same bytes, however they come");
  writeAll(inFolder("c.wav"), specOf(1, WavFormat::int16), {9.0f, -9.0f}, 2);
  CHECK(readWithSndfile(inFolder("c.wav")).samples == std::vector<float>({32767.0f / 32768.0f, -1.0f}));
}

void rf64() {
  const auto samples = noise(2 * 10000, 1.0f, 3);
  WavSpec spec = specOf(2, WavFormat::float32);
  spec.riffLimitBytes = 40000;  // in place of 4 GB
  WavWriter writer(inFolder("r.wav"), spec);
  writer.write(samples.data(), 4000);
  writer.commit();
  auto bytes = bytesOf(inFolder("r.wav"));
  check(hasTag(bytes, 0, "RIFF") && hasTag(bytes, 12, "JUNK"), "below the limit: RIFF, with room for ds64");
  CHECK(number32(bytes, 4) + 8 == bytes.size());
  writer.write(samples.data() + 8000, 6000);
  writer.finish();
  bytes = bytesOf(inFolder("r.wav"));
  check(hasTag(bytes, 0, "RF64") && hasTag(bytes, 12, "ds64"), "above the limit: RF64 with ds64");
  check(number32(bytes, 4) == 0xFFFFFFFF && number64(bytes, 20) + 8 == bytes.size(), "the RIFF size moved to ds64");
  check(number64(bytes, 28) == 80000 && number64(bytes, 36) == 10000, "ds64 holds 80000 bytes of data, 10000 frames");
  const Heard heard = readWithSndfile(inFolder("r.wav"));
  CHECK((heard.info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RF64);
  check(heard.samples == samples, "every bit comes back");
}

void headerWhileWriting() {
  const auto samples = noise(3 * 5001, 1.0f, 4);
  WavWriter writer(inFolder("w.wav"), specOf(1, WavFormat::int24));
  check(readWithSndfile(inFolder("w.wav")).info.frames == 0, "a new file is a valid file of 0 frames");
  for (int i = 1; i <= 3; ++i) {
    writer.write(samples.data() + (i - 1) * 5001, 5001);
    writer.commit();
    const Heard heard = readWithSndfile(inFolder("w.wav"));
    check(heard.info.frames == i * 5001,
          "libsndfile reads " + std::to_string(heard.info.frames) + " frames while recording");
    CHECK(number32(bytesOf(inFolder("w.wav")), 4) + 8 == bytesOf(inFolder("w.wav")).size());
  }
  check(writer.finish() && readWithSndfile(inFolder("w.wav")).info.frames == 15003, "and 15003 when it is finished");

  const pid_t child = fork();
  if (child == 0) {
    WavWriter killed(inFolder("k.wav"), specOf(1, WavFormat::float32));
    killed.write(samples.data(), 5000);
    killed.updateHeader();
    killed.write(samples.data() + 5000, 5000);
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  const Heard heard = readWithSndfile(inFolder("k.wav"));
  check(heard.info.frames == 5000 && std::equal(heard.samples.begin(), heard.samples.end(), samples.begin()),
        "a killed writer leaves the 5000 frames of its last header");
  const std::string words = wordsOf([&] {
    WavSpec spec = specOf(1, WavFormat::float32);
    spec.replaceExisting = false;
    WavWriter(inFolder("k.wav"), spec);
  });
  checkWords(words, "is there already");
  checkWords(wordsOf([] { WavWriter(inFolder("no/such/folder.wav"), WavSpec{}); }), "No such file or directory");
}

void diskFull() {
  const std::string disk = mountSmallDisk();
  for (const WavFormat format : {WavFormat::float32, WavFormat::int24, WavFormat::int16}) {
    const std::string path = disk + "/take.wav";
    const auto samples = countingFrames(800000, 2);
    {
      WavWriter writer(path, specOf(2, format));
      int64_t at = 0;
      while (at < 800000 && writer.write(samples.data() + 2 * at, 1000)) at += 1000;
      check(writer.failed() && at < 800000, "the write fails when the disk is full");
      checkWords(writer.error(),
                 "the disk is full: " + path + " ends after " + std::to_string(writer.framesWritten()) + " frames");
      check(!writer.write(samples.data(), 1000), "and nothing is written after it");
      check(!writer.finish(), "finish() says so too");
      const Heard heard = readWithSndfile(path);
      check(heard.info.frames == writer.framesWritten() && heard.info.frames > 200000,
            "the file is valid: " + std::to_string(heard.info.frames) + " frames");
      double worst = 0;
      for (size_t i = 0; i < heard.samples.size(); ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(heard.samples[i]) - static_cast<double>(samples[i])));
      checkWithin(worst, 0, format == WavFormat::int16 ? 1.6 / 32768 : 0, "largest error of what it holds");
      CHECK(number32(bytesOf(path), 4) + 8 == bytesOf(path).size());
    }
    std::filesystem::remove(path);
  }
}

void fileLimit() {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{100001, 100001};
  setrlimit(RLIMIT_FSIZE, &limit);
  const auto samples = countingFrames(60000, 1);
  WavWriter writer(inFolder("l.wav"), specOf(1, WavFormat::int24));
  check(!writer.write(samples.data(), 60000), "the write fails at the limit of 100001 bytes");
  checkWords(writer.error(), "may not grow any larger");
  check(!writer.finish(), "finish() says so too");
  checkEndsAt(inFolder("l.wav"), writer.framesWritten(), samples);
  checkWithin(static_cast<double>(bytesOf(inFolder("l.wav")).size()), 99996, 100001, "bytes used of the 100001");
}
