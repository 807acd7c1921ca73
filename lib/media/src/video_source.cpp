#include "clip_source.hpp"
#include "frame_clock.hpp"
#include "orientation.hpp"
#include "video_decoder.hpp"

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

class VideoSource : public ClipSource {
 public:
  VideoSource(const MediaFile& file, const DecodeOptions& options)
      : m_pictures(options.pictures), m_decoder(file, options), m_clock(m_decoder.format(), m_decoder.stream())
  {
    m_decoder.on_packet = [this](const AVPacket& packet) { m_clock.note_packet(packet); };
  }

  std::optional<Frame> next() override
  {
    FramePtr picture(av_frame_alloc());
    if (!picture) { throw std::bad_alloc(); }
    if (m_next_number > 0 && is_picture()) { return std::nullopt; }  // a second picture behind it is not shown
    if (!m_decoder.next(*picture)) { return std::nullopt; }
    const std::int64_t number = m_next_number++;
    const double time_s = m_clock.time_of(*picture, number);
    m_decoder.limits().check_frame(number, time_s);
    m_last_duration_s = is_picture() ? 0 : static_cast<double>(picture->pkt_duration) * m_clock.tick_s();
    Geometry geometry = geometry_of(*picture, m_decoder.format(), m_decoder.stream());
    if (is_picture()) { set_exif_turn(*picture, m_pictures.apply_exif, geometry); }
    return Frame(std::shared_ptr<const AVFrame>(picture.release(), FreeWith<av_frame_free>{}), number, time_s, geometry,
                 m_pictures.alpha);
  }

  ContainerClaims claims() override { return claims_of(m_decoder.format(), m_decoder.stream()); }
  bool is_picture() const noexcept override { return is_still(m_decoder.format()); }
  double tick_s() const noexcept override { return m_clock.tick_s(); }
  std::int64_t damaged() const noexcept override { return m_decoder.damaged(); }
  double last_duration_s() const noexcept override { return m_last_duration_s; }

 private:
  PictureRules m_pictures;
  VideoDecoder m_decoder;
  FrameClock m_clock;
  std::int64_t m_next_number = 0;
  double m_last_duration_s = 0;
};

}  // namespace

std::unique_ptr<ClipSource> open_video(const MediaFile& file, const DecodeOptions& options)
{
  return std::make_unique<VideoSource>(file, options);
}

}  // namespace vidcv
