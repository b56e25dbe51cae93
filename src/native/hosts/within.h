// Work that may never come back (PortAudio with a dead sound server), waited for no longer than a limit.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace deskd {

// Runs `work` on a thread of its own. Nothing, if it isn't done in time: then it goes on alone, and what it returns in
// the end is destroyed on its thread. Throws what the work throws.
template <typename Result>
std::optional<Result> within(std::chrono::milliseconds limit, std::function<Result()> work) {
  std::packaged_task<Result()> task(std::move(work));
  std::future<Result> result = task.get_future();
  std::thread(std::move(task)).detach();
  if (result.wait_for(limit) != std::future_status::ready) return std::nullopt;
  return result.get();
}

}  // namespace deskd
