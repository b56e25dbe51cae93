// What the reader reads: files made by libsndfile, files broken on purpose, and the real session.
#include "../../../src/native/disk/audio-file.h"

#include <sys/stat.h>

#include <algorithm>
#include <limits>
#include <memory>

#include "check.h"
#include "sections.h"
#include "signals.h"

using namespace deskd;

namespace {

std::string wordsOfOpening(const std::string& path) {
  return wordsOf([&] { AudioFile file(path); });
}

// Reads pieces of 1 to 3000 frames from random places and compares each with the whole file read in one go.
void checkRandomSeeks(const std::string& path, int seeks) {
  const Heard whole = readWithSndfile(path);
  AudioFile file(path);
  std::mt19937 random(5);
  std::vector<float> piece(2 * 3000);
  int wrong = 0;
  for (int i = 0; i < seeks; ++i) {
    const int64_t frames = 1 + static_cast<int64_t>(random() % 3000);
    const int64_t at = static_cast<int64_t>(random() % static_cast<uint64_t>(whole.info.frames));
    const int64_t expected = std::min<int64_t>(frames, whole.info.frames - at);
    const bool isRead = file.seek(at) && file.read(piece.data(), frames) == expected;
    const auto first = whole.samples.begin() + at * whole.info.channels;
    if (!isRead || !std::equal(first, first + expected * whole.info.channels, piece.begin())) ++wrong;
  }
  const std::string name = std::filesystem::path(path).filename().string();
  check(wrong == 0 && whole.info.frames > 0, name + ": " + std::to_string(seeks) + " random seeks, every sample right");
}

// A FLAC file whose header claims another number of frames (RFC 9639 §8.2: 36 bits, the low 32 from byte 22 on).
std::string flacClaiming(uint32_t frames, const std::string& name) {
  writeWithSndfile(inFolder(name), SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 1, noise(5000, 0.5f, 6));
  auto bytes = bytesOf(inFolder(name));
  for (size_t i = 0; i < 4; ++i) bytes[22 + i] = static_cast<char>(frames >> (8 * (3 - i)));
  writeBytes(inFolder(name), bytes);
  return inFolder(name);
}

}  // namespace

