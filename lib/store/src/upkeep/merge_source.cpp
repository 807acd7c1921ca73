#include "upkeep/merge_source.hpp"

#include "schema/schema_snapshot.hpp"

#include <fmt/format.h>

namespace vidcv {

std::string merged_runs_query(Database& database)
{
  const bool is_current = SchemaSnapshot(database).column_type("vidcv_runs", "host").has_value();
  return std::string(R"(
    SELECT uuid, command, version, shard, started_at, ended_at, inputs, skipped, decode_sec, encode_sec, store_sec,
      idle_sec, )") +
         (is_current ? "repeated, host, pid, process, changed_at" : "0, NULL, NULL, NULL, NULL") +
         " FROM vidcv_runs ORDER BY id";
}

std::string merged_frames_query(Database& database)
{
  const bool is_current = SchemaSnapshot(database).column_type("vidcv_frames", "detail").has_value();
  return fmt::format(
      "SELECT id, frame_number, timestamp_sec, kind, motion_ratio, quality, blank, {} FROM vidcv_frames "
      "WHERE media_id = ?1 ORDER BY frame_number",
      is_current ? "detail" : "NULL");
}

std::string merged_media_query(Database& database, const std::string& where)
{
  SchemaSnapshot schema(database);
  const auto column = [&](const char* name, const char* fallback) {
    return schema.column_type("vidcv_media", name) ? fmt::format("m.{}", name) : std::string(fallback);
  };
  const char* run =
      schema.find("vidcv_runs") == nullptr ? "NULL" : "(SELECT uuid FROM vidcv_runs r WHERE r.id = m.run_id)";
  return fmt::format(
      "SELECT m.id, m.path, m.size, m.mtime_ns, m.content_hash, m.decoded, m.plan, m.status, m.stage, m.error, {}, {}, "
      "{}, "
      "{} FROM vidcv_media m {}",
      column("tries", "0"), column("changed_at", "NULL"), column("missing_since", "NULL"), run, where);
}

MergedMedia merged_media_at(Statement& row)
{
  return {.media = {.id = row.integer(0),
                    .stamp = {.path = row.text(1), .size = row.integer(2), .mtime_ns = row.integer(3)},
                    .content_hash = row.text(4),
                    .decoded = row.text(5),
                    .plan = row.text(6),
                    .status = row.text(7),
                    .stage = row.text(8),
                    .error = row.text(9),
                    .tries = row.integer(10)},
          .changed_at = row.text(11),
          .missing_since = row.is_null(12) ? std::nullopt : std::optional(row.text(12)),
          .run = row.text(13)};
}

MergeRows::MergeRows(Database& database, const std::string& table, const std::string& sql)
{
  if (SchemaSnapshot(database).find(table) != nullptr) { m_statement.emplace(database, sql); }
}

}  // namespace vidcv
