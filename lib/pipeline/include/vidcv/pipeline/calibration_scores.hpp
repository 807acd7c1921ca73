#pragma once

#include <vidcv/pipeline/appear.hpp>

#include <vector>

namespace vidcv {

/// What calibrate() takes.
struct CalibrationScores {
  std::vector<double> pairs;
  std::vector<double> same;
  std::vector<double> other;
};

/// The scores of a project's assets in its clips, and of their pictures among each other. Nothing is written.
/// @param settings  its thresholds and margins do not count
CalibrationScores calibration_scores(Database& database, const ProjectClips& part, MatchSettings settings);

}  // namespace vidcv
