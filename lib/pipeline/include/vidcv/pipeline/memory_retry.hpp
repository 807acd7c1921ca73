#pragma once

#include <vidcv/core/error.hpp>

#include <mutex>
#include <shared_mutex>

namespace vidcv {

/// Runs work of several threads. The memory limit counts the whole process, so work that exceeds it beside others runs
/// once more while nothing else does: it does not pay for its neighbours.
class MemoryRetry {
 public:
  /// For several threads at once. Throws what `work` throws.
  template <typename Work>
  auto run(const Work& work)
  {
    try {
      const std::shared_lock beside_others(m_alone);
      return work();
    } catch (const MemoryLimitError&) {
      const std::unique_lock alone(m_alone);
      return work();
    }
  }

 private:
  std::shared_mutex m_alone;
};

}  // namespace vidcv
