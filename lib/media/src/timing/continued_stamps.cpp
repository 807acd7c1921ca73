#include "timing/continued_stamps.hpp"

#include <algorithm>
#include <string_view>

namespace vidcv {

bool clock_may_leap(const AVFormatContext& format)
{
  const std::string_view name = format.iformat->name;
  return name == "mpegts" || name == "mpeg";
}

ContinuedStamps::ContinuedStamps(const AVFormatContext& format, AVRational time_base, double usual_ticks)
    : m_may_leap(clock_may_leap(format)), m_ticks_per_s(av_q2d(av_inv_q(time_base))), m_usual_ticks(usual_ticks)
{
}

bool ContinuedStamps::starts_again(double ticks) const noexcept
{
  return ticks < m_newest - k_restart_s * m_ticks_per_s || (m_may_leap && ticks > m_newest + k_leap_s * m_ticks_per_s);
}

double ContinuedStamps::next(std::int64_t stamp)
{
  if (!m_first) { m_first = stamp; }
  double ticks = static_cast<double>(stamp) - static_cast<double>(*m_first) + m_shift;
  if (starts_again(ticks)) {
    const double follows = m_newest + step();
    m_shift += follows - ticks;
    ticks = follows;
    ++m_restarts;
  }
  ++m_frames;
  if (ticks > m_newest) {
    m_newest = ticks;
    m_steps = m_frames - 1;
  }
  return ticks;
}

double ContinuedStamps::step() const noexcept
{
  const double mean = m_steps > 0 ? m_newest / static_cast<double>(m_steps) : 0;
  return mean > 0 ? std::min(mean, k_leap_s * m_ticks_per_s) : m_usual_ticks;
}

}  // namespace vidcv
