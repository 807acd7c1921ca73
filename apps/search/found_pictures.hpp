#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/media/clip_reader.hpp>
#include <vidcv/pipeline/vector_search.hpp>

#include <filesystem>
#include <vector>

namespace vidcv {

/// Writes the best frame of each moment to `folder` as `RANK-CLIP.jpg`. A clip that cannot be read is a
/// failure, and so is a name that is taken.
void write_found(const std::vector<FoundMoment>& found, const std::filesystem::path& folder,
                 const DecodeOptions& decode, Report& report);

}  // namespace vidcv
