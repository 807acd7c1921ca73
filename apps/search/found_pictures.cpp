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
    SampleOptions options;
    options.decode = decode;
    options.plan.policy = Policy::requested;
    options.plan.frames = {found[i].best.number};
    options.on_choice = [&](std::size_t, const SampledFrame& frame) {
      write_picture(frame.picture.value().to_rgb(), file, PictureFormat::jpeg);
    };
    report.attempt(clip.native(), [&] { sample_clip(clip, options); });
  }
}

}  // namespace vidcv
