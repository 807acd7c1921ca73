#include <vidcv/pipeline/versions.hpp>

#include <vidcv/clip/encoder.hpp>
#include <vidcv/media/clip_reader.hpp>
#include <vidcv/store/database.hpp>

namespace vidcv {

std::vector<std::pair<std::string, std::string>> library_versions()
{
  const std::string torch = torch_version();
  return {{"FFmpeg", ffmpeg_version()},
          {"SQLite", sqlite_version()},
          {"LibTorch", torch.empty() ? "not there" : torch + " (of the build; vidcv doctor opens it)"}};
}

}  // namespace vidcv
