// What a host is asked for, what a device list tells, and how hosts fail.
#pragma once

#include <stdexcept>
#include <string>

namespace deskd {

enum class HostKind { kVirtual, kPortAudio };

// Values of the `host` counter.
constexpr double kHostNone = 0, kHostVirtual = 1, kHostPortAudio = 2;

struct HostSettings {
  HostKind kind = HostKind::kVirtual;
  int sampleRateHz = 48000;
  // With JACK the server's period is taken instead.
  int bufferFrames = 256;
  // The desk's channels. A device opens with as many of them as it has.
  int inputs = 32;
  int outputs = 8;
  // PortAudio: a device's name or part of it, in any case; empty for the default.
  std::string device;
  // Virtual: the inputs of a buffer are the outputs of the buffer before.
  bool loopback = false;
  // From an output back to an input, where it was measured; below 0: what the host knows.
  double roundTripFrames = -1;
  // PortAudio: a device that is not there is no error: begin on the virtual clock, as if it were just lost.
  bool waitForDevice = false;
};

struct DeviceInfo {
  std::string name;
  std::string hostApi;
  int inputs = 0;
  int outputs = 0;
  double defaultSampleRateHz = 0;
  // Opened when no name is given.
  bool isDefault = false;
};

// A device or a sound library that can't be had. The message is for the user: expected, found, what to do.
class HostError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace deskd
