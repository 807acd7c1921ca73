#pragma once

#include <vidcv/core/stopwatch.hpp>

#include <vidcv/media/clip_reader.hpp>

#include <filesystem>
#include <optional>

namespace vidcv {

/// What all threads of a decoder may take together for one file, which no file reaches within `limit_wall_sec`.
/// @param options  whose `threads` are known
double processor_limit_s(const DecodeOptions& options);

/// Holds one file to its limits. The checks throw MediaError, or Abandoned where the run is to end. For one thread.
class LimitWatch {
 public:
  LimitWatch(std::filesystem::path file, const DecodeOptions& options);

  /// Time counts against the limit while a Turn is alive, which is while the reader waits for the file. What the reader
  /// does between two pictures is not the file's.
  class Turn {
   public:
    explicit Turn(LimitWatch& watch) : m_watch(watch) { m_watch.m_turn.emplace(); }
    ~Turn()
    {
      m_watch.m_spent_s = m_watch.spent_s();
      m_watch.m_turn.reset();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    LimitWatch& m_watch;
  };

  void check_streams(unsigned streams) const;
  bool allows_pixels(std::int64_t width, std::int64_t height) const noexcept;
  [[noreturn]] void refuse_pixels(const char* action) const;
  /// Once for each picture.
  /// @param number  its ordinal
  void check_frame(std::int64_t number, double timestamp_s) const;
  void check_time() const;
  /// Whether check_time() throws.
  bool is_over() const;

 private:
  double spent_s() const { return m_spent_s + (m_turn ? m_turn->seconds() : 0); }
  bool is_late() const { return spent_s() > m_limits.wall_s; }
  void check_memory() const;

  std::filesystem::path m_file;
  MediaLimits m_limits;
  std::function<bool()> m_abandoned;
  double m_spent_s = 0;             // in earlier turns
  std::optional<Stopwatch> m_turn;  // this one
  std::int64_t m_resident_before;
};

}  // namespace vidcv
