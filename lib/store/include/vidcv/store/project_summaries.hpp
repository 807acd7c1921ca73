#pragma once

#include <vidcv/store/database.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vidcv {

/// A project, for lists.
struct ProjectSummary {
  std::string id;
  std::string name;     ///< of its manifest; empty where it has none
  bool is_own = false;  ///< vidcv made it
  std::int64_t scenes = 0;
  std::int64_t assets = 0;
  std::int64_t appearances = 0;
};

/// In the order in which they were made.
std::vector<ProjectSummary> project_summaries(Database& database);

/// A scene, for lists.
struct SceneSummary {
  int scene_index = 0;
  std::string clip;  ///< video_clips.local_path; empty where there is none
  std::int64_t appearances = 0;
};

/// Scenes of a project by index.
std::vector<SceneSummary> scene_summaries(Database& database, const std::string& project_id);

}  // namespace vidcv
