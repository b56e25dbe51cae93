#include "portaudio-library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "host-settings.h"
#include "quiet-stderr.h"

namespace deskd {

namespace {

constexpr const char* kSystemLibrary = "libportaudio.so.2";

template <typename Function>
void bindOptional(void* handle, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
}

template <typename Function>
void bindNeeded(void* handle, const char* name, Function& function) {
  bindOptional(handle, name, function);
  if (function == nullptr) throw HostError(std::string("this PortAudio has no ") + name + ": install libportaudio2");
}

void sayNothing(const char*) {}
void sayNothingOfAlsa(const char*, int, const char*, int, const char*, ...) {}

// The file a library was loaded from.
std::string fileOf(void* symbol) {
  Dl_info info{};
  return dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

// The loader knows a library by its name and its inode, so a copy in memory loads as another one. Its descriptor stays
// open: closed, its number would be the next copy's, whose name would then mean this one.
void* loadCopy(const std::string& path) {
  const int from = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int to = memfd_create("portaudio", MFD_CLOEXEC);
  struct stat status {};
  bool copied = from >= 0 && to >= 0 && fstat(from, &status) == 0;
  for (off_t left = copied ? status.st_size : 0; copied && left > 0;) {
    const ssize_t sent = sendfile(to, from, nullptr, static_cast<size_t>(left));
    copied = sent > 0;
    left -= sent;
  }
  // DEEPBIND: without it the copy would bind to the functions of the first one.
  void* handle = copied ? dlopen(("/proc/self/fd/" + std::to_string(to)).c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND)
                        : nullptr;
  if (from >= 0) close(from);
  if (to >= 0 && handle == nullptr) close(to);
  return handle;
}

struct Chosen {
  std::mutex mutex;
  std::string fallbackPath;
  bool systemFirst = true;
  std::shared_ptr<PortAudioLibrary> library;
};

// Never destroyed: threads that hang in PortAudio outlive static destructors.
Chosen& chosen() {
  static Chosen* const chosen = new Chosen;
  return *chosen;
}

}  // namespace

PortAudioLibrary::PortAudioLibrary(void* handle, std::string path) : handle_(handle), path_(std::move(path)) {
  bind(handle);
  if (path_.empty()) path_ = fileOf(reinterpret_cast<void*>(initialize));
}

void PortAudioLibrary::bind(void* handle) {
  bindNeeded(handle, "Pa_Initialize", initialize);
  bindNeeded(handle, "Pa_Terminate", terminate);
  bindNeeded(handle, "Pa_GetErrorText", errorText);
  bindNeeded(handle, "Pa_GetLastHostErrorInfo", lastHostError);
  bindNeeded(handle, "Pa_GetHostApiCount", hostApiCount);
  bindNeeded(handle, "Pa_GetHostApiInfo", hostApiInfo);
  bindNeeded(handle, "Pa_GetDeviceCount", deviceCount);
  bindNeeded(handle, "Pa_GetDeviceInfo", deviceInfo);
  bindNeeded(handle, "Pa_GetDefaultInputDevice", defaultInputDevice);
  bindNeeded(handle, "Pa_GetDefaultOutputDevice", defaultOutputDevice);
  bindNeeded(handle, "Pa_OpenStream", openStream);
  bindNeeded(handle, "Pa_StartStream", startStream);
  bindNeeded(handle, "Pa_AbortStream", abortStream);
  bindNeeded(handle, "Pa_CloseStream", closeStream);
  bindNeeded(handle, "Pa_IsStreamActive", isStreamActive);
  bindNeeded(handle, "Pa_GetStreamInfo", streamInfo);
  bindOptional(handle, "PaAlsa_EnableRealtimeScheduling", enableAlsaRealtime);
  bindOptional(handle, "PaJack_SetClientName", setJackClientName);
}

void PortAudioLibrary::silence() const {
  using JackHandler = void (*)(void (*)(const char*));
  using AlsaHandler = int (*)(void (*)(const char*, int, const char*, int, const char*, ...));
  // ALSA's jack plug-in loads this later; here it's loaded first, for its handlers.
  static void* const jack = dlopen("libjack.so.0", RTLD_NOW | RTLD_LOCAL);
  if (jack != nullptr) {
    for (const char* name : {"jack_set_error_function", "jack_set_info_function"})
      if (auto set = reinterpret_cast<JackHandler>(dlsym(jack, name))) set(sayNothing);
  }
  if (auto set = reinterpret_cast<AlsaHandler>(dlsym(handle_, "snd_lib_error_set_handler"))) set(sayNothingOfAlsa);
}

std::shared_ptr<PortAudioLibrary> PortAudioLibrary::load(const std::string& fallbackPath, bool systemFirst) {
  std::string reasons;
  for (const std::string& name : {systemFirst ? std::string(kSystemLibrary) : fallbackPath,
                                  systemFirst ? fallbackPath : std::string(kSystemLibrary)}) {
    if (name.empty()) continue;
    // GLOBAL: naudiodon, loaded later, then uses this very library.
    if (void* handle = dlopen(name.c_str(), RTLD_NOW | RTLD_GLOBAL))
      return std::shared_ptr<PortAudioLibrary>(new PortAudioLibrary(handle, ""));
    const char* reason = dlerror();
    reasons += std::string(reasons.empty() ? "" : "; ") + (reason != nullptr ? reason : name.c_str());
  }
  throw HostError("PortAudio is not there (" + reasons +
                  "): install it with `apt-get install libportaudio2`, or run with `--audio virtual`");
}

std::shared_ptr<PortAudioLibrary> PortAudioLibrary::freshCopy() const {
  void* handle = loadCopy(path_);
  if (handle == nullptr) throw HostError("a second PortAudio could not be loaded from " + path_);
  return std::shared_ptr<PortAudioLibrary>(new PortAudioLibrary(handle, path_));
}

PortAudioSession::PortAudioSession(PortAudioLibrary& library, const char* jackClientName) : library_(library) {
  const QuietStderr quiet;
  library.silence();
  if (library.setJackClientName != nullptr) library.setJackClientName(jackClientName);
  const PaError error = library.initialize();
  library.silence();
  if (error != paNoError)
    throw HostError(std::string("PortAudio does not start: ") + library.errorText(error) +
                    "; `deskd doctor` tells what is missing");
}

void usePortAudio(const std::string& fallbackPath, bool systemFirst) {
  std::lock_guard lock(chosen().mutex);
  chosen().fallbackPath = fallbackPath;
  chosen().systemFirst = systemFirst;
  chosen().library = nullptr;
}

std::shared_ptr<PortAudioLibrary> portAudio() {
  std::lock_guard lock(chosen().mutex);
  if (chosen().library == nullptr)
    chosen().library = PortAudioLibrary::load(chosen().fallbackPath, chosen().systemFirst);
  return chosen().library;
}

void replacePortAudio(std::shared_ptr<PortAudioLibrary> library) {
  std::lock_guard lock(chosen().mutex);
  chosen().library = std::move(library);
}

}  // namespace deskd
