#pragma once

#include <vidcv/media/clip_reader.hpp>

#include <chrono>
#include <filesystem>

namespace vidcv {

/// Holds one file to its limits, from its making on. The checks throw MediaError, or Abandoned
/// where the run is to end.
class LimitWatch {
 public:
  LimitWatch(std::filesystem::path file, const DecodeOptions& options);

  void check_streams(unsigned streams) const;
  bool allows_pixels(int width, int height) const noexcept;
  [[noreturn]] void refuse_pixels(const char* action) const;
  /// Once for each picture.
  /// @param number  its ordinal
  void check_frame(std::int64_t number, double timestamp_s) const;
  void check_time() const;
  /// Whether check_time() throws.
  bool is_over() const;

 private:
  void check_memory() const;

  std::filesystem::path m_file;
  MediaLimits m_limits;
  std::function<bool()> m_abandoned;
  std::chrono::steady_clock::time_point m_deadline;
  std::int64_t m_resident_before;
};

}  // namespace vidcv
