#pragma once

#include <algorithm>
#include <thread>

namespace vidcv {

/// How many threads to use: as many as are wanted, one per processor where 0 are.
inline int thread_count(int wanted)
{
  return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace vidcv
