#include "video/video_decoder.hpp"

#include "input/refused_size.hpp"
#include "pixels/jpeg_pixels.hpp"
#include "timing/matroska_end.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/core/threads.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <utility>

namespace vidcv {
namespace {

// Demuxers that read one file and open no other. Playlists, concat scripts, network descriptions and those that turn
// text into pictures are not among them.
constexpr const char* k_demuxers =
    "mov,matroska,avi,mpegts,mpeg,mpegvideo,flv,asf,ogg,ivf,mxf,nut,rm,dv,wtv,h264,hevc,m4v,h263,obu,av1,vc1,mjpeg,"
    "mjpeg_2000,"
    "yuv4mpegpipe,gif,apng,jpeg_pipe,jpegls_pipe,j2k_pipe,png_pipe,bmp_pipe,tiff_pipe,webp_pipe,pam_pipe,pbm_pipe,pgm_"
    "pipe,"
    "pgmyuv_pipe,ppm_pipe,qoi_pipe,sgi_pipe,sunrast_pipe,dpx_pipe,exr_pipe,psd_pipe,pcx_pipe,svs_pipe,xbm_pipe,xwd_"
    "pipe";

constexpr int k_most_threads = 16;        // FFmpeg gains nothing from more
constexpr int k_most_read_failures = 32;  // in a row, before what is left of the file is given up
// Read before the first is decoded: enough for every kind of picture of a group to be among them.
constexpr std::size_t k_most_ahead = 32;
constexpr std::size_t k_most_bytes_ahead = std::size_t{4} << 20U;

/// get_buffer() may be called by several threads at once; FFmpeg before version 6 must be informed of that.
void let_threads_call_back([[maybe_unused]] AVCodecContext& codec)
{
#if LIBAVCODEC_VERSION_MAJOR < 60
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  codec.thread_safe_callbacks = 1;
#pragma GCC diagnostic pop
#endif
}

}  // namespace

VideoDecoder::VideoDecoder(const MediaFile& file, const DecodeOptions& options)
    : m_media(file),
      m_file(file.path()),
      m_limits(m_file, options),
      m_bytes(file),
      m_packet(av_packet_alloc()),
      m_keyframes_only(options.keyframes_only)
{
  const LimitWatch::Turn turn(m_limits);
  std::ignore = take_refused_size();  // of another file
  if (s_arena != nullptr) { m_frames.emplace(*s_arena); }
  m_bytes.is_over = [this] { return m_limits.is_over(); };
  if (!m_packet) { throw std::bad_alloc(); }
  open_input();
  m_limits.check_streams(m_input->nb_streams);
  m_stream = choose_stream(options.stream);
  for (unsigned i = 0; i < m_input->nb_streams; ++i) {
    AVStream* stream = m_input->streams[i];
    stream->discard = stream == m_stream ? AVDISCARD_DEFAULT : AVDISCARD_ALL;
  }
  if (!m_limits.allows_pixels(m_stream->codecpar->width, m_stream->codecpar->height)) {
    m_limits.refuse_pixels("open");
  }
  open_codec(is_still(*m_input) ? 1 : std::min(thread_count(options.threads), k_most_threads));
  decode_ahead();
}

void VideoDecoder::open_input()
{
  AVFormatContext* raw = avformat_alloc_context();
  if (raw == nullptr) { throw std::bad_alloc(); }
  raw->pb = m_bytes.io();
  raw->flags |= AVFMT_FLAG_CUSTOM_IO;
  av_opt_set(raw, "format_whitelist", k_demuxers, 0);
  const int status = avformat_open_input(&raw, nullptr, nullptr, nullptr);  // on failure FFmpeg frees it
  if (status >= 0) { m_input.reset(raw); }
  m_limits.check_time();
  if (status == AVERROR(EINVAL) || status == AVERROR_INVALIDDATA) {
    throw MediaError(m_file.native(), "open", "not a picture or video of a known kind, or damaged at its start");
  }
  require_av(status, m_file, "open");
  // It decodes the first frames to learn what the container does not say; a still picture would be decoded twice.
  if (is_still(*m_input)) { return; }
  const int known = avformat_find_stream_info(m_input.get(), nullptr);
  m_limits.check_time();
  require_av(known, m_file, "open");
}

AVStream* VideoDecoder::choose_stream(std::optional<int> wanted)
{
  const std::span streams(m_input->streams, m_input->nb_streams);
  if (wanted) {
    const auto index = static_cast<std::size_t>(*wanted);
    if (index < streams.size() && streams[index]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO) { return streams[index]; }
    throw MediaError(m_file.native(), "open", fmt::format("stream {} is not a video stream", *wanted));
  }
  const auto found = std::ranges::find_if(streams, [](const AVStream* stream) {
    return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO &&
           (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) == 0;
  });
  if (found == streams.end()) { throw MediaError(m_file.native(), "open", "no video stream"); }
  return *found;
}

void VideoDecoder::open_codec(int threads)
{
  const AVCodec* codec = avcodec_find_decoder(m_stream->codecpar->codec_id);
  if (codec == nullptr) {
    const AVCodecParameters& stream = *m_stream->codecpar;
    std::array<char, AV_FOURCC_MAX_STRING_SIZE> tag{};
    const bool is_known = stream.codec_id != AV_CODEC_ID_NONE;
    const char* name =
        is_known ? avcodec_get_name(stream.codec_id) : av_fourcc_make_string(tag.data(), stream.codec_tag);
    throw MediaError(m_file.native(), "open", fmt::format("this FFmpeg has no decoder for {}", one_line(name)));
  }
  m_codec.reset(avcodec_alloc_context3(codec));
  if (!m_codec) { throw std::bad_alloc(); }
  require_av(avcodec_parameters_to_context(m_codec.get(), m_stream->codecpar), m_file, "open");
  m_codec->pkt_timebase = m_stream->time_base;
  m_codec->thread_count = threads;
  m_codec->max_pixels = 4 * k_most_pixels;  // a decoder only calls it damage; get_buffer() says what it is
  m_codec->opaque = this;
  m_codec->get_buffer2 = get_buffer;
  let_threads_call_back(*m_codec);
  if (m_keyframes_only) { m_codec->skip_frame = AVDISCARD_NONKEY; }  // also where packets are not frames of their own
  require_av(avcodec_open2(m_codec.get(), codec, nullptr), m_file, "open");
}

int VideoDecoder::get_buffer(AVCodecContext* codec, AVFrame* frame, int flags)
{
  auto& self = *static_cast<VideoDecoder*>(codec->opaque);
  if (self.m_limits.allows_pixels(frame->width, frame->height)) {
    const bool takes_any = (codec->codec->capabilities & AV_CODEC_CAP_DR1) != 0;
    if (self.m_frames && takes_any) { return self.m_frames->get_buffer(*codec, *frame); }
    return avcodec_default_get_buffer2(codec, frame, flags);
  }
  self.m_is_too_large = true;
  return AVERROR(EINVAL);
}

bool VideoDecoder::next(AVFrame& frame)
{
  const LimitWatch::Turn turn(m_limits);
  for (;;) {
    if (m_is_too_large) { m_limits.refuse_pixels("decode"); }
    check_refused_size();
    const int status = avcodec_receive_frame(m_codec.get(), &frame);
    if (status == AVERROR_EOF) { return false; }
    if (status == AVERROR(EAGAIN)) {
      send_next_packet();
      continue;
    }
    if (status == AVERROR(ENOMEM)) { throw std::bad_alloc(); }
    if (status < 0) {  // whatever the decoder calls it, this picture is lost and the next may be whole
      ++m_damaged;
      continue;
    }
    const bool patched = frame.decode_error_flags != 0 || (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0;
    m_damaged += patched ? 1 : 0;
    frame.opaque_ref = m_still_jpeg.release();
    return true;
  }
}

/// What FFmpeg refuses by itself is beyond our limit, unless that is set higher than what FFmpeg can hold.
void VideoDecoder::check_refused_size() const
{
  const auto size = take_refused_size();
  if (!size || size->width == 0 || size->height == 0) { return; }
  if (!m_limits.allows_pixels(size->width, size->height)) { m_limits.refuse_pixels("decode"); }
  throw MediaError(m_file.native(), "decode",
                   fmt::format("a picture of {} pixels, more than FFmpeg can hold", size->width * size->height));
}

/// At the end of the file one null packet, which drains the decoder.
void VideoDecoder::send_next_packet()
{
  if (!read_packet()) {
    avcodec_send_packet(m_codec.get(), nullptr);
    return;
  }
  if (on_packet) { on_packet(*m_packet); }
  if (m_codec->codec_id == AV_CODEC_ID_MJPEG && is_still(*m_input)) { keep_jpeg(); }
  const int status = avcodec_send_packet(m_codec.get(), m_packet.get());
  av_packet_unref(m_packet.get());
  if (status == AVERROR(ENOMEM)) { throw std::bad_alloc(); }
  if (status < 0) { ++m_damaged; }
}

/// Its bytes go with the frame, whose pixels libjpeg-turbo will decode; the luma, the metadata and the damage are
/// FFmpeg's.
void VideoDecoder::keep_jpeg()
{
  if (is_cut_off({m_packet->data, static_cast<std::size_t>(m_packet->size)})) { ++m_damaged; }
  if (m_packet->buf == nullptr) { return; }
  m_still_jpeg.reset(av_buffer_ref(m_packet->buf));
  if (!m_still_jpeg) { throw std::bad_alloc(); }
  m_still_jpeg->data = m_packet->data;
  m_still_jpeg->size = static_cast<std::size_t>(m_packet->size);
}

const AVPacket* VideoDecoder::next_packet()
{
  const LimitWatch::Turn turn(m_limits);
  av_packet_unref(m_packet.get());
  return read_packet() ? m_packet.get() : nullptr;
}

/// The next packet that is to be decoded. False at the end of what can be read.
bool VideoDecoder::read_packet()
{
  while (take_packet()) {
    if (!m_keyframes_only || (m_packet->flags & AV_PKT_FLAG_KEY) != 0) { return true; }
    av_packet_unref(m_packet.get());
  }
  return false;
}

/// The next packet of our stream that holds anything.
bool VideoDecoder::take_packet()
{
  if (m_next_ahead == m_ahead.size()) { return demux_packet(); }
  av_packet_move_ref(m_packet.get(), m_ahead[m_next_ahead++].get());
  return true;
}

bool VideoDecoder::demux_packet()
{
  while (!m_is_over) {
    const int status = av_read_frame(m_input.get(), m_packet.get());
    m_limits.check_time();
    if (status == AVERROR_EOF) { break; }
    if (status == AVERROR(ENOMEM)) { throw std::bad_alloc(); }
    if (status < 0 && status != AVERROR(EAGAIN)) {
      if (m_read_failures == 0) { ++m_damaged; }
      if (++m_read_failures > k_most_read_failures) { break; }
      continue;
    }
    m_read_failures = 0;
    const bool ours = status == 0 && m_packet->stream_index == m_stream->index;
    if (ours) {
      ++m_packets;
      m_last_is_partial = (m_packet->flags & AV_PKT_FLAG_CORRUPT) != 0;
      m_last_position = m_packet->pos;
    }
    if (ours && m_packet->size > 0) { return true; }
    av_packet_unref(m_packet.get());
  }
  if (!std::exchange(m_is_over, true)) { end_reading(); }
  return false;
}

/// Of a still picture there is one packet, and its time is known.
void VideoDecoder::decode_ahead()
{
  std::size_t bytes = 0;
  while (!is_still(*m_input) && m_ahead.size() < k_most_ahead && bytes < k_most_bytes_ahead && demux_packet()) {
    bytes += static_cast<std::size_t>(m_packet->size);
    m_ahead.emplace_back(av_packet_clone(m_packet.get()));
    if (!m_ahead.back()) { throw std::bad_alloc(); }
    av_packet_unref(m_packet.get());
  }
}

namespace {

/// Whether a transport stream ends within one of its packets of 188 bytes, or of 192 or 204 with what other programs
/// add.
/// @param bytes  from the start of one of them to the end of the file
bool ends_within_a_cell(std::int64_t bytes)
{
  constexpr std::array<std::int64_t, 3> k_sizes = {188, 192, 204};
  return std::ranges::none_of(k_sizes, [bytes](std::int64_t size) { return bytes % size == 0; });
}

}  // namespace

/// FFmpeg takes the end of the file for the end of the stream, and its frame threads say nothing of a last packet that
/// is cut off. What the index has beyond the end of the file is as many packets that give no picture.
void VideoDecoder::end_reading()
{
  if (is_still(*m_input)) { return; }
  const std::int64_t size = avio_size(m_input->pb);
  const int entries = avformat_index_get_entries_count(m_stream);
  std::int64_t missing = 0;
  const bool is_matroska = std::string_view(m_input->iformat->name).starts_with("matroska");
  const bool is_transport_stream = std::string_view(m_input->iformat->name) == "mpegts";
  m_is_truncated = m_last_is_partial || (is_matroska && is_cut_off_matroska(m_media)) ||
                   (is_transport_stream && m_last_position >= 0 && ends_within_a_cell(size - m_last_position));
  for (int i = 0; size > 0 && i < entries; ++i) {
    const AVIndexEntry& entry = *avformat_index_get_entry(m_stream, i);
    missing += entry.pos >= size ? 1 : 0;
    m_is_truncated = m_is_truncated || entry.pos + entry.size > size;
  }
  m_damaged += missing;
}

}  // namespace vidcv
