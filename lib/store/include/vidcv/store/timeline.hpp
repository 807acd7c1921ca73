#pragma once

#include <vidcv/store/database.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// One row of asset_appearances with its asset's tag and its scene's clip: an asset in a frame, whoever wrote it.
struct TimelineRow {
  std::string tag;
  std::string project_id;
  int scene_index = 0;
  std::string clip;  ///< video_clips.local_path; empty where there is none
  std::optional<double> timestamp_s;
  int frame_index = 0;
  std::optional<std::int64_t> frame_number;
  std::string bbox;  ///< JSON; empty for none
  double confidence = 0;
  std::optional<double> margin;
  std::optional<double> distinctness;
  std::string source;
  std::string asset_id;
};

/// Which rows are asked for; what is left out asks for all.
struct TimelineFilter {
  std::optional<std::string> project_id;
  std::optional<std::string> tag;
  std::vector<int> scenes = {};
};

/// Hands on the rows by project, scene, frame, and confidence, best first. Needs no more memory for more rows than
/// sorting them takes.
void read_timeline(Database& database, const TimelineFilter& filter,
                   const std::function<void(const TimelineRow&)>& row);

}  // namespace vidcv
