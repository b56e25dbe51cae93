// PortAudio, bound at run time: the system's library, or the one that naudiodon brings.
#pragma once

#include <portaudio.h>

#include <memory>
#include <mutex>
#include <string>

namespace deskd {

class PortAudioLibrary {
 public:
  // `fallbackPath`: taken if the system has no libportaudio.so.2; with `systemFirst` false it's taken before the
  // system's. Throws a HostError that says what to install.
  static std::shared_ptr<PortAudioLibrary> load(const std::string& fallbackPath, bool systemFirst);

  // A second, independent instance with nothing initialised in it: the way on when a call into this one never came
  // back. Throws a HostError.
  std::shared_ptr<PortAudioLibrary> freshCopy() const;

  // ALSA and JACK print every failed probe to stderr. Their handlers belong to the whole process, and PortAudio
  // replaces JACK's while it initialises: called before and after.
  void silence() const;

  decltype(&::Pa_Initialize) initialize;
  decltype(&::Pa_Terminate) terminate;
  decltype(&::Pa_GetErrorText) errorText;
  decltype(&::Pa_GetLastHostErrorInfo) lastHostError;
  decltype(&::Pa_GetHostApiCount) hostApiCount;
  decltype(&::Pa_GetHostApiInfo) hostApiInfo;
  decltype(&::Pa_GetDeviceCount) deviceCount;
  decltype(&::Pa_GetDeviceInfo) deviceInfo;
  decltype(&::Pa_GetDefaultInputDevice) defaultInputDevice;
  decltype(&::Pa_GetDefaultOutputDevice) defaultOutputDevice;
  decltype(&::Pa_OpenStream) openStream;
  decltype(&::Pa_StartStream) startStream;
  decltype(&::Pa_AbortStream) abortStream;
  decltype(&::Pa_CloseStream) closeStream;
  decltype(&::Pa_IsStreamActive) isStreamActive;
  decltype(&::Pa_GetStreamInfo) streamInfo;
  // Null where the library has no such host API.
  void (*enableAlsaRealtime)(PaStream* stream, int enable);
  PaError (*setJackClientName)(const char* name);

  // PortAudio is not thread-safe: every call but isStreamActive is made under this.
  std::timed_mutex mutex;

 private:
  PortAudioLibrary(void* handle, std::string path);
  void bind(void* handle);

  void* const handle_;
  std::string path_;
};

// PortAudio initialised, with its list of devices as of now. The caller holds the library's mutex while it's made and
// destroyed. Throws a HostError.
class PortAudioSession {
 public:
  PortAudioSession(PortAudioLibrary& library, const char* jackClientName);
  ~PortAudioSession() {
    if (!left_) library_.terminate();
  }
  PortAudioSession(const PortAudioSession&) = delete;
  PortAudioSession& operator=(const PortAudioSession&) = delete;

  // Never terminate: the library is not to be touched again.
  void leave() noexcept { left_ = true; }

 private:
  PortAudioLibrary& library_;
  bool left_ = false;
};

// The library that hosts and device list of this process use. `usePortAudio` counts for what is loaded after it.
void usePortAudio(const std::string& fallbackPath, bool systemFirst = true);
std::shared_ptr<PortAudioLibrary> portAudio();
void replacePortAudio(std::shared_ptr<PortAudioLibrary> library);

}  // namespace deskd
