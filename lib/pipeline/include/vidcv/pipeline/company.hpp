#pragma once

#include <vidcv/core/error.hpp>

#include <mutex>
#include <shared_mutex>

namespace vidcv {

/// Files that are decoded side by side. Memory is counted for the whole process: one that seems to want too much gets
/// another try on its own, so that it does not pay for its neighbour.
class Company {
 public:
  /// For several threads at once. Throws what `work` throws.
  template <typename Work>
  auto run(const Work& work)
  {
    try {
      const std::shared_lock company(m_alone);
      return work();
    } catch (const MemoryLimitError&) {
      const std::unique_lock no_company(m_alone);
      return work();
    }
  }

 private:
  std::shared_mutex m_alone;
};

}  // namespace vidcv
