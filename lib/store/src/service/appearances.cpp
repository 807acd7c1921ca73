#include "database/statement.hpp"

#include <vidcv/store/service_records.hpp>

#include <set>

namespace vidcv {
namespace {

/// A row that is the same as before is not touched, so its created_at says since when it holds.
constexpr const char* k_put_row = R"(
  INSERT INTO asset_appearances (id, asset_id, project_id, scene_index, frame_index, timestamp_sec, bbox, confidence,
    source, created_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, datetime('now'))
  ON CONFLICT (id) DO UPDATE SET frame_index = excluded.frame_index, timestamp_sec = excluded.timestamp_sec,
    bbox = excluded.bbox, confidence = excluded.confidence, created_at = excluded.created_at
  WHERE frame_index IS NOT excluded.frame_index OR timestamp_sec IS NOT excluded.timestamp_sec
    OR bbox IS NOT excluded.bbox OR confidence IS NOT excluded.confidence)";

/// A frame that another program replaced meanwhile is named by its number alone.
constexpr const char* k_put_record = R"(
  INSERT INTO vidcv_appearances (appearance_id, project_id, scene_index, frame_id, model_id, margin, frame_number,
    distinctness)
  VALUES (?1, ?2, ?3, (SELECT id FROM vidcv_frames WHERE id = ?4), ?5, ?6, ?7, ?8)
  ON CONFLICT (appearance_id) DO UPDATE SET project_id = excluded.project_id, scene_index = excluded.scene_index,
    frame_id = excluded.frame_id, model_id = excluded.model_id, margin = excluded.margin,
    frame_number = excluded.frame_number, distinctness = excluded.distinctness)";

constexpr const char* k_put_finding = R"(
  INSERT INTO vidcv_findings (appearance_id, model_id, content_hash, confidence, margin, bbox, distinctness)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
  ON CONFLICT (appearance_id, model_id) DO UPDATE SET content_hash = excluded.content_hash,
    confidence = excluded.confidence, margin = excluded.margin, bbox = excluded.bbox,
    distinctness = excluded.distinctness)";

void put_rows(Database& database, const SceneScope& scope, const std::vector<AppearanceRecord>& rows)
{
  Statement row(database, k_put_row);
  Statement record(database, k_put_record);
  Statement finding(database, k_put_finding);
  for (const AppearanceRecord& seen : rows) {
    row.run(seen.id, seen.asset_id, scope.project_id, scope.scene_index, seen.frame_index, seen.timestamp_s,
            text_or_null(seen.bbox), seen.confidence, seen.source);
    record.run(seen.id, scope.project_id, scope.scene_index, id_or_null(seen.frame_id), id_or_null(seen.model_id),
               seen.margin, seen.frame_number, seen.distinctness);
    if (seen.model_id == 0 || seen.model_id != scope.model_id) { continue; }
    finding.run(seen.id, seen.model_id, scope.content_hash, seen.confidence, seen.margin, text_or_null(seen.bbox),
                seen.distinctness);
  }
}

/// Our rows of the scope that are no longer true.
std::vector<std::string> stale_rows(Database& database, const SceneScope& scope,
                                    const std::vector<AppearanceRecord>& rows)
{
  std::set<std::string> wanted;
  for (const AppearanceRecord& seen : rows) { wanted.insert(seen.id); }
  std::vector<std::string> stale;
  Statement ours(database, R"(
    SELECT a.id FROM vidcv_appearances v JOIN asset_appearances a ON a.id = v.appearance_id
    WHERE v.project_id = ?1 AND v.scene_index = ?2 AND a.source = ?3)");
  for (const std::string& source : scope.sources) {
    ours.bind(scope.project_id, scope.scene_index, source);
    while (ours.next()) {
      if (!wanted.contains(ours.text(0))) { stale.push_back(ours.text(0)); }
    }
  }
  return stale;
}

