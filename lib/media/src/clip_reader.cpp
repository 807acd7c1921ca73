#include <vidcv/media/clip_reader.hpp>

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

}  // namespace

struct ClipReader::State {
  State(const std::filesystem::path& path, const DecodeOptions& options)
      : file(path), pictures(options.pictures), decoder(path, options), clock(decoder.format(), decoder.stream())
  {
    decoder.on_packet = [this](const AVPacket& packet) { clock.note_packet(packet); };
  }

  std::filesystem::path file;
  PictureRules pictures;
  VideoDecoder decoder;
  FrameClock clock;
  std::int64_t next_number = 0;
  double last_duration_s = 0;
};

ClipReader::ClipReader(const std::filesystem::path& file, const DecodeOptions& options)
    : m_state(std::make_unique<State>(file, options)),
      m_claims(claims_of(m_state->decoder.format(), m_state->decoder.stream()))
{
}

ClipReader::~ClipReader() = default;
ClipReader::ClipReader(ClipReader&&) noexcept = default;

std::optional<Frame> ClipReader::next()
{
  FramePtr picture(av_frame_alloc());
  if (!picture) { throw std::bad_alloc(); }
  State& state = *m_state;
  if (state.next_number > 0 && is_picture()) { return std::nullopt; }  // a second picture behind it is not shown
  if (!state.decoder.next(*picture)) { return std::nullopt; }
  const std::int64_t number = state.next_number++;
  const double time_s = state.clock.time_of(*picture, number);
  state.decoder.limits().check_frame(number, time_s);
  state.last_duration_s =
      is_still(state.decoder.format()) ? 0 : static_cast<double>(picture->pkt_duration) * state.clock.tick_s();
  Geometry geometry = geometry_of(*picture, state.decoder.format(), state.decoder.stream());
  if (is_picture()) { set_exif_turn(*picture, state.pictures.apply_exif, geometry); }
  return Frame(std::shared_ptr<const AVFrame>(picture.release(), FreeWith<av_frame_free>{}), number, time_s, geometry,
               state.pictures.alpha);
}

bool ClipReader::is_picture() const noexcept
{
  return is_still(m_state->decoder.format());
}
double ClipReader::tick_s() const noexcept
{
  return m_state->clock.tick_s();
}
std::int64_t ClipReader::damaged() const noexcept
{
  return m_state->decoder.damaged();
}
double ClipReader::last_duration_s() const noexcept
{
  return m_state->last_duration_s;
}

const char* ffmpeg_version() noexcept
{
  return av_version_info();
}

}  // namespace vidcv
