#include <vidcv/store/forget.hpp>

#include "database/row_count.hpp"
#include "database/statement.hpp"
#include "media/generation.hpp"
#include "service/own_scenes.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/store/ledger.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vidcv {
namespace {

using Things = std::vector<Forgotten>;

std::string scene_name(const std::string& project, int scene_index)
{
  return fmt::format("{}/{}", project, scene_index);
}

Forgotten forget_own_scene(Database& database, const OwnScene& scene)
{
  Forgotten gone{.what = "scene", .name = scene_name(scene.project_name, scene.scene_index)};
  gone.is_kept = has_rows_of_others(database, scene);
  if (gone.is_kept) { return gone; }
  const RowCount count(database);
  remove_scene_rows(database, scene.project_id, scene.scene_index);
  gone.rows = count.rows();
  return gone;
}

/// Scenes about which vidcv wrote something that it saw in the file.
std::vector<std::pair<std::string, int>> scenes_about(Database& database, const KnownFile& file)
{
  Statement row(database, R"(
    SELECT v.project_id, v.scene_index FROM vidcv_frames f JOIN vidcv_appearances v ON v.frame_id = f.id
    WHERE f.media_id = ?1
    UNION SELECT s.project_id, s.scene_index FROM video_clips c JOIN scenes s ON s.id = c.scene_id
    WHERE c.local_path = ?2 ORDER BY 1, 2)");
  row.bind(file.id, percent_unescaped(file.path));
  std::vector<std::pair<std::string, int>> scenes;
  while (row.next()) { scenes.emplace_back(row.text(0), row.small(1)); }
  return scenes;
}

/// What vidcv wrote about a scene that stays.
void remove_findings(Database& database, const std::string& project_id, int scene_index)
{
  for (const char* removal : {
           "DELETE FROM asset_appearances WHERE id IN "
           "(SELECT appearance_id FROM vidcv_appearances WHERE project_id = ?1 AND scene_index = ?2)",
           "DELETE FROM vidcv_appearances WHERE project_id = ?1 AND scene_index = ?2",
           "UPDATE scene_manifests SET cv_analysis_json = NULL, continuity_score = NULL "
           "WHERE project_id = ?1 AND scene_index = ?2 AND json_valid(cv_analysis_json) "
           "AND json_extract(cv_analysis_json, '$.generator') = 'vidcv'",
       }) {
    Statement(database, removal).run(project_id, scene_index);
  }
}

void add_findings(Database& database, const KnownFile& file, Things& gone)
{
  for (const auto& [project_id, scene_index] : scenes_about(database, file)) {
    const RowCount count(database);
    remove_findings(database, project_id, scene_index);
    if (count.rows() > 0) { gone.push_back({"findings", scene_name(project_id, scene_index), count.rows()}); }
  }
}

std::vector<int> scene_indexes_of(Database& database, const std::string& project_id)
{
  Statement row(database, "SELECT DISTINCT scene_index FROM scenes WHERE project_id = ?1 ORDER BY scene_index");
  row.bind(project_id);
  std::vector<int> indexes;
  while (row.next()) { indexes.push_back(row.small(0)); }
  return indexes;
}

/// The manifest that vidcv made for this project alone; empty for any other.
std::string own_manifest(Database& database, const std::string& project_id)
{
  Statement row(database, R"(
    SELECT m.id FROM projects p JOIN manifests m ON m.id = p.manifest_id AND m.category = 'VIDCV'
    WHERE p.id = ?1 AND NOT EXISTS (SELECT 1 FROM projects q WHERE q.manifest_id = m.id AND q.id <> p.id))");
  return row.bind(project_id).next() ? row.text(0) : std::string();
}

/// Assets may be made from each other: they go in one statement. @returns how many
std::int64_t forget_manifest(Database& database, const std::string& manifest_id, Things& gone)
{
  Statement tags(database, "SELECT manifest_tag FROM assets WHERE manifest_id = ?1 ORDER BY sort_order, rowid");
  tags.bind(manifest_id);
  std::int64_t assets = 0;
  for (; tags.next(); ++assets) { gone.push_back({"asset", tags.text(0), 1}); }
  for (const char* removal : {
           "DELETE FROM vidcv_asset_vectors WHERE asset_id IN (SELECT id FROM assets WHERE manifest_id = ?1)",
           "DELETE FROM vidcv_asset_pictures WHERE asset_id IN (SELECT id FROM assets WHERE manifest_id = ?1)",
           R"(DELETE FROM vidcv_appearances WHERE appearance_id IN
              (SELECT a.id FROM asset_appearances a JOIN assets x ON x.id = a.asset_id WHERE x.manifest_id = ?1))",
           "DELETE FROM asset_appearances WHERE asset_id IN (SELECT id FROM assets WHERE manifest_id = ?1)",
           "DELETE FROM assets WHERE manifest_id = ?1",
           "DELETE FROM manifests WHERE id = ?1",
       }) {
    Statement(database, removal).run(manifest_id);
  }
  return assets;
}

}  // namespace

