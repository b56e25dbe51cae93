#include "devices.h"

#include <algorithm>
#include <cctype>
#include <chrono>

namespace deskd {

namespace {

std::string lowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

// 3 the very name, 2 in another case, 1 a part of it, 0 another one.
int likeness(const std::string& device, const std::string& wanted) {
  if (device == wanted) return 3;
  if (lowerCase(device) == lowerCase(wanted)) return 2;
  return lowerCase(device).find(lowerCase(wanted)) != std::string::npos ? 1 : 0;
}

// A running JACK server owns the card, works down to 32 frames and offers all of its channels; ALSA, PortAudio's own
// default, would reach the same card through two channels of a plug-in.
DeviceChoice defaultDevice(const PortAudioLibrary& library) {
  for (PaHostApiIndex api = 0; api < library.hostApiCount(); api++) {
    const PaHostApiInfo* info = library.hostApiInfo(api);
    if (info->type == paJACK && info->defaultOutputDevice != paNoDevice)
      return {info->defaultInputDevice, info->defaultOutputDevice};
  }
  return {library.defaultInputDevice(), library.defaultOutputDevice()};
}

std::string described(const DeviceInfo& device) {
  return "\"" + device.name + "\" (" + device.hostApi + ", " + std::to_string(device.inputs) + " in, " +
         std::to_string(device.outputs) + " out)";
}

[[noreturn]] void failMissing(const std::string& wanted, const std::vector<DeviceInfo>& devices) {
  std::string there;
  for (const DeviceInfo& device : devices) there += (there.empty() ? "" : ", ") + described(device);
  const std::string missing =
      wanted.empty() ? "there is no default audio device" : "no audio device is called \"" + wanted + "\"";
  if (there.empty())
    throw HostError(missing +
                    ", and PortAudio finds no device at all: connect a sound card or start a sound server, or run with "
                    "`--audio virtual`");
  throw HostError(missing + "; there is " + there + ": give one of these names or a part of it");
}

}  // namespace

std::vector<DeviceInfo> listDevices(const PortAudioLibrary& library) {
  const DeviceChoice standard = defaultDevice(library);
  std::vector<DeviceInfo> devices;
  for (PaDeviceIndex i = 0; i < library.deviceCount(); i++) {
    const PaDeviceInfo* info = library.deviceInfo(i);
    devices.push_back({info->name, library.hostApiInfo(info->hostApi)->name, info->maxInputChannels,
                       info->maxOutputChannels, info->defaultSampleRate, i == standard.input || i == standard.output});
  }
  return devices;
}

std::vector<DeviceInfo> listDevices() {
  const auto library = portAudio();
  std::unique_lock lock(library->mutex, std::chrono::seconds(3));
  if (!lock) throw HostError("PortAudio is busy with a device that doesn't answer: ask again in a moment");
  const PortAudioSession session(*library, "deskd-list");
  return listDevices(*library);
}

DeviceChoice chooseDevice(const PortAudioLibrary& library, const std::string& name) {
  const std::vector<DeviceInfo> devices = listDevices(library);
  if (name.empty()) {
    const DeviceChoice standard = defaultDevice(library);
    if (standard.input == paNoDevice && standard.output == paNoDevice) failMissing(name, devices);
    return standard;
  }
  int best = 0;
  PaDeviceIndex chosen = paNoDevice;
  for (PaDeviceIndex i = 0; i < static_cast<PaDeviceIndex>(devices.size()); i++) {
    const DeviceInfo& device = devices[static_cast<size_t>(i)];
    const int like = likeness(device.name, name);
    const int rank = like == 0 ? 0 : 2 * like + (device.outputs > 0 ? 1 : 0);
    if (rank > best) {
      best = rank;
      chosen = i;
    }
  }
  if (chosen == paNoDevice) failMissing(name, devices);
  const DeviceInfo& device = devices[static_cast<size_t>(chosen)];
  return {device.inputs > 0 ? chosen : paNoDevice, device.outputs > 0 ? chosen : paNoDevice};
}

}  // namespace deskd
