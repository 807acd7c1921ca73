#include "input/clip_source.hpp"
#include "pixels/orientation.hpp"
#include "pixels/still_header.hpp"
#include "timing/frame_clock.hpp"
#include "video/video_decoder.hpp"

namespace vidcv {
namespace {

std::optional<double> positive(double value)
{
  return value > 0 ? std::optional<double>(value) : std::nullopt;
}

ContainerClaims claims_of(AVFormatContext& format, AVStream& stream)
{
  ContainerClaims claims;
  if (is_still(format)) { return claims; }
  claims.fps = positive(av_q2d(stream.avg_frame_rate.den > 0 ? stream.avg_frame_rate : AVRational{0, 1}));
  if (!claims.fps) {
    const AVRational guess = av_guess_frame_rate(&format, &stream, nullptr);
    claims.fps = positive(guess.den > 0 ? av_q2d(guess) : 0);
  }
  if (stream.nb_frames > 0) { claims.frames = stream.nb_frames; }
  if (format.duration != AV_NOPTS_VALUE) {
    claims.duration_s = positive(static_cast<double>(format.duration) / AV_TIME_BASE);
  }
  if (!claims.duration_s && stream.duration != AV_NOPTS_VALUE) {
    claims.duration_s = positive(static_cast<double>(stream.duration) * av_q2d(stream.time_base));
  }
  return claims;
}

/// Pixels of 32 bits in an AVI are those of an uncompressed BMP (BI_RGB): their fourth byte is reserved.
bool is_uncompressed_avi(const AVFormatContext& format, const AVCodecParameters& stream)
{
  return stream.codec_id == AV_CODEC_ID_RAWVIDEO && stream.codec_tag == 0 &&
         std::string_view(format.iformat->name) == "avi";
}

class VideoSource : public ClipSource {
 public:
  VideoSource(const MediaFile& file, const DecodeOptions& options)
      : m_pictures(options.pictures),
        m_decoder(file, options),
        m_clock(m_decoder.format(), m_decoder.stream(), stamp_source(m_decoder.format(), m_decoder.first_packets()))
  {
    m_decoder.on_packet = [this](const AVPacket& packet) {
      m_clock.note_packet(packet);
      if (is_picture()) { note_header({packet.data, static_cast<std::size_t>(packet.size)}); }
    };
    const AVCodecParameters& stream = *m_decoder.stream().codecpar;
    m_header.fourth_byte_is_alpha = !is_uncompressed_avi(m_decoder.format(), stream);
    if (stream.codec_id == AV_CODEC_ID_APNG) {
      note_header({stream.extradata, static_cast<std::size_t>(stream.extradata_size)});
    }
  }

  std::optional<Frame> next() override
  {
    if (m_next_number > 0 && is_picture()) { return std::nullopt; }  // a second picture behind it is not shown
    while (!m_is_drained && m_clock.must_wait()) { decode(); }
    if (m_waiting.empty()) { return std::nullopt; }
    FramePtr picture = std::move(m_waiting.front());
    m_waiting.pop();
    const std::int64_t number = m_next_number++;
    const double time_s = m_clock.next_s();
    m_decoder.limits().check_frame(number, time_s);
    m_last_duration_s = is_picture() ? 0 : static_cast<double>(picture->pkt_duration) * m_clock.tick_s();
    Geometry geometry = geometry_of(*picture, m_decoder.format(), m_decoder.stream());
    if (is_picture() || m_header.orientation != 0) {
      set_exif_turn(*picture, m_header.orientation, m_pictures.apply_exif, geometry);
    }
    if (!m_header.fourth_byte_is_alpha && picture->format == AV_PIX_FMT_BGRA) { picture->format = AV_PIX_FMT_BGR0; }
    return Frame(std::shared_ptr<const AVFrame>(picture.release(), FreeWith<av_frame_free>{}), number, time_s, geometry,
                 m_pictures.alpha);
  }

  ContainerClaims claims() override { return claims_of(m_decoder.format(), m_decoder.stream()); }
  bool is_picture() const noexcept override { return is_still(m_decoder.format()); }
  double tick_s() const noexcept override { return m_clock.tick_s(); }
  ClipFaults faults() const noexcept override
  {
    return {m_decoder.damaged(), m_clock.restarts(), m_decoder.is_truncated()};
  }
  double last_duration_s() const noexcept override { return m_last_duration_s; }

 private:
  void note_header(std::span<const std::uint8_t> bytes)
  {
    m_header = read_still_header(m_decoder.stream().codecpar->codec_id, bytes);
  }

  void decode()
  {
    FramePtr picture(av_frame_alloc());
    if (!picture) { throw std::bad_alloc(); }
    m_is_drained = !m_decoder.next(*picture);
    if (m_is_drained) { return; }
    m_clock.note_frame(*picture);
    m_waiting.push(std::move(picture));
  }

  PictureRules m_pictures;
  VideoDecoder m_decoder;
  FrameClock m_clock;
  StillHeader m_header;
  std::queue<FramePtr> m_waiting;
  bool m_is_drained = false;
  std::int64_t m_next_number = 0;
  double m_last_duration_s = 0;
};

}  // namespace

std::unique_ptr<ClipSource> open_video(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<VideoSource>(file, options);
}

}  // namespace vidcv
