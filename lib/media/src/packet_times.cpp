#include "clip_source.hpp"
#include "frame_clock.hpp"
#include "video_decoder.hpp"

#include <vidcv/media/clip_reader.hpp>

#include <algorithm>

namespace vidcv {
namespace {

struct PacketStamps {
  std::vector<std::int64_t> pts;
  std::vector<std::int64_t> dts;
  std::size_t count = 0;
  std::optional<std::int64_t> first_key_pts;
};

/// Packets that an edit list hides are decoded and never shown: they are left out.
PacketStamps read_stamps(VideoDecoder& decoder)
{
  PacketStamps stamps;
  while (const AVPacket* packet = decoder.next_packet()) {
    if ((packet->flags & AV_PKT_FLAG_DISCARD) != 0) { continue; }
    ++stamps.count;
    if (packet->dts != AV_NOPTS_VALUE) { stamps.dts.push_back(packet->dts); }
    if (packet->pts == AV_NOPTS_VALUE) { continue; }
    stamps.pts.push_back(packet->pts);
    if (!stamps.first_key_pts && (packet->flags & AV_PKT_FLAG_KEY) != 0) { stamps.first_key_pts = packet->pts; }
  }
  std::ranges::sort(stamps.pts);
  std::ranges::sort(stamps.dts);
  return stamps;
}

}  // namespace

std::vector<double> read_packet_times(const MediaFile& file, const DecodeOptions& options)
{
  if (is_heif_still(file) || is_tiff(file) || is_arithmetic_jpeg(file)) { return {0}; }
  DecodeOptions reading = options;
  reading.keyframes_only = false;
  reading.threads = 1;
  VideoDecoder decoder(file, reading);
  PacketStamps stamps = read_stamps(decoder);
  std::vector<double> times_s;
  if (!has_timestamps(decoder.format()) || (stamps.pts.empty() && stamps.dts.empty())) {
    const double frame_s = usual_frame_s(decoder.stream());
    for (std::size_t i = 0; i < stamps.count; ++i) { times_s.push_back(static_cast<double>(i) * frame_s); }
    return times_s;
  }
  if (stamps.first_key_pts) {  // nothing before the first keyframe can be decoded
    std::erase_if(stamps.pts, [&](std::int64_t pts) { return pts < *stamps.first_key_pts; });
  }
  const std::vector<std::int64_t>& shown = stamps.pts.empty() ? stamps.dts : stamps.pts;
  const double tick_s = av_q2d(decoder.stream().time_base);
  for (const std::int64_t stamp : shown) { times_s.push_back(static_cast<double>(stamp - shown.front()) * tick_s); }
  return times_s;
}

}  // namespace vidcv
