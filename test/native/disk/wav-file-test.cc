// WAV files that exist already: past 4 GB, mended after a kill, with cue points. Silence in them takes no room on the disk.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "../../../src/native/disk/flac.h"
#include "../../../src/native/disk/wav-cues.h"
#include "../../../src/native/disk/wav-repair.h"
#include "../../../src/native/disk/wav-writer.h"
#include "check.h"
#include "sections.h"
#include "signals.h"

using namespace deskd;

namespace {

constexpr int64_t kFourGb = int64_t{1} << 32;

WavSpec specOf(int channels, WavFormat format) {
  WavSpec spec;
  spec.channels = channels;
  spec.format = format;
  return spec;
}

// Some frames of a file from one on, and what its header says, by libsndfile.
Heard framesAt(const std::string& path, int64_t frame, int64_t count) {
  Heard heard;
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &heard.info);
  if (file == nullptr) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
  heard.samples.resize(static_cast<size_t>(count * heard.info.channels));
  const sf_count_t found = sf_seek(file, frame, SEEK_SET) == frame ? sf_readf_float(file, heard.samples.data(), count) : 0;
  heard.samples.resize(static_cast<size_t>(found * heard.info.channels));
  sf_close(file);
  return heard;
}

int64_t bytesOnDisk(const std::string& path) {
  struct stat status {};
  stat(path.c_str(), &status);
  return static_cast<int64_t>(status.st_blocks) * 512;
}

int64_t fileBytes(const std::string& path) { return static_cast<int64_t>(std::filesystem::file_size(path)); }

// Writes in a process of its own, which is killed with the file open.
template <typename Work>
void killedWriting(const std::string& path, const WavSpec& spec, Work work) {
  const pid_t child = fork();
  if (child == 0) {
    WavWriter writer(path, spec);
    work(writer);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
}

}  // namespace

