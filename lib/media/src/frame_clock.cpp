#include "frame_clock.hpp"

#include <algorithm>

namespace vidcv {
namespace {

constexpr double k_default_rate = 25;  // what FFmpeg assumes of raw streams too

}  // namespace

double usual_frame_s(const AVStream& stream)
{
  const AVRational rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
  return rate.num > 0 && rate.den > 0 ? av_q2d(av_inv_q(rate)) : 1 / k_default_rate;
}

bool has_timestamps(const AVFormatContext& format)
{
  return (format.iformat->flags & AVFMT_NOTIMESTAMPS) == 0;
}

FrameClock::FrameClock(const AVFormatContext& format, AVStream& stream)
    : m_time_base(stream.time_base), m_has_stamps(has_timestamps(format)), m_frame_s(usual_frame_s(stream))
{
}

void FrameClock::note_packet(const AVPacket& packet)
{
  m_has_pts = m_has_pts || packet.pts != AV_NOPTS_VALUE;
  if (packet.dts != AV_NOPTS_VALUE && !m_has_pts) { m_dts.push(packet.dts); }
}

std::optional<double> FrameClock::stamp_of(const AVFrame& frame)
{
  if (!m_has_stamps) { return std::nullopt; }
  if (m_has_pts) {
    const std::int64_t stamp = frame.pts != AV_NOPTS_VALUE ? frame.pts : frame.best_effort_timestamp;
    if (stamp == AV_NOPTS_VALUE) { return std::nullopt; }
    return static_cast<double>(stamp) * av_q2d(m_time_base);
  }
  if (m_dts.empty()) { return std::nullopt; }
  const std::int64_t dts = m_dts.top();
  m_dts.pop();
  return static_cast<double>(dts) * av_q2d(m_time_base);
}

double FrameClock::time_of(const AVFrame& frame, std::int64_t number)
{
  const auto stamp_s = stamp_of(frame);
  if (!m_first_s) {
    m_first_s = stamp_s.value_or(0);
    return 0;
  }
  const double unstamped_s = m_has_stamps ? m_last_s + m_frame_s : static_cast<double>(number) * m_frame_s;
  const double time_s = stamp_s ? *stamp_s - *m_first_s : unstamped_s;
  m_last_s = std::max(m_last_s, time_s);
  return m_last_s;
}

}  // namespace vidcv
