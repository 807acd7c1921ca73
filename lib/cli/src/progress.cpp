#include "progress.hpp"

#include <vidcv/cli/report.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace vidcv {
namespace {

constexpr auto k_between_draws = std::chrono::milliseconds(200);
constexpr auto k_before_first = std::chrono::milliseconds(300);  // a run that is over by then needs no line
constexpr std::string_view k_to_start = "\r";
constexpr std::string_view k_erase_rest = "\x1b[K";

/// Whether the terminal understands how a line is erased.
bool can_erase()
{
  const char* kind = std::getenv("TERM");
  return kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
}

std::size_t width_of_terminal()
{
  constexpr std::size_t k_usual = 80;
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : k_usual;
}

}  // namespace

Progress::Progress(bool quiet)
    : m_is_watched(!quiet && ::isatty(STDERR_FILENO) == 1), m_is_drawn(m_is_watched && can_erase())
{
}

Progress::~Progress()
{
  finish();
}

void Progress::expect(std::int64_t total)
{
  if (!m_is_drawn || total <= 0) { return; }
  const std::lock_guard lock(m_state);
  m_begun = ProgressClock::now();
  m_line.emplace(total, m_begun);
  if (m_thread.joinable() || m_ended) { return; }
  try {
    m_thread = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    m_ended = true;  // a run goes without a line where the system gives no thread for it
  }
}

void Progress::note(const std::function<void(ProgressLine&, ProgressClock::time_point)>& change)
{
  if (!m_is_drawn) { return; }
  const std::lock_guard lock(m_state);
  if (m_line) { change(*m_line, ProgressClock::now()); }
}

void Progress::over(const std::function<void()>& write)
{
  const std::lock_guard lock(m_terminal);
  const bool was_shown = !m_shown.empty();
  clear();
  write();
  if (was_shown) { draw(); }
}

void Progress::finish()
{
  {
    const std::lock_guard lock(m_state);
    m_ended = true;
  }
  m_wake.notify_all();
  if (m_thread.joinable()) { m_thread.join(); }
  const std::lock_guard lock(m_terminal);
  clear();
}

void Progress::run()
{
  for (;;) {
    {
      std::unique_lock lock(m_state);
      if (m_wake.wait_for(lock, k_between_draws, [this] { return m_ended; })) { return; }
    }
    const std::lock_guard lock(m_terminal);
    draw();
  }
}

/// A column stays free: a character in the last one makes some terminals begin a new line.
std::string Progress::text()
{
  const std::size_t columns = width_of_terminal() - 1;
  const auto now = ProgressClock::now();
  const std::lock_guard lock(m_state);
  return m_ended || !m_line || now - m_begun < k_before_first ? "" : m_line->text(now, columns);
}

void Progress::draw()
{
  const std::string text = this->text();
  if (text == m_shown) { return; }
  m_shown = text;
  say(std::string(k_to_start) + text + std::string(k_erase_rest));
}

void Progress::clear()
{
  if (m_shown.empty()) { return; }
  m_shown.clear();
  say(std::string(k_to_start) + std::string(k_erase_rest));
}

}  // namespace vidcv
