#pragma once

#include "progress_line.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

namespace vidcv {

/// The progress line on a terminal's stderr; nothing elsewhere. It is drawn by a thread of its own, so that it goes by
/// the clock. All functions are for any thread.
class Progress {
 public:
  explicit Progress(bool quiet);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// True if stderr is a terminal and messages are not suppressed.
  bool is_watched() const noexcept { return m_is_watched; }

  /// Starts again, with so many inputs.
  void expect(std::int64_t total);
  /// Something happened to `line`, at `now`.
  void note(const std::function<void(ProgressLine& line, ProgressClock::time_point now)>& change);
  /// Writes to the terminal in place of the line, which is drawn again behind it.
  void over(const std::function<void()>& write);
  /// Takes the line away for good.
  void finish();

 private:
  void run();
  std::string text();
  void draw();  // both with m_terminal held
  void clear();

  const bool m_is_watched;
  const bool m_is_drawn;
  std::mutex m_terminal;  // held while it is written to, which may take long: taken before m_state
  std::string m_shown;    // what is on the terminal
  std::mutex m_state;     // of all that follows
  std::condition_variable m_wake;
  std::optional<ProgressLine> m_line;
  ProgressClock::time_point m_begun;
  bool m_ended = false;
  std::thread m_thread;
};

}  // namespace vidcv
