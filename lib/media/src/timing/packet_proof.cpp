#include "timing/packet_proof.hpp"

#include <fmt/format.h>

#include <utility>

namespace vidcv {
namespace {

bool is_intra_only(const AVStream& stream)
{
  const AVCodecDescriptor* codec = avcodec_descriptor_get(stream.codecpar->codec_id);
  return codec != nullptr && (codec->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

}  // namespace

PacketProof::PacketProof(const AVFormatContext& format, const AVStream& stream)
    : m_format(format), m_stream(stream), m_reader(stream), m_tick_s(av_q2d(stream.time_base))
{
  if (!is_intra_only(stream) && !m_reader.knows_codec()) {
    object(fmt::format("packets of {} that may hold no frame", avcodec_get_name(stream.codecpar->codec_id)));
  }
}

void PacketProof::object(std::string_view why)
{
  if (m_why.empty()) { m_why = why; }
}

void PacketProof::note(const AVPacket& packet)
{
  if ((packet.flags & AV_PKT_FLAG_CORRUPT) != 0) { object("damaged packets"); }
  check_stamps(packet);
  if (m_reader.knows_codec()) { check_picture(packet); }
}

/// A packet that an edit list hides is decoded, and its frame is dropped.
void PacketProof::check_stamps(const AVPacket& packet)
{
  if (packet.pts == AV_NOPTS_VALUE) { return object("packets without a presentation time"); }
  const bool is_hidden = (packet.flags & AV_PKT_FLAG_DISCARD) != 0;
  const bool is_key = (packet.flags & AV_PKT_FLAG_KEY) != 0;
  if (is_key && m_first_key_pts == AV_NOPTS_VALUE) { m_first_key_pts = packet.pts; }
  if (!is_hidden && (m_first_key_pts == AV_NOPTS_VALUE || packet.pts < m_first_key_pts)) {
    object("frames before the first keyframe");
  }
  if (!is_hidden && !m_pts.insert(packet.pts).second) { object("packets that share a presentation time"); }
  m_is_ascending = m_is_ascending && (m_last_pts == AV_NOPTS_VALUE || packet.pts > m_last_pts);
  m_last_pts = packet.pts;
  const std::int64_t before = m_last_dts;
  if (packet.dts == AV_NOPTS_VALUE) { return; }
  m_last_dts = packet.dts;
  const double gap_s = static_cast<double>(packet.dts - before) * m_tick_s;
  if (before != AV_NOPTS_VALUE && (gap_s < 0 || (clock_may_leap(m_format) && gap_s > k_leap_s))) {
    object("a clock that starts again");
  }
}

void PacketProof::check_picture(const AVPacket& packet)
{
  const CodedPicture picture = m_reader.read(packet);
  if (picture.is_one_field) { object("pictures of single fields"); }
  if (!picture.is_one_frame) { object("packets that show no frame of their own"); }
  if ((packet.flags & AV_PKT_FLAG_KEY) != 0 && !picture.stands_alone) {
    object("keyframes that do not start a group of their own");
  }
  m_has_bidirectional = m_has_bidirectional || picture.is_bidirectional;
}

std::string PacketProof::objection() const
{
  if (!m_why.empty()) { return m_why; }
  if (m_pts.empty()) { return "no packet that is shown"; }
  if (m_is_ascending && m_has_bidirectional && m_stream.codecpar->video_delay > 0) {
    return "decoding times in place of presentation times";
  }
  return {};
}

}  // namespace vidcv
