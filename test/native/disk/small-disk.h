// A disk of 2 MB that this process alone sees, and that is gone when the process ends.
#pragma once
#include <sched.h>
#include <sys/mount.h>

#include "check.h"

inline std::string mountSmallDisk() {
  const std::string folder = inFolder("small-disk");
  std::filesystem::create_directory(folder);
  // A mount namespace of our own: nothing is left mounted, however this process ends.
  if (unshare(CLONE_NEWNS) != 0 || mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=2m") != 0)
    throw Skip("a 2 MB tmpfs cannot be mounted here (needs root)");
  return folder;
}
