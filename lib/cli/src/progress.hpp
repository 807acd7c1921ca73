#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace vidcv {

/// The line `done/total  rate/s  time left` on a terminal's stderr; nothing elsewhere.
class Progress {
 public:
  explicit Progress(bool quiet);

  void expect(std::int64_t total);
  void advance();
  /// Takes the line away, so that another can be written.
  void clear();

  /// The text of the line.
  static std::string line(std::int64_t done, std::int64_t total, double elapsed_s);

 private:
  using Clock = std::chrono::steady_clock;

  bool m_drawn_at_all;
  bool m_visible = false;
  std::int64_t m_done = 0;
  std::int64_t m_total = 0;
  Clock::time_point m_start = Clock::now();
  Clock::time_point m_last_drawn{};
};

}  // namespace vidcv
