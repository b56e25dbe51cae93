// What a piece is called and by whom, in its file: RIFF INFO of WAV, Vorbis comments of FLAC.
#pragma once
#include <map>
#include <string>

namespace deskd {

// By the names of kTagNames, UTF-8; only those that are there.
using Tags = std::map<std::string, std::string>;

struct TagName {
  const char* name;   // as JavaScript says it
  int sndfileString;  // SF_STR_…
  const char* info;   // four letters of RIFF INFO
};
extern const TagName kTagNames[9];

// Of any audio file that libsndfile reads. Throws std::runtime_error in words.
Tags readTags(const std::string& path);
// Puts tags into a finished WAV file, in the place of what follows its data. Throws std::runtime_error in words.
void writeWavTags(const std::string& path, const Tags& tags);

}  // namespace deskd
