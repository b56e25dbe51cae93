// The sound cards that PortAudio knows, and the choice of one by name.
#pragma once

#include <string>
#include <vector>

#include "host-settings.h"
#include "portaudio-library.h"

namespace deskd {

// As of now; while a stream of this process runs, as of its opening: PortAudio's list doesn't refresh. Throws a
// HostError.
std::vector<DeviceInfo> listDevices();

// The same, with PortAudio initialised and its mutex held by the caller. In the order of PortAudio's device numbers.
std::vector<DeviceInfo> listDevices(const PortAudioLibrary& library);

struct DeviceChoice {
  // PortAudio's device numbers, paNoDevice for none.
  PaDeviceIndex input;
  PaDeviceIndex output;
};

// The device called `name`: first exactly, then in any case, then as a part of it; among equals one that plays before
// one that doesn't. '' is the default. Throws a HostError that lists what there is.
DeviceChoice chooseDevice(const PortAudioLibrary& library, const std::string& name);

}  // namespace deskd
