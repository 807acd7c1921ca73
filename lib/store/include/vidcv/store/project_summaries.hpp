#pragma once

#include <vidcv/store/database.hpp>

#include <cstdint>
#include <optional>
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
  std::optional<double> continuity_score = {};  ///< 0 to 10
};

/// Scenes of a project by index.
std::vector<SceneSummary> scene_summaries(Database& database, const std::string& project_id);

/// A model and the thresholds with which vidcv looked at scenes, from their cv_analysis_json.
struct AnalysisRule {
  std::string model;  ///< its name; empty where only detections were looked at
  std::optional<double> clip_similarity;
  std::optional<double> clip_distinctness;
  std::optional<double> clip_margin;
};

/// All that differ, by name and thresholds.
std::vector<AnalysisRule> analysis_rules(Database& database);

}  // namespace vidcv
