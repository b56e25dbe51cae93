// The engine's fixed block, and what a host drives.
#pragma once

namespace deskd {

// Frames a quantum: the graph always runs in these, whatever the host's buffer.
constexpr int kQuantum = 32;

// What a host calls for every buffer. Planes are deinterleaved; any count of frames.
class AudioProcessor {
 public:
  virtual ~AudioProcessor() = default;
  // [audio thread]
  virtual void process(const float* const* inputs, int inputCount, float* const* outputs, int outputCount,
                       int frames) noexcept = 0;
  // [audio thread] The device behind the next block is another than the one before: start silent and fade in.
  virtual void deviceChanged() noexcept = 0;
  // [control thread] Ask for a fade-out at the device output; done when it returns true (poll).
  virtual bool fadeOut() noexcept = 0;
};

}  // namespace deskd