void fileFormats() {
  struct Case {
    const char* name;
    int format;
    int rateHz, channels;
  };
  const Case cases[] = {
      {"WAV 16 bit", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 8000, 1},
      {"WAV 24 bit", SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, 44100, 2},
      {"WAV 32 bit float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 384000, 2},
      {"WAV 64 bit float", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 96000, 1},
      {"RF64 24 bit", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 48000, 2},
      {"AIFF 24 bit", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 48000, 1},
      {"FLAC 16 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 48000, 2},
      {"FLAC 24 bit", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 96000, 1},
  };
  for (const Case& one : cases) {
    // Multiples of 256 / 2^23 are exact in 16 bits too; below .5, because libsndfile writes 16 bit at a scale of 32767.
    auto samples = countingFrames(8000, one.channels);
    for (float& sample : samples) sample *= 256;
    writeWithSndfile(inFolder("file"), one.format, one.rateHz, one.channels, samples);
    AudioFile file(inFolder("file"));
    const AudioFileInfo& info = file.info();
    check(info.format == one.name && info.frames == 8000 && info.channels == one.channels &&
              info.sampleRateHz == one.rateHz,
          info.format + ", " + std::to_string(info.frames) + " frames, " + std::to_string(info.sampleRateHz) + " Hz");
    std::vector<float> found(samples.size() + 2);
    check(file.read(found.data(), 8001) == 8000 && std::equal(samples.begin(), samples.end(), found.begin()),
          "all samples exact, and the end is the end");
  }
}

void badFiles() {
  const auto samples = noise(48000, 0.5f, 7);
  checkWords(wordsOfOpening(inFolder("none.wav")), "none.wav: cannot be read: No such file or directory");
  checkWords(wordsOfOpening(context.folder.string()), "no regular file");
  writeBytes(inFolder("empty.wav"), {});
  checkWords(wordsOfOpening(inFolder("empty.wav")), "the file is empty (0 bytes)");
  writeBytes(inFolder("text.wav"), {'h', 'e', 'l', 'l', 'o', '\n'});
  checkWords(wordsOfOpening(inFolder("text.wav")), "expected WAV, RF64, AIFF or FLAC");
  writeWithSndfile(inFolder("silent.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 1, {});
  checkWords(wordsOfOpening(inFolder("silent.wav")), "0 frames");
  writeWithSndfile(inFolder("six.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 6, samples);
  checkWords(wordsOfOpening(inFolder("six.wav")), "expected 1 or 2 channels, found 6");
  writeWithSndfile(inFolder("slow.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 4000, 1, samples);
  checkWords(wordsOfOpening(inFolder("slow.wav")), "found 4000 Hz");
  writeWithSndfile(inFolder("fast.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_16, 768000, 1, samples);
  checkWords(wordsOfOpening(inFolder("fast.wav")), "found 768000 Hz");
  writeWithSndfile(inFolder("adpcm.wav"), SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 48000, 1, samples);
  checkWords(wordsOfOpening(inFolder("adpcm.wav")), "without lossy compression");
  checkWords(wordsOfOpening(flacClaiming(0, "endless.flac")), "does not say how many frames it has");
  mkfifo(inFolder("pipe.wav").c_str(), 0600);
  checkWords(wordsOfOpening(inFolder("pipe.wav")), "no regular file");
  checkWords(wordsOfOpening(flacClaiming(4000000000u, "absurd.flac")), "claims 4000000000 frames");

  // Damage at every place and of every size: words or a shorter file, never a crash, never a non-finite sample.
  std::mt19937 random(8);
  int refused = 0, opened = 0, strange = 0;
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_FLOAT, SF_FORMAT_RF64 | SF_FORMAT_PCM_24,
                           SF_FORMAT_AIFF | SF_FORMAT_PCM_24, SF_FORMAT_FLAC | SF_FORMAT_PCM_24}) {
    writeWithSndfile(inFolder("good"), format, 48000, 2, noise(4000, 0.5f, 9));
    const auto good = bytesOf(inFolder("good"));
    for (int round = 0; round < 150; ++round) {
      auto bytes = good;
      if (round % 3 == 0) bytes.resize(random() % bytes.size());
      // Damage anywhere, or in the header.
      const size_t reach = round % 2 == 0 ? bytes.size() : std::min<size_t>(bytes.size(), 100);
      const auto hits = bytes.empty() ? 0 : random() % 8;
      for (uint32_t i = 0; i < hits; ++i) bytes[random() % reach] = static_cast<char>(random());
      writeBytes(inFolder("damaged"), bytes);
      const std::string words = wordsOf([&] {
        AudioFile file(inFolder("damaged"));
        std::vector<float> block(2 * 1024);
        for (int64_t at = 0; at < std::min<int64_t>(file.info().frames, 100000); at += 1024) {
          const int64_t count = file.read(block.data(), 1024) * file.info().channels;
          for (int64_t i = 0; i < count; ++i) strange += !(std::fabs(block[static_cast<size_t>(i)]) <= 1e6f);
        }
        file.seek(file.info().frames / 2);
        ++opened;
      });
      if (!words.empty()) ++refused;
    }
  }
  check(refused + opened == 600 && refused > 50 && opened > 50,
        "600 damaged files: " + std::to_string(refused) + " refused in words, " + std::to_string(opened) + " read");
  check(strange == 0, "no NaN, no Inf, nothing above 1e6 in what was read");
}

void strangeSamples() {
  const float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  writeWithSndfile(inFolder("s.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 1,
                   {0.25f, nan, infinity, -infinity, 3e6f, -1e30f, 1e6f, 1e-40f, -2.0f});
  AudioFile file(inFolder("s.wav"));
  std::vector<float> found(9);
  CHECK(file.read(found.data(), 9) == 9);
  check(found == std::vector<float>({0.25f, 0, 0, 0, 1e6f, -1e6f, 1e6f, 1e-40f, -2.0f}),
        "NaN and Inf become 0, magnitudes are held at 1e6, the rest is untouched");
}

void flacLocate() {
  writeWithSndfile(inFolder("count.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 48000, 2, countingFrames(300000, 2));
  AudioFile file(inFolder("count.flac"));
  std::mt19937 random(10);
  int wrong = 0;
  for (int i = 0; i < 1000; ++i) {
    const int64_t at = i == 0 ? 299999 : static_cast<int64_t>(random() % 300000);
    float frame[2] = {};
    const bool isRead = file.seek(at) && file.read(frame, 1) == 1;
    if (!isRead || frame[0] != countingSample(at, 0) || frame[1] != countingSample(at, 1)) ++wrong;
  }
  check(wrong == 0, "1000 random locates in a FLAC, each on the very frame");
  checkRandomSeeks(inFolder("count.flac"), 200);
}

void sessionLocate() {
  if (!std::filesystem::is_directory(context.session)) throw Skip("the session's audio is not here");
  for (const auto& entry : std::filesystem::directory_iterator(context.session))
    if (entry.path().extension() == ".flac") checkRandomSeeks(entry.path().string(), 20);
}
