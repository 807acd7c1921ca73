#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/store/database.hpp>
#include <vidcv/store/timeline.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace vidcv {

/// Prints the appearances that a database has, whoever wrote them.
void list_appearances(Database& database, const TimelineFilter& filter, Report& report);

/// A box as the database has it; what is no JSON there is left as the text it is.
nlohmann::ordered_json box_json(const std::string& bbox);

}  // namespace vidcv
