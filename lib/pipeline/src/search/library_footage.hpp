#pragma once

#include <vidcv/matching/shared_stretches.hpp>
#include <vidcv/store/vector_records.hpp>

#include <functional>
#include <string>
#include <vector>

namespace vidcv {

/// The vectors of all clips of a model, less their mean, the longest clip first.
class LibraryFootage {
 public:
  LibraryFootage(Database& database, const StoredModel& model, const std::function<bool(const std::string&)>& takes);
  LibraryFootage(const LibraryFootage&) = delete;
  LibraryFootage& operator=(const LibraryFootage&) = delete;

  std::size_t size() const noexcept { return m_clips.size(); }
  const std::vector<Footage>& clips() const noexcept { return m_clips; }
  /// Absolute, its bytes as they are.
  const std::string& path(std::size_t clip) const { return m_paths.at(clip); }

 private:
  struct Clip;
  void read(Database& database, const StoredModel& model, const std::function<bool(const std::string&)>& takes);
  void take_mean_out();

  std::size_t m_dim;
  std::vector<float> m_numbers;  // of all vectors, clip by clip
  std::vector<Footage> m_clips;
  std::vector<std::string> m_paths;
};

}  // namespace vidcv
