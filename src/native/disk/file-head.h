// The first bytes of a file, looked at before any library is let near it.
#pragma once
#include <string>

namespace deskd {

// Empty for what begins as WAV, RF64, AIFF or FLAC does; else what is wrong, in words. All audio that is promised must be there.
// Of FLAC all metadata blocks must lie within
// the file: libFLAC makes room for as many bytes as a block claims, up to 16 MB, before it finds that they are not there
// (RFC 9639 §8.1). Everything else would be tried as MPEG, raw and forty other formats.
std::string headProblem(const std::string& path);

}  // namespace deskd