std::vector<Forgotten> forget_files(WriteTransaction& within, const std::string& path, Findings findings)
{
  Database& database = within.database();
  Things gone;
  for (const OwnScene& scene : own_scenes_at(database, path)) { gone.push_back(forget_own_scene(database, scene)); }
  for (const KnownFile& file : known_at(database, path)) {
    if (findings == Findings::go) { add_findings(database, file, gone); }
    const RowCount count(database);
    Statement(database, "DELETE FROM vidcv_media WHERE id = ?1").run(file.id);
    gone.push_back({"file", file.path, count.rows()});
  }
  if (!gone.empty()) { note_vectors_changed(database); }
  return gone;
}

std::vector<Forgotten> forget_scene(WriteTransaction& within, const std::string& project_id, int scene_index)
{
  Database& database = within.database();
  if (std::ranges::count(scene_indexes_of(database, project_id), scene_index) == 0) { return {}; }
  const RowCount count(database);
  remove_scene_rows(database, project_id, scene_index);
  return {{"scene", scene_name(project_id, scene_index), count.rows()}};
}

std::vector<Forgotten> forget_project(WriteTransaction& within, const std::string& project_id)
{
  Database& database = within.database();
  Things gone;
  for (const int index : scene_indexes_of(database, project_id)) {
    std::ranges::move(forget_scene(within, project_id, index), std::back_inserter(gone));
  }
  const std::string manifest_id = own_manifest(database, project_id);
  const RowCount count(database);
  for (const char* removal : {
           "DELETE FROM vidcv_appearances WHERE project_id = ?1",
           "DELETE FROM asset_appearances WHERE project_id = ?1",
           "DELETE FROM scene_manifests WHERE project_id = ?1",
           "DELETE FROM projects WHERE id = ?1",
       }) {
    Statement(database, removal).run(project_id);
  }
  const std::int64_t assets = manifest_id.empty() ? 0 : forget_manifest(database, manifest_id, gone);
  gone.push_back({"project", project_id, count.rows() - assets});
  return gone;
}

std::vector<Forgotten> forget_gone_files(Database& database, const std::vector<std::string>& paths)
{
  if (paths.empty()) { return {}; }
  Things kept;
  WriteTransaction transaction(database);
  note_vectors_changed(database);
  Statement media(database, "DELETE FROM vidcv_media WHERE path = ?1");
  for (const std::string& path : paths) {
    for (const OwnScene& scene : own_scenes_of(database, path)) {
      Forgotten gone = forget_own_scene(database, scene);
      if (gone.is_kept) { kept.push_back(std::move(gone)); }
    }
    media.run(path);
  }
  transaction.commit();
  return kept;
}

std::vector<std::string> scene_paths_at(Database& database, const std::string& folder)
{
  std::vector<std::string> paths;
  for (const OwnScene& scene : own_scenes_at(database, folder)) { paths.push_back(scene.path); }
  return paths;
}

}  // namespace vidcv
