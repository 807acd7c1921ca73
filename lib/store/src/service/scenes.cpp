#include "database/statement.hpp"
#include "service/moved_scenes.hpp"
#include "service/own_scenes.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/store/service_records.hpp>

namespace vidcv {
namespace {

/// asset_tags of a scene manifest, or the tags of its placements if that is not a list; non-string values are ignored.
std::vector<std::string> expected_tags(Database& database, const std::string& project_id, int scene_index)
{
  Statement row(database, R"(
    WITH manifest AS (
      SELECT CASE WHEN json_valid(asset_tags) AND json_type(asset_tags) = 'array' THEN asset_tags END AS tags,
        CASE WHEN json_valid(manifest_json) THEN manifest_json ELSE '{}' END AS document
      FROM scene_manifests WHERE project_id = ?1 AND scene_index = ?2)
    SELECT tag.value FROM manifest, json_each(manifest.tags) tag WHERE tag.type = 'text'
    UNION ALL
    SELECT DISTINCT json_extract(item.value, '$.asset_tag')
    FROM manifest, json_each(manifest.document, '$.placements') item
    WHERE manifest.tags IS NULL AND item.type = 'object' AND json_type(item.value, '$.asset_tag') = 'text')");
  row.bind(project_id, scene_index);
  std::vector<std::string> tags;
  while (row.next()) { tags.push_back(row.text(0)); }
  return tags;
}

std::optional<SceneRecord> find_scene(Database& database, const ProjectRecord& project, const std::string& path)
{
  Statement row(database, "SELECT scene_index FROM scenes WHERE id = ?1");
  if (!row.bind(scene_id_of(project.id, path)).next()) { return std::nullopt; }
  return SceneRecord{.project_id = project.id,
                     .scene_index = row.small(0),
                     .local_path = path,
                     .gcs_uri = {},
                     .expected_tags = expected_tags(database, project.id, row.small(0))};
}

int next_scene_index(Database& database, const std::string& project_id)
{
  Statement row(database, R"(
    SELECT 1 + max(coalesce((SELECT max(scene_index) FROM scenes WHERE project_id = ?1), -1),
                   coalesce((SELECT max(scene_index) FROM scene_manifests WHERE project_id = ?1), -1)))");
  row.bind(project_id).next();
  return row.small(0);
}

void add_scene_row(Database& database, const std::string& id, const std::string& project_id, int scene_index)
{
  Statement(database, R"(
    INSERT INTO scenes (id, project_id, scene_index, scene_description, start_frame_prompt, end_frame_prompt,
      video_motion_prompt, status)
    VALUES (?1, ?2, ?3, '', '', '', '', 'complete'))")
      .run(id, project_id, scene_index);
  Statement(database, R"(
    INSERT INTO scene_manifests (project_id, scene_index, manifest_json, new_asset_count, created_at)
    VALUES (?1, ?2, '{}', 0, datetime('now')))")
      .run(project_id, scene_index);
  Statement(database, "UPDATE projects SET target_scene_count = target_scene_count + 1 WHERE id = ?1").run(project_id);
}

void add_clip_row(Database& database, const std::string& scene_id, const std::string& path)
{
  Statement(database, R"(
    INSERT INTO video_clips (id, scene_id, source, status, local_path, created_at)
    VALUES (?1, ?2, 'generated', 'complete', ?3, datetime('now')))")
      .run(clip_id_of(scene_id), scene_id, path);
}

SceneRecord add_scene(Database& database, const ProjectRecord& project, const std::string& path)
{
  const std::string id = scene_id_of(project.id, path);
  const int scene_index = next_scene_index(database, project.id);
  add_scene_row(database, id, project.id, scene_index);
  add_clip_row(database, id, path);
  return {.project_id = project.id, .scene_index = scene_index, .local_path = path, .gcs_uri = {}, .expected_tags = {}};
}

}  // namespace

std::vector<SceneRecord> scenes_of(Database& database, const std::string& project_id)
{
  std::vector<SceneRecord> scenes;
  Statement row(database, R"(
    SELECT s.scene_index,
      (SELECT c.local_path FROM video_clips c WHERE c.scene_id = s.id AND c.local_path <> ''
       ORDER BY c.created_at DESC, c.rowid DESC LIMIT 1),
      (SELECT c.gcs_uri FROM video_clips c WHERE c.scene_id = s.id AND c.gcs_uri <> ''
       ORDER BY c.created_at DESC, c.rowid DESC LIMIT 1),
      s.id
    FROM scenes s WHERE s.project_id = ?1 ORDER BY s.scene_index, s.rowid)");
  row.bind(project_id);
  while (row.next()) {
    const std::string path = row.text(1);
    const bool is_ours = row.text(3) == scene_id_of(project_id, path);  // the service writes paths as they are
    scenes.push_back({project_id, row.small(0), is_ours ? percent_unescaped(path) : path, row.text(2),
                      expected_tags(database, project_id, row.small(0))});
  }
  return scenes;
}

SceneMover::SceneMover(Database& database)
    : m_scene(database, "UPDATE OR IGNORE scenes SET id = ?2 WHERE id = ?1"),
      m_clips(database, "UPDATE video_clips SET scene_id = ?2 WHERE scene_id = ?1"),
      m_our_clip(database, "UPDATE video_clips SET id = ?2, local_path = ?3 WHERE id = ?1")
{
  execute(database, "PRAGMA defer_foreign_keys = ON");  // until the end of this transaction
  Statement row(database, "SELECT id FROM projects");
  while (row.next()) { m_projects.push_back(row.text(0)); }
}

void SceneMover::move(const std::string& from, const std::string& to)
{
  for (const std::string& project : m_projects) {
    const std::string before = scene_id_of(project, from);
    const std::string after = scene_id_of(project, to);
    if (m_scene.run(before, after) == 0) { continue; }
    m_clips.run(before, after);
    m_our_clip.run(clip_id_of(before), clip_id_of(after), to);
  }
}

SceneRecord ensure_scene(Database& database, const ProjectRecord& project, const std::string& path)
{
  if (const auto known = find_scene(database, project, path)) { return *known; }
  WriteTransaction transaction(database);
  auto scene = find_scene(database, project, path);  // another program may have been faster
  if (!scene) { scene = add_scene(database, project, path); }
  transaction.commit();
  return *scene;
}

}  // namespace vidcv
