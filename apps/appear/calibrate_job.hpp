#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/calibration_scores.hpp>

namespace vidcv {

/// Prints how alike a project's assets and clips are, and the threshold that this suggests.
void report_calibration(Database& database, const ProjectClips& part, const MatchSettings& settings, Report& report);

}  // namespace vidcv
