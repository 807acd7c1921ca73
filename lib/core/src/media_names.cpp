#include <vidcv/core/media_names.hpp>

#include <vidcv/core/text.hpp>

#include <algorithm>
#include <array>

namespace vidcv {
namespace {

using enum MediaKind;

// clang-format off
constexpr std::array k_names = std::to_array<MediaName>({
    {".264", video}, {".265", video}, {".3g2", video}, {".3gp", video}, {".apng", picture},
    {".asf", video}, {".avc", video}, {".avi", video}, {".avif", picture}, {".bmp", picture},
    {".dib", picture}, {".dif", video}, {".divx", video}, {".dpx", picture}, {".dv", video},
    {".f4v", video}, {".flv", video}, {".gif", picture}, {".h264", video}, {".h265", video},
    {".heic", picture}, {".heif", picture}, {".hevc", video}, {".hif", picture}, {".ismv", video},
    {".ivf", video}, {".j2c", picture}, {".j2k", picture}, {".jfif", picture}, {".jls", picture},
    {".jp2", picture}, {".jpe", picture}, {".jpeg", picture}, {".jpg", picture}, {".m1v", video},
    {".m2p", video}, {".m2t", video}, {".m2ts", video}, {".m2v", video}, {".m4v", video},
    {".mj2", video}, {".mjpeg", video}, {".mjpg", video}, {".mk3d", video}, {".mkv", video},
    {".mov", video}, {".mp4", video}, {".mpe", video}, {".mpeg", video}, {".mpg", video},
    {".mpo", picture}, {".mts", video}, {".mxf", video}, {".nut", video}, {".obu", video},
    {".ogm", video}, {".ogv", video}, {".pbm", picture}, {".pcx", picture}, {".pgm", picture},
    {".png", picture}, {".pnm", picture}, {".ppm", picture}, {".psd", picture}, {".qoi", picture},
    {".qt", video}, {".ras", picture}, {".rm", video}, {".rmvb", video}, {".sgi", picture},
    {".sun", picture}, {".tif", picture}, {".tiff", picture}, {".ts", video}, {".vc1", video},
    {".vob", video}, {".webm", video}, {".webp", picture}, {".wmv", video}, {".wtv", video},
    {".xbm", picture}, {".xwd", picture}, {".y4m", video},
});
// clang-format on

}  // namespace

std::span<const MediaName> media_names() noexcept
{
  return k_names;
}

std::optional<MediaKind> kind_by_name(const std::filesystem::path& file)
{
  const std::string ending = file.extension();
  const auto known =
      std::ranges::find_if(k_names, [&](const MediaName& name) { return same_word(name.ending, ending); });
  return known == k_names.end() ? std::nullopt : std::optional(known->kind);
}

}  // namespace vidcv
