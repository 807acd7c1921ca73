#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <utility>

namespace vidcv {

using ProgressClock = std::chrono::steady_clock;

/// Events per second over the last ten seconds, or over as long as the last few took. It falls while none comes.
class SlidingRate {
 public:
  explicit SlidingRate(ProgressClock::time_point start) : m_start(start) {}

  void add(std::int64_t count, ProgressClock::time_point now);
  /// 0 where nothing can be said yet.
  double per_second(ProgressClock::time_point now);

 private:
  void forget(ProgressClock::time_point now);

  ProgressClock::time_point m_start;
  std::deque<std::pair<ProgressClock::time_point, std::int64_t>> m_counts;  // half a second each
};

/// The text of the progress line, such as `12/146  3.1/s  0:00:43 left  1832 frames  61/s  film.mp4 (1790 frames)`.
/// Its clock is the caller's.
class ProgressLine {
 public:
  using Time = ProgressClock::time_point;

  ProgressLine(std::int64_t total, Time now) : m_total(total), m_files(now), m_frames(now) {}

  void begin_file(const std::string& path, Time now);
  void add_frames(const std::string& path, std::int64_t count, Time now);
  /// The file is done, one way or the other.
  void end_file(const std::string& path, Time now);
  /// Something without a name is done.
  void advance(Time now);

  std::int64_t total() const noexcept { return m_total; }
  /// In at most so many columns of a terminal.
  std::string text(Time now, std::size_t columns);

 private:
  struct FileInHand {
    std::string path;
    Time begun;
    std::int64_t frames = 0;
  };

  static std::string label(const FileInHand& file, Time now, std::size_t columns);
  std::string counts(Time now);
  std::string files(Time now, std::size_t columns) const;
  std::list<FileInHand>::iterator find(const std::string& path);

  std::int64_t m_total;
  std::int64_t m_done = 0;
  std::int64_t m_all_frames = 0;
  SlidingRate m_files;
  SlidingRate m_frames;
  std::list<FileInHand> m_in_hand;  // the oldest first
};

}  // namespace vidcv
