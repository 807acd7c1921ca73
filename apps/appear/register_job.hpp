#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/scene_clips.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// Registers as assets of a manifest what detectors saw and no asset is. All scenes of all projects that share the
/// manifest are examined before any of them is matched, so that a second run finds nothing else.
/// @param crops  the folder for the assets' pictures
/// @returns how many are new
int register_new_assets(Database& database, const std::string& manifest_id, const std::vector<ProjectClips>& found,
                        const MatchSettings& settings, const Config& config, const std::filesystem::path& crops,
                        Report& report);

}  // namespace vidcv
