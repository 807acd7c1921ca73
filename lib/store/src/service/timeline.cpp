#include <vidcv/store/timeline.hpp>

#include "database/statement.hpp"

#include <fmt/format.h>

namespace vidcv {
namespace {

/// docs/schema.md has the same as a view of one session: one in the database would stop the service's batch migrations.
constexpr const char* k_timeline = R"(
    SELECT a.manifest_tag AS tag, p.project_id, p.scene_index,
      (SELECT c.local_path FROM scenes s JOIN video_clips c ON c.scene_id = s.id
       WHERE s.project_id = p.project_id AND s.scene_index = p.scene_index AND c.local_path <> ''
       ORDER BY c.created_at DESC, c.rowid DESC LIMIT 1) AS clip,
      p.timestamp_sec, p.frame_index, v.frame_number, p.bbox, p.confidence, v.margin, v.distinctness, p.source,
      p.asset_id, p.id AS appearance_id
    FROM asset_appearances p
    JOIN assets a ON a.id = p.asset_id
    LEFT JOIN vidcv_appearances v ON v.appearance_id = p.id)";

/// Only the conditions that are asked for. The rows of an asset are reached through its ids and their index: by the tag
/// alone SQLite would rather walk through all rows, having them in order for it.
std::string query_for(const TimelineFilter& filter)
{
  std::string text = fmt::format(
      "SELECT tag, project_id, scene_index, clip, timestamp_sec, frame_index, frame_number, bbox, confidence, margin, "
      "distinctness, source, asset_id FROM ({}) WHERE (?1 IS NULL OR +project_id = ?1)",
      k_timeline);
  text += filter.tag ? " AND asset_id IN (SELECT id FROM assets WHERE manifest_tag = ?2)" : " AND ?2 IS NULL";
  if (filter.project_id && !filter.tag) { text += " AND project_id = ?1"; }
  if (!filter.scenes.empty()) { text += fmt::format(" AND scene_index IN ({})", fmt::join(filter.scenes, ", ")); }
  return text + " ORDER BY +project_id, scene_index, frame_index, frame_number, confidence DESC, tag, appearance_id";
}

std::optional<std::int64_t> optional_integer(Statement& row, int column)
{
  return row.is_null(column) ? std::nullopt : std::optional(row.integer(column));
}

}  // namespace

void read_timeline(Database& database, const TimelineFilter& filter, const std::function<void(const TimelineRow&)>& row)
{
  Statement rows(database, query_for(filter));
  rows.bind(filter.project_id, filter.tag);
  while (rows.next()) {
    row({rows.text(0), rows.text(1), rows.small(2), rows.text(3), rows.optional_number(4), rows.small(5),
         optional_integer(rows, 6), rows.text(7), rows.number(8), rows.optional_number(9), rows.optional_number(10),
         rows.text(11), rows.text(12)});
  }
}

}  // namespace vidcv
