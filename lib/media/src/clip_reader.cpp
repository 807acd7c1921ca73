#include <vidcv/media/clip_reader.hpp>

#include "av.hpp"
#include "clip_source.hpp"

namespace vidcv {

ClipReader::ClipReader(const std::filesystem::path& file, const DecodeOptions& options)
    : m_source(is_heic_still(file) ? open_heic(file, options) : open_video(file, options)), m_claims(m_source->claims())
{
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
