#include "progress.hpp"

#include <vidcv/cli/report.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace vidcv {
namespace {

constexpr auto k_between_draws = std::chrono::milliseconds(200);

}  // namespace

Progress::Progress(bool quiet) : m_drawn_at_all(!quiet && ::isatty(STDERR_FILENO) == 1) {}

void Progress::expect(std::int64_t total)
{
  m_total = total;
  m_done = 0;
  m_start = Clock::now();
}

void Progress::advance()
{
  ++m_done;
  const auto now = Clock::now();
  if (!m_drawn_at_all || m_total < 2 || now - m_last_drawn < k_between_draws) { return; }
  m_last_drawn = now;
  m_visible = true;
  say("\r\x1b[K" + line(m_done, m_total, std::chrono::duration<double>(now - m_start).count()));
  std::fflush(stderr);
}

void Progress::clear()
{
  if (!m_visible) { return; }
  m_visible = false;
  say("\r\x1b[K");
}

std::string Progress::line(std::int64_t done, std::int64_t total, double elapsed_s)
{
  const double rate = elapsed_s > 0 ? static_cast<double>(done) / elapsed_s : 0;
  if (rate <= 0) { return fmt::format("{}/{}", done, total); }
  const auto left_s = std::llround(static_cast<double>(total - done) / rate);
  return fmt::format("{}/{}  {:.1f}/s  {}:{:02}:{:02} left", done, total, rate, left_s / 3600, left_s / 60 % 60,
                     left_s % 60);
}

}  // namespace vidcv
