#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/store/database.hpp>
#include <vidcv/store/timeline.hpp>

namespace vidcv {

/// Prints the appearances that a database has, whoever wrote them.
void list_appearances(Database& database, const TimelineFilter& filter, Report& report);

}  // namespace vidcv
