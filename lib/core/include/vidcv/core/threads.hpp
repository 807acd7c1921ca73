#pragma once

#include <algorithm>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace vidcv {

/// How many threads to use: as many as are wanted, one per processor where 0 are.
inline int thread_count(int wanted)
{
  return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// Starts `work` on `most` threads, or on as many as the system gives.
template <typename Work>
std::vector<std::jthread> start_threads(std::size_t most, const Work& work)
{
  std::vector<std::jthread> threads;
  try {
    while (threads.size() < most) { threads.emplace_back(work); }
  } catch (const std::system_error&) {
    return threads;
  }
  return threads;
}

}  // namespace vidcv
