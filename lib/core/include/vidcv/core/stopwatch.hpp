#pragma once

#include <chrono>

namespace vidcv {

/// Seconds of wall time since it was made.
class Stopwatch {
 public:
  double seconds() const noexcept
  {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
  }

 private:
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

}  // namespace vidcv
