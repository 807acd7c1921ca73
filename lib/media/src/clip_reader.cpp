#include <vidcv/media/clip_reader.hpp>

#include "av.hpp"
#include "clip_source.hpp"
#include "isolated_source.hpp"

namespace vidcv {

std::unique_ptr<ClipSource> open_source(const MediaFile& file, const DecodeOptions& options)
{
  return is_heic_still(file) ? open_heic(file, options) : open_video(file, options);
}

ClipReader::ClipReader(const std::filesystem::path& file, const DecodeOptions& options)
    : m_source(options.isolation == Isolation::process ? open_isolated(MediaFile(file), options)
                                                       : open_source(MediaFile(file), options)),
      m_claims(m_source->claims())
{
}

std::vector<double> packet_times(const std::filesystem::path& file, const DecodeOptions& options)
{
  const MediaFile media(file);
  return options.isolation == Isolation::process ? isolated_packet_times(media, options)
                                                 : read_packet_times(media, options);
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
std::int64_t ClipReader::damaged() const noexcept
{
  return m_source->damaged();
}
double ClipReader::last_duration_s() const noexcept
{
  return m_source->last_duration_s();
}

const char* ffmpeg_version() noexcept
{
  return av_version_info();
}

}  // namespace vidcv
