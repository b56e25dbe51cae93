// disk-test SECTION FOLDER [SESSION]: runs one section in FOLDER/SECTION, emptied first.
// Exit code 0 passed, 1 failed, 77 skipped (the reason is printed).
#include "disk/check.h"
#include "disk/sections.h"

Context context;

int main(int argumentCount, char** arguments) {
  const auto section = argumentCount < 3 ? sections.end() : sections.find(arguments[1]);
  if (section == sections.end()) {
    std::puts("usage: disk-test SECTION FOLDER [SESSION]");
    for (const auto& [name, function] : sections) std::puts(name.c_str());
    return 2;
  }
  context.folder = std::filesystem::path(arguments[2]) / arguments[1];
  context.session = argumentCount > 3 ? arguments[3] : "";
  std::filesystem::remove_all(context.folder);
  std::filesystem::create_directories(context.folder);
  try {
    section->second();
  } catch (const Skip& skip) {
    std::printf("skip %s\n", skip.what());
    return 77;
  } catch (const std::exception& error) {
    check(false, error.what());
  }
  return context.failures == 0 ? 0 : 1;
}