/// Findings of the scope's model that it no longer makes.
void remove_stale_findings(Database& database, const SceneScope& scope, const std::vector<AppearanceRecord>& rows)
{
  if (scope.model_id == 0) { return; }
  std::set<std::string> found = scope.kept_findings;
  for (const AppearanceRecord& seen : rows) {
    if (seen.model_id == scope.model_id) { found.insert(seen.id); }
  }
  std::vector<std::string> stale;
  Statement there(database, R"(
    SELECT f.appearance_id FROM vidcv_appearances v JOIN vidcv_findings f ON f.appearance_id = v.appearance_id
    WHERE v.project_id = ?1 AND v.scene_index = ?2 AND f.model_id = ?3)");
  there.bind(scope.project_id, scope.scene_index, scope.model_id);
  while (there.next()) {
    if (!found.contains(there.text(0))) { stale.push_back(there.text(0)); }
  }
  Statement removal(database, "DELETE FROM vidcv_findings WHERE appearance_id = ?1 AND model_id = ?2");
  for (const std::string& id : stale) { removal.run(id, scope.model_id); }
}

void remove_rows(Database& database, const std::vector<std::string>& ids)
{
  Statement removal(database, "DELETE FROM asset_appearances WHERE id = ?1");
  for (const std::string& id : ids) { removal.run(id); }
}

/// Records whose row is gone: removed by us just now, or by the service at any time.
void remove_orphaned_records(Database& database, const SceneScope& scope)
{
  Statement(database, R"(
    DELETE FROM vidcv_appearances WHERE project_id = ?1 AND scene_index = ?2
      AND NOT EXISTS (SELECT 1 FROM asset_appearances a WHERE a.id = appearance_id))")
      .run(scope.project_id, scope.scene_index);
}

void put_analysis(Database& database, const SceneScope& scope, const std::string& analysis_json,
                  std::optional<double> continuity_score)
{
  const auto analysis = text_or_null(analysis_json);
  Statement there(database, R"(
    UPDATE scene_manifests SET cv_analysis_json = ?3, continuity_score = ?4
    WHERE project_id = ?1 AND scene_index = ?2)");
  if (there.run(scope.project_id, scope.scene_index, analysis, continuity_score) != 0) { return; }
  Statement(database, R"(
    INSERT INTO scene_manifests (project_id, scene_index, manifest_json, new_asset_count, created_at, cv_analysis_json,
      continuity_score)
    VALUES (?1, ?2, '{}', 0, datetime('now'), ?3, ?4))")
      .run(scope.project_id, scope.scene_index, analysis, continuity_score);
}

}  // namespace

std::vector<AppearanceRecord> findings_of(Database& database, const std::string& project_id, int scene_index,
                                          const std::string& content_hash)
{
  Statement row(database, R"(
    SELECT a.id, a.asset_id, a.frame_index, a.timestamp_sec, f.bbox, f.confidence, v.frame_id, v.frame_number,
      f.model_id, f.margin, a.source, f.distinctness
    FROM vidcv_appearances v JOIN asset_appearances a ON a.id = v.appearance_id
    JOIN vidcv_findings f ON f.appearance_id = v.appearance_id
    WHERE v.project_id = ?1 AND v.scene_index = ?2 AND f.content_hash = ?3 AND v.frame_number IS NOT NULL
    ORDER BY f.model_id = v.model_id DESC, f.model_id)");
  row.bind(project_id, scene_index, content_hash);
  std::vector<AppearanceRecord> rows;
  while (row.next()) {
    rows.push_back({.id = row.text(0),
                    .asset_id = row.text(1),
                    .project_id = project_id,
                    .scene_index = scene_index,
                    .frame_index = row.small(2),
                    .timestamp_s = row.number(3),
                    .bbox = row.text(4),
                    .confidence = row.number(5),
                    .source = row.text(10),
                    .frame_id = row.integer(6),
                    .frame_number = row.integer(7),
                    .model_id = row.integer(8),
                    .margin = row.optional_number(9),
                    .distinctness = row.optional_number(11)});
  }
  return rows;
}

void save_scene(Database& database, const SceneScope& scope, const std::vector<AppearanceRecord>& rows,
                const std::string& analysis_json, std::optional<double> continuity_score)
{
  WriteTransaction transaction(database);
  remove_orphaned_records(database, scope);  // what the service deleted nobody has found
  put_rows(database, scope, rows);
  remove_stale_findings(database, scope, rows);
  remove_rows(database, stale_rows(database, scope, rows));
  remove_orphaned_records(database, scope);
  put_analysis(database, scope, analysis_json, continuity_score);
  transaction.commit();
}

}  // namespace vidcv
