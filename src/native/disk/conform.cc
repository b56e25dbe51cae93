// soxr compensates its own latency; what is left to do is to ask for exactly as many frames as the ratio says.
#include "conform.h"

#include <soxr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <vector>

#include "audio-file.h"
#include "wav-writer.h"

namespace deskd {
namespace {

constexpr size_t kBlockFrames = 65536;

using Resampler = std::unique_ptr<soxr, void (*)(soxr_t)>;

Resampler makeResampler(int inHz, int outHz, int channels) {
  const soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_VHQ, 0);
  const soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  soxr_error_t error = nullptr;
  Resampler resampler(soxr_create(inHz, outHz, static_cast<unsigned>(channels), &error, &io, &quality, &runtime),
                      soxr_delete);
  if (error != nullptr) throw std::runtime_error(std::string("cannot make a resampler: ") + error);
  return resampler;
}

void convert(AudioFile& in, WavWriter& out, soxr_t resampler, int64_t outFrames) {
  const auto channels = static_cast<size_t>(in.info().channels);
  std::vector<float> input(kBlockFrames * channels), output(kBlockFrames * channels);
  int64_t toRead = in.info().frames;
  size_t held = 0, used = 0;  // frames in `input`, and how many of them soxr has taken
  while (outFrames > 0) {
    if (used == held && toRead > 0) {
      const int64_t wanted = std::min<int64_t>(toRead, kBlockFrames);
      if (in.read(input.data(), wanted) != wanted)
        throw std::runtime_error(in.path() + ": ends before its last frame or cannot be read; the file is damaged " +
                                 in.errorText());
      toRead -= wanted;
      held = static_cast<size_t>(wanted);
      used = 0;
    }
    const bool isDrained = used == held;
    size_t taken = 0, made = 0;
    const auto room = static_cast<size_t>(std::min<int64_t>(outFrames, kBlockFrames));
    const float* from = isDrained ? nullptr : input.data() + used * channels;
    const soxr_error_t error = soxr_process(resampler, from, held - used, &taken, output.data(), room, &made);
    if (error != nullptr) throw std::runtime_error(in.path() + ": resampling failed: " + error);
    used += taken;
    if (isDrained && made == 0) {
      // soxr rounds the length its own way: at most the last frame is missing.
      made = room;
      std::fill_n(output.data(), made * channels, 0.0f);
    }
    if (!out.write(output.data(), static_cast<int64_t>(made))) throw std::runtime_error(out.error());
    outFrames -= static_cast<int64_t>(made);
  }
}

}  // namespace

int64_t conformedFrames(int64_t frames, int inHz, int outHz) {
  return (2 * frames * outHz + inHz) / (2 * int64_t{inHz});
}

void conformFile(const std::string& source, const std::string& destination, int sampleRateHz) {
  AudioFile in(source);
  const Resampler resampler = makeResampler(in.info().sampleRateHz, sampleRateHz, in.info().channels);
  const std::string temporary = destination + "." + std::to_string(getpid()) + ".part";
  WavSpec spec;
  spec.channels = in.info().channels;
  spec.sampleRateHz = sampleRateHz;
  WavWriter out(temporary, spec);
  try {
    convert(in, out, resampler.get(), conformedFrames(in.info().frames, in.info().sampleRateHz, sampleRateHz));
    if (!out.finish()) throw std::runtime_error(out.error());
    if (std::rename(temporary.c_str(), destination.c_str()) != 0)
      throw std::runtime_error("cannot create " + destination + ": " + std::strerror(errno));
  } catch (...) {
    out.discard();
    throw;
  }
}

}  // namespace deskd
