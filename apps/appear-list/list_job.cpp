#include "list_job.hpp"

#include <vidcv/cli/json.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace {

/// A box as stored; a text that is not JSON is left as it is.
json stored_box_json(const std::string& bbox)
{
  if (bbox.empty()) { return nullptr; }
  json value = json::parse(bbox, nullptr, false);
  return value.is_discarded() ? json(bbox) : value;
}

json listed_json(const TimelineRow& row)
{
  return {{"type", "appearance"},
          {"asset_id", row.asset_id},
          {"tag", row.tag},
          {"project_id", row.project_id},
          {"scene_index", row.scene_index},
          {"path", row.clip.empty() ? json(nullptr) : json(row.clip)},
          {"frame_index", row.frame_index},
          {"frame_number", or_null(row.frame_number)},
          {"timestamp_sec", or_null(row.timestamp_s)},
          {"bbox", stored_box_json(row.bbox)},
          {"confidence", row.confidence},
          {"margin", or_null(row.margin)},
          {"distinctness", or_null(row.distinctness)},
          {"source", row.source}};
}

std::string number_text(const std::optional<double>& number)
{
  return number ? fmt::format("{:.3f}", *number) : "-";
}

}  // namespace

void list_appearances(Database& database, const TimelineFilter& filter, Report& report)
{
  report.columns({"tag", "scene", "clip", "timestamp_sec", "frame_index", "bbox", "confidence", "margin",
                  "distinctness", "source"});
  read_timeline(database, filter, [&](const TimelineRow& row) {
    ++report.totals().done;
    if (report.json()) { return report.object(listed_json(row)); }
    report.row({row.tag, fmt::format("{}", row.scene_index), row.clip.empty() ? "-" : row.clip,
                number_text(row.timestamp_s), fmt::format("{}", row.frame_index), row.bbox.empty() ? "-" : row.bbox,
                fmt::format("{:.3f}", row.confidence), number_text(row.margin), number_text(row.distinctness),
                row.source});
  });
  if (report.totals().done == 0) { report.warning("the database has no such appearances"); }
}

}  // namespace vidcv
