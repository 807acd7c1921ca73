#include "found_pictures.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace fs = std::filesystem;

void write_found(const std::vector<FoundMoment>& found, const fs::path& folder, const DecodeOptions& decode,
                 Report& report)
{
  make_folders(folder);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const fs::path clip = found[i].path;
    const fs::path file = folder / fmt::format("{:03}-{}.jpg", i + 1, clip.stem().native());
    std::error_code unknown;
    if (fs::exists(fs::symlink_status(file, unknown))) {
      report.failure(InputError(file.native(), "write", "there is a file of this name: name another folder"));
      continue;
    }
    const auto write = [&](const Frame& frame) { write_picture(frame.to_rgb(), file, PictureFormat::jpeg); };
    const SampleOptions best = frames_options({found[i].best.number}, decode, write);
    report.attempt(clip.native(), [&] { sample_clip(clip, best); });
  }
}

}  // namespace vidcv