void past4Gb() {
  const std::string path = inFolder("long.wav");
  const auto samples = countingFrames(200000, 2);
  const int64_t silent = kFourGb / 8 - 100000;  // 8 bytes a frame: the limit lies in the middle of what follows
  {
    WavWriter writer(path, specOf(2, WavFormat::float32));
    writer.write(samples.data(), 1000);
    writer.writeSilence(silent - 1000);
    writer.commit();
    const Heard before = framesAt(path, 0, 1000);
    check((before.info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV && before.info.frames == silent,
          "800 kB below 4 GB it is RIFF, " + std::to_string(before.info.frames) + " frames");
    for (int64_t at = 0; at < 200000; at += 20000) {
      writer.write(samples.data() + 2 * at, 20000);
      writer.commit();
      const Heard heard = framesAt(path, silent + at, 20000);
      const bool isPast = fileBytes(path) > 0xFFFFFFFF;
      const int expected = isPast ? SF_FORMAT_RF64 : SF_FORMAT_WAV;
      check((heard.info.format & SF_FORMAT_TYPEMASK) == expected && heard.info.frames == silent + at + 20000 &&
                std::equal(heard.samples.begin(), heard.samples.end(), samples.begin() + 2 * at),
            std::string(isPast ? "RF64" : "RIFF") + " of " + std::to_string(fileBytes(path)) + " bytes: " +
                std::to_string(heard.info.frames) + " frames, the last 20000 are right");
    }
    CHECK(writer.finish());
  }
  const auto frames = silent + 200000;
  check(framesAt(path, 0, 1000).samples == std::vector<float>(samples.begin(), samples.begin() + 2000), "the first 1000 too");
  check(framesAt(path, frames - 1, 5).samples.size() == 2, "and it ends where it should");
  checkWithin(static_cast<double>(bytesOnDisk(path)), 1e6, 50e6, "bytes on the disk");
  check(!repairWav(path).isMended && repairWav(path).frames == frames, "there is nothing to mend");
}

void repairKilled() {
  const auto samples = countingFrames(30001, 2);
  for (const int channels : {1, 2})
    for (const WavFormat format : {WavFormat::float32, WavFormat::int24, WavFormat::int16}) {
      const std::string path = inFolder("k.wav");
      killedWriting(path, specOf(channels, format), [&](WavWriter& writer) {
        writer.write(samples.data(), 5001);
        writer.updateHeader();
        writer.write(samples.data() + 5001 * channels, 25000);
      });
      CHECK(readWithSndfile(path).info.frames == 5001);
      // Part of a frame, as a write that was cut off leaves it.
      if (format == WavFormat::int24) {
        auto bytes = bytesOf(path);
        bytes.push_back(17);
        writeBytes(path, bytes);
      }
      const WavRepair repair = repairWav(path);
      check(repair.isMended && repair.framesBefore == 5001 && repair.frames == 30001,
            "of 5001 frames in the header it makes the " + std::to_string(repair.frames) + " that were written");
      const Heard heard = readWithSndfile(path);
      double worst = 0;
      for (size_t i = 0; i < heard.samples.size(); ++i)
        worst = std::max(worst, std::fabs(static_cast<double>(heard.samples[i]) - static_cast<double>(samples[i])));
      check(heard.info.frames == 30001, "libsndfile reads all of them");
      checkWithin(worst, 0, format == WavFormat::int16 ? 1.6 / 32768 : 0, "largest error");
      CHECK(!repairWav(path).isMended);
    }

  const std::string path = inFolder("huge.wav");
  const int64_t silent = kFourGb / 8 - 50000;
  killedWriting(path, specOf(2, WavFormat::float32), [&](WavWriter& writer) {
    writer.writeSilence(silent);
    writer.updateHeader();
    writer.write(samples.data(), 30001);
    writer.writeSilence(70000);
    writer.write(samples.data(), 777);
  });
  const Heard before = framesAt(path, 0, 1);
  CHECK((before.info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_WAV && before.info.frames == silent);
  CHECK(repairWav(path).frames == silent + 100778);
  const Heard after = framesAt(path, silent + 100001, 777);
  check((after.info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_RF64 && after.info.frames == silent + 100778 &&
            std::equal(after.samples.begin(), after.samples.end(), samples.begin()),
        "killed as it passed 4 GB: RF64 of " + std::to_string(after.info.frames) + " frames");
}

void repairOther() {
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_24, SF_FORMAT_WAVEX | SF_FORMAT_FLOAT, SF_FORMAT_RF64 | SF_FORMAT_PCM_16}) {
    writeWithSndfile(inFolder("other.wav"), format, 44100, 1, countingFrames(10001, 1));
    const auto bytes = bytesOf(inFolder("other.wav"));
    const WavRepair repair = repairWav(inFolder("other.wav"));
    check(!repair.isMended && repair.frames == 10001 && bytesOf(inFolder("other.wav")) == bytes,
          "a whole file of another program is not touched");
  }
  // A medium that lost its last second: the header knows more than there is.
  auto bytes = bytesOf(inFolder("other.wav"));
  writeWithSndfile(inFolder("lost.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 1, countingFrames(10000, 1));
  bytes = bytesOf(inFolder("lost.wav"));
  bytes.resize(bytes.size() - 6001);
  writeBytes(inFolder("lost.wav"), bytes);
  CHECK(repairWav(inFolder("lost.wav")).frames == 6999);
  CHECK(readWithSndfile(inFolder("lost.wav")).info.frames == 6999);
  writeBytes(inFolder("text.wav"), {'t', 'e', 'x', 't'});
  checkWords(wordsOf([] { repairWav(inFolder("text.wav")); }), "text.wav: expected a WAV or RF64 file");
  checkWords(wordsOf([] { repairWav(inFolder("none.wav")); }), "none.wav: cannot be opened: No such file");
}

void cuePoints() {
  const std::string path = inFolder("cues.wav");
  const auto samples = countingFrames(48001, 1);
  WavWriter(path, specOf(1, WavFormat::int24)).write(samples.data(), 48001);
  const std::vector<CuePoint> cues = {{0, "start"}, {12345, "Große Trommel"}, {48000, "x"}, {48001, "behind the end"}};
  CHECK(writeCuePoints(path, {{7, "replaced below"}}) == 1);
  CHECK(writeCuePoints(path, cues) == 3);
  SF_INFO info{};
  SNDFILE* file = sf_open(path.c_str(), SFM_READ, &info);
  SF_CUES found{};
  check(sf_command(file, SFC_GET_CUE, &found, sizeof found) == SF_TRUE && found.cue_count == 3, "libsndfile finds 3 cue points");
  for (uint32_t i = 0; i < 3; ++i)
    check(found.cue_points[i].sample_offset == cues[i].frame && cues[i].name == found.cue_points[i].name,
          "\"" + cues[i].name + "\" at frame " + std::to_string(cues[i].frame));
  sf_close(file);
  check(readWithSndfile(path).samples == samples, "every sample is as it was");
  CHECK(!repairWav(path).isMended);
  // Killed between the chunks and the header that knows of them.
  auto bytes = bytesOf(path);
  const uint32_t before = static_cast<uint32_t>(bytes.size()) - 8 - 100;
  std::memcpy(bytes.data() + 4, &before, 4);
  bytes.resize(bytes.size() - 3);
  writeBytes(path, bytes);
  CHECK(repairWav(path).isMended && repairWav(path).frames == 48001);
  check(readWithSndfile(path).samples == samples, "mended, every sample is as it was");
}

void flacFromWav() {
  const auto samples = countingFrames(100001, 2);
  for (const WavFormat format : {WavFormat::int24, WavFormat::int16, WavFormat::float32}) {
    WavWriter(inFolder("f.wav"), specOf(2, format)).write(samples.data(), 100001);
    double last = -1;
    bool isRising = true;
    check(convertToFlac(inFolder("f.wav"), inFolder("f.flac"),
                        [&](double share) {
                          isRising = isRising && share > last && share <= 1;
                          last = share;
                        }),
          "a WAV of whole numbers becomes FLAC, also where they are written as floats");
    CHECK(isRising && last == 1);
    const Heard wav = readWithSndfile(inFolder("f.wav")), flac = readWithSndfile(inFolder("f.flac"));
    check((flac.info.format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC && wav.samples == flac.samples,
          "every sample comes back");
    CHECK((flac.info.format & SF_FORMAT_SUBMASK) == (format == WavFormat::int16 ? SF_FORMAT_PCM_16 : SF_FORMAT_PCM_24));
    std::filesystem::remove(inFolder("f.flac"));
  }
  for (const float strange : {0.1f, 1.0f, -1.5f}) {
    std::vector<float> other(samples.begin(), samples.begin() + 60000);
    other[50001] = strange;
    WavWriter(inFolder("g.wav"), specOf(1, WavFormat::float32)).write(other.data(), 60000);
    check(!convertToFlac(inFolder("g.wav"), inFolder("g.flac"), [](double) {}),
          "one sample of " + std::to_string(strange) + " and it stays WAV");
    CHECK(!std::filesystem::exists(inFolder("g.flac")) && !std::filesystem::exists(inFolder("g.flac.part")));
  }
  checkWords(wordsOf([] { convertToFlac(inFolder("none.wav"), inFolder("none.flac"), [](double) {}); }), "none.wav: ");
}
