#include <vidcv/media/clip_reader.hpp>

#include "input/av.hpp"
#include "input/clip_source.hpp"
#include "input/refused_size.hpp"
#include "isolation/isolated_source.hpp"
#include "stills/still_kind.hpp"

#include <array>

namespace vidcv {

std::unique_ptr<ClipSource> open_source(const MediaFile& file, const DecodeOptions& options)
{
  switch (still_kind(file)) {
    case StillKind::heif:
      return open_heif(file, options);
    case StillKind::tiff:
      return open_tiff(file, options);
    case StillKind::arithmetic_jpeg:
      return open_arithmetic_jpeg(file, options);
    case StillKind::other:
      break;
  }
  return open_video(file, options);
}

namespace {

std::unique_ptr<ClipSource> open(const std::filesystem::path& file, const DecodeOptions& options)
{
  watch_log();  // what went wrong is said once, by us
  const MediaFile media(file);
  return options.isolation == Isolation::process ? open_isolated(media, options) : open_source(media, options);
}

}  // namespace

ClipReader::ClipReader(const std::filesystem::path& file, const DecodeOptions& options)
    : m_source(open(file, options)), m_claims(m_source->claims())
{
}

FrameTimes frame_times(const std::filesystem::path& file, const DecodeOptions& options, Unproven unproven)
{
  watch_log();
  const MediaFile media(file);
  return options.isolation == Isolation::process ? isolated_frame_times(media, options, unproven)
                                                 : read_frame_times(media, options, unproven);
}

ClipReader::~ClipReader() = default;
ClipReader::ClipReader(ClipReader&&) noexcept = default;

std::optional<Frame> ClipReader::next()
{
  return m_source->next();
}
bool ClipReader::is_picture() const noexcept
{
  return m_source->is_picture();
}
double ClipReader::tick_s() const noexcept
{
  return m_source->tick_s();
}
ClipFaults ClipReader::faults() const noexcept
{
  return m_source->faults();
}
double ClipReader::last_duration_s() const noexcept
{
  return m_source->last_duration_s();
}

std::vector<std::string> missing_decoders()
{
  constexpr std::array k_usual = {"h264", "hevc", "av1", "vp8",   "vp9", "mpeg4", "mpeg2video", "prores", "dvvideo",
                                  "vc1",  "wmv3", "png", "mjpeg", "gif", "bmp",   "tiff",       "webp",   "jpeg2000"};
  std::vector<std::string> missing;
  for (const char* name : k_usual) {
    const AVCodecDescriptor* codec = avcodec_descriptor_get_by_name(name);
    if (codec == nullptr || avcodec_find_decoder(codec->id) == nullptr) { missing.emplace_back(name); }
  }
  if (!can_decode_heic()) { missing.emplace_back("heic"); }
  if (!can_decode_avif()) { missing.emplace_back("avif"); }
  return missing;
}

const char* ffmpeg_version() noexcept
{
  return av_version_info();
}

}  // namespace vidcv
