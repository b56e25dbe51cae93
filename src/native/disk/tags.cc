#include "tags.h"

#include <sndfile.h>

#include <memory>
#include <stdexcept>

#include "wav-chunk.h"
#include "wav-header.h"

namespace deskd {

// RIFF MCI 3.0 (Microsoft, IBM 1991), INFO list; ITRK is what everybody writes for the track's number.
const TagName kTagNames[9] = {
    {"title", SF_STR_TITLE, "INAM"},     {"artist", SF_STR_ARTIST, "IART"},   {"album", SF_STR_ALBUM, "IPRD"},
    {"trackNumber", SF_STR_TRACKNUMBER, "ITRK"}, {"date", SF_STR_DATE, "ICRD"}, {"genre", SF_STR_GENRE, "IGNR"},
    {"comment", SF_STR_COMMENT, "ICMT"}, {"copyright", SF_STR_COPYRIGHT, "ICOP"}, {"software", SF_STR_SOFTWARE, "ISFT"},
};

Tags readTags(const std::string& path) {
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, int (*)(SNDFILE*)> file(sf_open(path.c_str(), SFM_READ, &info), sf_close);
  if (!file) throw std::runtime_error(path + ": " + sf_strerror(nullptr));
  Tags tags;
  for (const TagName& tag : kTagNames)
    if (const char* value = sf_get_string(file.get(), tag.sndfileString); value && *value) tags[tag.name] = value;
  return tags;
}

void writeWavTags(const std::string& path, const Tags& tags) {
  WavChunk info, out;
  info.tag("INFO");
  for (const TagName& tag : kTagNames) {
    const auto found = tags.find(tag.name);
    if (found == tags.end() || found->second.empty()) continue;
    info.tag(tag.info);
    info.number(found->second.size() + 1);
    info.text(found->second);
  }
  if (info.bytes.size() == 4) return;
  out.list(info);
  const WavBytes file(path);
  WavHeader header = readWavHeader(file);
  const uint64_t end = header.paddedDataEnd();
  if (header.riffBytes + 8 < end || file.size() < end) file.fail("its header and its data do not agree: mend it first");
  file.cutTo(end);
  file.write(out.bytes, end);
  writeWavSizes(file, header, end + out.bytes.size());
  file.sync();
}

}  // namespace deskd
