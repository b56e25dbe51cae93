// The players: loops to the sample, live equal to offline to the bit, and broken files that fall silent with a word.
#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>

#include "../../../src/native/disk/offline-player.h"
#include "../../../src/native/disk/streaming-player.h"
#include "check.h"
#include "sections.h"
#include "signals.h"

using namespace deskd;

namespace {

void waitUntilReady(TrackSource& player) {
  for (int i = 0; i < 20000 && !player.ready(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  if (!player.ready()) throw std::runtime_error("the player is not ready within 20 s");
}

void pullOrWait(TrackSource& player, int frames) {
  for (int i = 0; i < 20000; ++i) {
    if (player.pull(frames)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  throw std::runtime_error("the player is dry for 20 s");
}

// What a loop means, written out frame by frame.
int64_t frameAfter(int64_t frame, const Loop& loop, bool isInside) {
  return loop.on && isInside && frame + 1 == loop.endFrame ? loop.startFrame : frame + 1;
}

// Frames of countingFrames() files of so many frames, as a player should deliver them from a cue on.
int wrongFrames(TrackSource& player, const std::vector<int64_t>& lengths, int64_t position, Loop loop, int64_t frames,
                std::mt19937& random) {
  const bool isInside = position < loop.endFrame;
  int wrong = 0;
  for (int64_t done = 0; done < frames;) {
    const int count = random() % 4 == 0 ? 1 + static_cast<int>(random() % kQuantum) : kQuantum;
    pullOrWait(player, count);
    for (int i = 0; i < count; ++i, ++done, position = frameAfter(position, loop, isInside)) {
      for (int track = 0; track < player.trackCount(); ++track) {
        for (int channel = 0; channel < player.channelCount(track); ++channel) {
          const bool isInFile = position < lengths[static_cast<size_t>(track)];
          const float expected = isInFile ? countingSample(position, channel) : 0.0f;
          if (player.plane(track, channel)[i] != expected) ++wrong;
        }
      }
    }
  }
  return wrong;
}

const std::vector<int64_t> kLengths = {200000, 120000, 60001};

// A stereo FLAC, a mono WAV and a stereo AIFF of counting samples.
std::vector<std::string> makeTracks() {
  writeWithSndfile(inFolder("1.flac"), SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 48000, 2, countingFrames(kLengths[0], 2));
  writeWithSndfile(inFolder("2.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 1, countingFrames(kLengths[1], 1));
  writeWithSndfile(inFolder("3.aiff"), SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 48000, 2, countingFrames(kLengths[2], 2));
  return {inFolder("1.flac"), inFolder("2.wav"), inFolder("3.aiff")};
}

// Random cues and loops played by both; the planes must agree in every bit.
void checkStreamingEqualsOffline(const std::vector<std::string>& paths, int cues, int pulls, int64_t span) {
  StreamingPlayer streaming(paths, 48000);
  OfflinePlayer offline(paths, 48000);
  std::mt19937 random(13);
  const auto place = [&] { return static_cast<int64_t>(random() % static_cast<uint64_t>(span)); };
  int64_t wrong = 0, heard = 0;
  for (int i = 0; i < cues; ++i) {
    const int64_t start = place();
    const int64_t length = i % 3 == 0 ? 32 + place() % 500 : place();
    const Loop loop{i % 4 != 3, start, start + length};
    const int64_t position = i % 2 == 0 ? start + length / 2 : place();
    for (TrackSource* player : {static_cast<TrackSource*>(&streaming), static_cast<TrackSource*>(&offline)}) {
      player->cue(place() + 1, Loop{});  // a cue that is overtaken at once leaves no trace
      player->cue(position, loop);
    }
    waitUntilReady(streaming);
    for (int pull = 0; pull < pulls; ++pull) {
      const int frames = pull % 7 == 0 ? 1 + static_cast<int>(random() % kQuantum) : kQuantum;
      pullOrWait(streaming, frames);
      pullOrWait(offline, frames);
      for (int track = 0; track < streaming.trackCount(); ++track) {
        for (int channel = 0; channel < streaming.channelCount(track); ++channel) {
          const float *a = streaming.plane(track, channel), *b = offline.plane(track, channel);
          heard += std::count_if(b, b + frames, [](float x) { return x != 0; });
          wrong += !std::equal(a, a + frames, b);
        }
      }
    }
  }
  check(wrong == 0 && heard > 0, std::to_string(cues) + " random cues and loops of " + std::to_string(pulls) +
                                     " pulls, " + std::to_string(heard) + " samples other than 0: equal in every bit");
}

}  // namespace

void loopPosition() {
  std::mt19937 random(14);
  int wrong = 0;
  for (int round = 0; round < 300; ++round) {
    const int64_t start = static_cast<int64_t>(random() % 500), length = 32 + static_cast<int64_t>(random() % 200);
    const Loop loop{true, start, start + length};
    const int64_t cue = static_cast<int64_t>(random() % 900);
    LoopPosition position;
    position.cue(cue, loop);
    int64_t expected = cue;
    for (int pull = 0; pull < 50; ++pull) {
      const int frames = 1 + static_cast<int>(random() % kQuantum);
      for (int i = 0; i < frames; ++i) expected = frameAfter(expected, loop, cue < loop.endFrame);
      position.advance(frames);
      wrong += position.position() != expected;
    }
  }
  check(wrong == 0, "300 loops advanced in steps of 1 to 32 frames stand where counting frame by frame stands");
  LoopPosition position;
  position.cue(100, {true, 100, 131});
  position.advance(31);
  check(position.position() == 131, "a loop shorter than a quantum counts as off");
  position.cue(-5, {});
  check(position.position() == 0, "a position below 0 counts as 0");
}

void offlineLoop() {
  OfflinePlayer player(makeTracks(), 48000);
  CHECK(player.trackCount() == 3 && player.channelCount(0) == 2 && player.channelCount(1) == 1);
  CHECK(player.lengthFrames() == 200000);
  CHECK(reinterpret_cast<uintptr_t>(player.plane(2, 1)) % 64 == 0);
  std::mt19937 random(15);
  check(wrongFrames(player, kLengths, 0, {}, 210000, random) == 0, "from the start to 10000 frames behind the end");
  const struct {
    int64_t position;
    Loop loop;
    const char* name;
  } cases[] = {{0, {true, 0, 32}, "a loop of 32 frames"},
               {1000, {true, 40000, 50007}, "into a loop of 10007 frames, short enough for memory"},
               {150000, {true, 20000, 190001}, "a loop of 170001 frames, read again from the file each time"},
               {199990, {true, 199000, 201000}, "a loop over the end of every file"},
               {60000, {true, 0, 60000}, "a cue at the loop's end runs straight on"},
               {119999, {false, 0, 120010}, "a loop that is off"}};
  for (const auto& [position, loop, name] : cases) {
    player.cue(position, loop);
    check(wrongFrames(player, kLengths, position, loop, 400000, random) == 0, name);
  }
  CHECK(!player.failed());
}

void streamingEqualsOffline() {
  const auto paths = makeTracks();
  StreamingPlayer player(paths, 48000);
  waitUntilReady(player);
  std::mt19937 random(16);
  check(wrongFrames(player, kLengths, 0, {}, 250000, random) == 0, "from the start into the silence behind the end");
  player.cue(150000, {true, 140000, 150500});
  check(wrongFrames(player, kLengths, 150000, {true, 140000, 150500}, 1000, random) == 0,
        "pulled right after a cue, nothing of the old stream is heard");
  player.cue(59000, {true, 58123, 59123});
  waitUntilReady(player);
  check(wrongFrames(player, kLengths, 59000, {true, 58123, 59123}, 300000, random) == 0,
        "a loop of 1000 frames, 300 times");
  checkStreamingEqualsOffline(paths, 60, 600, 210000);
}

void sessionStreaming() {
  if (!std::filesystem::is_directory(context.session)) throw Skip("the session's audio is not here");
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(context.session))
    if (entry.path().extension() == ".flac") paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  checkStreamingEqualsOffline(paths, 8, 1500, 2304000);
}

void brokenTrack() {
  const auto paths = makeTracks();
  auto bytes = bytesOf(paths[0]);
  bytes.resize(bytes.size() / 2);
  writeBytes(inFolder("cut.flac"), bytes);
  const std::vector<std::string> both = {inFolder("cut.flac"), paths[1]};
  OfflinePlayer offline(both, 48000);
  StreamingPlayer streaming(both, 48000);
  waitUntilReady(streaming);
  int64_t lastHeard = 0;
  int wrong = 0;
  for (int64_t frame = 0; frame < 204800; frame += kQuantum) {
    pullOrWait(streaming, kQuantum);
    pullOrWait(offline, kQuantum);
    for (int i = 0; i < kQuantum; ++i) {
      const float x = streaming.plane(0, 1)[i];
      wrong += x != offline.plane(0, 1)[i] || (x != 0 && x != countingSample(frame + i, 1));
      wrong += streaming.plane(1, 0)[i] != (frame + i < kLengths[1] ? countingSample(frame + i, 0) : 0.0f);
      if (x != 0) lastHeard = frame + i;
    }
  }
  checkWithin(static_cast<double>(lastHeard), 60000, 140000, "the last frame heard of half a FLAC of 200000");
  check(wrong == 0, "what is heard is right, the other track plays on");
  check(streaming.failed() && offline.failed(), "both players say that a file failed");
  checkWords(streaming.error(), "cut.flac: silent from frame");
  check(streaming.error() == offline.error(), "in the same words");

  writeWithSndfile(inFolder("other.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100, 1, countingFrames(1000, 1));
  const std::string words =
      wordsOf([&] { StreamingPlayer({inFolder("none.wav"), paths[1], inFolder("other.wav")}, 48000); });
  checkWords(words, "none.wav: cannot be read");
  checkWords(words, "other.wav: expected 48000 Hz, found 44100 Hz");
}

void joinedFiles() {
  // One recording cut at odd places into mono and stereo files of three formats plays as the whole does.
  const auto whole = countingFrames(200000, 2);
  writeWithSndfile(inFolder("whole.wav"), SF_FORMAT_WAV | SF_FORMAT_PCM_24, 48000, 2, whole);
  const std::vector<int64_t> cuts = {0, 30011, 30012, 99999, 160001, 200000};
  const int formats[] = {SF_FORMAT_WAV, SF_FORMAT_FLAC, SF_FORMAT_AIFF};
  TrackFiles parts;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const std::string path = inFolder("part-" + std::to_string(i));
    writeWithSndfile(path, formats[i % 3] | SF_FORMAT_PCM_24, 48000, 2,
                     std::vector<float>(whole.begin() + 2 * cuts[i], whole.begin() + 2 * cuts[i + 1]));
    parts.push_back({path, cuts[i]});
  }
  writeWithSndfile(inFolder("mono.wav"), SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 1, countingFrames(50000, 1));
  const TrackFiles late = {{inFolder("mono.wav"), 1000}, {inFolder("whole.wav"), 100000}};
  StreamingPlayer streaming({parts, late}, 48000);
  OfflinePlayer offline({parts, late}, 48000);
  CHECK(streaming.lengthFrames() == 300000 && offline.lengthFrames() == 300000 && streaming.channelCount(1) == 2);
  std::mt19937 random(21);
  const struct {
    int64_t position;
    Loop loop;
  } cases[] = {{0, {}}, {30000, {}}, {29000, {true, 28000, 100500}}, {160001, {}}, {99998, {true, 99990, 100030}}};
  int64_t wrong = 0;
  for (const auto& [start, loop] : cases) {
    streaming.cue(start, loop);
    offline.cue(start, loop);
    waitUntilReady(streaming);
    int64_t at = start;
    for (int64_t done = 0; done < 310000; done += kQuantum) {
      pullOrWait(streaming, kQuantum);
      pullOrWait(offline, kQuantum);
      for (int i = 0; i < kQuantum; ++i, at = frameAfter(at, loop, start < loop.endFrame))
        for (int c = 0; c < 2; ++c) {
          const float joined = at < 200000 ? countingSample(at, c) : 0.0f;
          const bool isMono = at >= 1000 && at < 51000, isWhole = at >= 100000 && at < 300000;
          const float later = isMono    ? countingSample(at - 1000, 0)
                              : isWhole ? countingSample(at - 100000, c)
                                        : 0.0f;
          for (TrackSource* player : {static_cast<TrackSource*>(&streaming), static_cast<TrackSource*>(&offline)})
            wrong += player->plane(0, c)[i] != joined || player->plane(1, c)[i] != later;
        }
    }
  }
  check(wrong == 0, "joined, located in and looped across its joins, live and offline: every sample is that of the whole");
}
