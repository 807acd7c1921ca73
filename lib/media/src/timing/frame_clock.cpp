#include "timing/frame_clock.hpp"

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

constexpr AVRational k_default_frame = {1, 25};  // what FFmpeg assumes of raw streams too
constexpr std::size_t k_most_reordered = 16;     // frames, in any codec

bool has_pts(const PacketPtr& packet)
{
  return packet->pts != AV_NOPTS_VALUE;
}
bool has_dts(const PacketPtr& packet)
{
  return packet->dts != AV_NOPTS_VALUE;
}

}  // namespace

AVRational usual_frame(const AVStream& stream)
{
  const AVRational rate = stream.avg_frame_rate.num > 0 ? stream.avg_frame_rate : stream.r_frame_rate;
  return rate.num > 0 && rate.den > 0 ? av_inv_q(rate) : k_default_frame;
}

StampSource stamp_source(const AVFormatContext& format, std::span<const PacketPtr> packets)
{
  if ((format.iformat->flags & AVFMT_NOTIMESTAMPS) != 0) { return StampSource::none; }
  if (std::ranges::all_of(packets, has_pts)) { return StampSource::pts; }
  if (std::ranges::all_of(packets, has_dts)) { return StampSource::dts; }
  return std::ranges::any_of(packets, has_pts) ? StampSource::pts : StampSource::none;
}

FrameClock::FrameClock(const AVFormatContext& format, const AVStream& stream, StampSource source)
    : m_time_base(stream.time_base),
      m_frame(usual_frame(stream)),
      m_source(source),
      m_reorders(stream.codecpar->video_delay > 0),
      m_stamps(format, stream.time_base, av_q2d(m_frame) / av_q2d(stream.time_base))
{
}

void FrameClock::note_packet(const AVPacket& packet)
{
  if (m_source == StampSource::dts && packet.dts != AV_NOPTS_VALUE) { m_dts.push(m_stamps.next(packet.dts)); }
  if (m_source != StampSource::pts || !m_reorders) { return; }
  if ((packet.flags & AV_PKT_FLAG_DISCARD) != 0 || packet.pts == AV_NOPTS_VALUE) { return; }
  m_fed.push_back({m_packets++, packet.pts});
}

void FrameClock::note_frame(const AVFrame& frame)
{
  const auto stamp = stamp_of(frame);
  m_waiting.push(stamp.has_value());
  if (!stamp) { return m_stamps.pass(); }
  m_is_disordered = m_is_disordered || (!m_sorted.empty() && *stamp < *m_sorted.rbegin());
  m_waits_in_vain = m_waits_in_vain || (!m_is_disordered && m_waiting.size() > k_most_reordered);
  m_sorted.insert(*stamp);
}

std::optional<FrameClock::Stamp> FrameClock::stamp_of(const AVFrame& frame)
{
  if (m_source == StampSource::dts && !m_dts.empty()) {
    const double ticks = m_dts.top();
    m_dts.pop();
    return Stamp{ticks, 0, 0};
  }
  if (m_source != StampSource::pts || frame.pts == AV_NOPTS_VALUE) { return std::nullopt; }
  const std::int64_t order = take_back(frame.pts);
  return Stamp{m_stamps.next(frame.pts), frame.pts, order};
}

/// The packet's place in decoding order; before all others where there was none.
std::int64_t FrameClock::take_back(std::int64_t pts)
{
  const auto found = std::ranges::find(m_fed, pts, &Fed::pts);
  if (found == m_fed.end()) { return -1; }
  const std::int64_t order = found->order;
  m_fed.erase(found);
  return order;
}

/// What lies further back belongs to a clock before.
bool FrameClock::is_overtaking(const Stamp& stamp) const
{
  const auto back = static_cast<std::int64_t>(k_restart_s * av_q2d(av_inv_q(m_time_base)));
  return std::ranges::any_of(m_fed, [&](const Fed& fed) {
    return fed.order < stamp.order && fed.pts < stamp.pts && fed.pts >= stamp.pts - back;
  });
}

bool FrameClock::must_wait() const
{
  if (m_waiting.empty()) { return true; }
  if (m_sorted.empty() || m_waits_in_vain || m_waiting.size() > k_most_reordered) { return false; }
  return is_overtaking(*m_sorted.begin());
}

/// Since the first frame, before it is made later than the last one.
double FrameClock::take_ticks()
{
  const bool has_stamp = m_waiting.front();
  m_waiting.pop();
  if (!has_stamp) { return m_last + m_stamps.step(); }
  const Stamp stamp = m_sorted.extract(m_sorted.begin()).value();
  std::erase_if(m_fed, [&](const Fed& fed) { return fed.order < stamp.order && fed.pts < stamp.pts; });
  if (!std::exchange(m_has_origin, true)) { m_shift = (m_given > 0 ? m_last + m_stamps.step() : 0) - stamp.ticks; }
  return stamp.ticks + m_shift;
}

double FrameClock::next_s()
{
  const std::int64_t number = m_given;
  double ticks = take_ticks();
  ++m_given;
  if (m_source == StampSource::none) { return static_cast<double>(number) * m_frame.num / m_frame.den; }
  if (number == 0) { ticks = 0; }
  if (number > 0 && ticks <= m_last) { ticks = m_last + 1; }  // no two frames have one time
  m_last = ticks;
  return ticks * m_time_base.num / m_time_base.den;
}

}  // namespace vidcv
