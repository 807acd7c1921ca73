#include "input/clip_source.hpp"
#include "stills/still_kind.hpp"
#include "timing/frame_clock.hpp"
#include "timing/packet_proof.hpp"
#include "video/video_decoder.hpp"

#include <vidcv/media/clip_reader.hpp>

#include <algorithm>

namespace vidcv {
namespace {

/// A packet that is shown.
struct Shown {
  std::int64_t pts;
  std::int64_t duration;
  bool is_key;
};

/// When the last frame leaves the screen: as the container says, or after as long as frames stay on average.
double end_of(const std::vector<double>& times_s, double last_duration_s)
{
  if (times_s.empty()) { return 0; }
  const double last_s = times_s.back();
  if (last_duration_s > 0 || times_s.size() < 2) { return last_s + std::max(last_duration_s, 0.0); }
  return last_s + last_s / static_cast<double>(times_s.size() - 1);
}

FrameTimes times_of(std::vector<Shown> packets, AVRational tick)
{
  std::ranges::sort(packets, {}, &Shown::pts);
  FrameTimes times;
  for (const Shown& packet : packets) {
    if (packet.is_key) { times.keyframes.push_back(std::ssize(times.times_s)); }
    times.times_s.push_back(static_cast<double>(packet.pts - packets.front().pts) * tick.num / tick.den);
  }
  times.end_s = end_of(times.times_s, static_cast<double>(packets.back().duration) * av_q2d(tick));
  return times;
}

FrameTimes times_of_picture()
{
  FrameTimes times;
  times.times_s = {0};
  times.keyframes = {0};
  times.only_keyframes = true;
  return times;
}

FrameTimes times_by_packets(const MediaFile& file, const DecodeOptions& options)
{
  DecodeOptions reading = options;
  reading.keyframes_only = false;
  reading.threads = 1;
  VideoDecoder decoder(file, reading);
  if (is_still(decoder.format())) { return times_of_picture(); }
  const StampSource source = stamp_source(decoder.format(), decoder.first_packets());
  PacketProof proof(decoder.format(), decoder.stream());
  std::vector<Shown> shown;
  bool only_keyframes = true;
  while (const AVPacket* packet = decoder.next_packet()) {
    proof.note(*packet);
    const bool is_key = (packet->flags & AV_PKT_FLAG_KEY) != 0;
    only_keyframes = only_keyframes && is_key;
    if ((packet->flags & AV_PKT_FLAG_DISCARD) == 0) { shown.push_back({packet->pts, packet->duration, is_key}); }
  }
  FrameTimes times;
  times.unproven = decoder.damaged() > 0 ? "damage, or a file that is cut off" : proof.objection();
  if (source == StampSource::none && times.unproven.empty()) { times.unproven = "a raw stream without times"; }
  if (times.unproven.empty()) { times = times_of(std::move(shown), decoder.stream().time_base); }
  times.only_keyframes = only_keyframes;
  return times;
}

FrameTimes times_by_decoding(const MediaFile& file, const DecodeOptions& options)
{
  const auto source = open_video(file, options);
  FrameTimes times;
  while (const auto frame = source->next()) { times.times_s.push_back(frame->timestamp_s()); }
  times.end_s = end_of(times.times_s, source->last_duration_s());
  return times;
}

}  // namespace

FrameTimes read_frame_times(const MediaFile& file, const DecodeOptions& options, Unproven unproven)
{
  if (still_kind(file) != StillKind::other) { return times_of_picture(); }
  FrameTimes times = times_by_packets(file, options);
  if (times.unproven.empty() || unproven == Unproven::leave) { return times; }
  FrameTimes decoded = times_by_decoding(file, options);
  decoded.only_keyframes = times.only_keyframes;
  decoded.unproven = times.unproven;
  return decoded;
}

}  // namespace vidcv
