#pragma once

#include <vidcv/pipeline/appear.hpp>

#include <vector>

namespace vidcv {

/// What calibrate() takes.
struct CalibrationScores {
  std::vector<double> pairs;
  std::size_t pairs_in_force = 0;  ///< that count as seen by the settings, without regard to margins
  std::vector<double> same;
  std::vector<double> other;
};

/// The scores of a project's assets in its clips, and of their pictures among each other. Nothing is written.
CalibrationScores calibration_scores(Database& database, const ProjectClips& part, MatchSettings settings);

}  // namespace vidcv
