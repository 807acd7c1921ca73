#include "service/own_scenes.hpp"

#include "database/path_range.hpp"
#include "database/statement.hpp"

#include <vidcv/core/identity.hpp>

namespace vidcv {

std::string scene_id_of(const std::string& project_id, const std::string& path)
{
  return derived_id("scene\n" + project_id + "\n" + path);
}

std::string clip_id_of(const std::string& scene_id)
{
  return derived_id("clip\n" + scene_id);
}

std::vector<OwnScene> own_scenes_at(Database& database, const std::string& path)
{
  Statement row(database, R"(
    SELECT s.id, s.project_id, m.name, s.scene_index, c.local_path
    FROM video_clips c JOIN scenes s ON s.id = c.scene_id JOIN projects p ON p.id = s.project_id
    JOIN manifests m ON m.id = p.manifest_id AND m.category = 'VIDCV'
    WHERE c.local_path = ?1 OR c.local_path >= ?2 AND c.local_path < ?3 ORDER BY p.rowid, s.scene_index)");
  const PathRange range(path);
  row.bind(range.file, range.first_below, range.end_below);
  std::vector<OwnScene> scenes;
  while (row.next()) {
    OwnScene scene{row.text(0), row.text(1), row.text(2), row.small(3), row.text(4)};
    if (scene.id == scene_id_of(scene.project_id, scene.path)) { scenes.push_back(std::move(scene)); }
  }
  return scenes;
}

std::vector<OwnScene> own_scenes_of(Database& database, const std::string& path)
{
  Statement project(database, R"(
    SELECT p.id, m.name FROM projects p JOIN manifests m ON m.id = p.manifest_id AND m.category = 'VIDCV'
    ORDER BY p.rowid)");
  Statement scene(database, "SELECT scene_index FROM scenes WHERE id = ?1");
  std::vector<OwnScene> scenes;
  while (project.next()) {
    const std::string id = scene_id_of(project.text(0), path);
    if (!scene.bind(id).next()) { continue; }
    scenes.push_back({id, project.text(0), project.text(1), scene.small(0), path});
    scene.reset();
  }
  return scenes;
}

bool has_rows_of_others(Database& database, const OwnScene& scene)
{
  Statement clip(database, "SELECT 1 FROM video_clips WHERE scene_id = ?1 AND id <> ?2");
  if (clip.bind(scene.id, clip_id_of(scene.id)).next()) { return true; }
  Statement seen(database, R"(
    SELECT 1 FROM asset_appearances a WHERE a.project_id = ?1 AND a.scene_index = ?2
      AND NOT EXISTS (SELECT 1 FROM vidcv_appearances v WHERE v.appearance_id = a.id))");
  return seen.bind(scene.project_id, scene.scene_index).next();
}

void remove_scene_rows(Database& database, const std::string& project_id, int scene_index)
{
  for (const char* removal : {
           "DELETE FROM vidcv_appearances WHERE project_id = ?1 AND scene_index = ?2",
           "DELETE FROM asset_appearances WHERE project_id = ?1 AND scene_index = ?2",
           "DELETE FROM scene_manifests WHERE project_id = ?1 AND scene_index = ?2",
           R"(DELETE FROM video_clips WHERE scene_id IN
              (SELECT id FROM scenes WHERE project_id = ?1 AND scene_index = ?2))",
           "DELETE FROM scenes WHERE project_id = ?1 AND scene_index = ?2",
       }) {
    Statement(database, removal).run(project_id, scene_index);
  }
  Statement(database, R"(
    UPDATE projects SET target_scene_count = max(target_scene_count - 1, 0)
    WHERE id = ?1 AND manifest_id IN (SELECT id FROM manifests WHERE category = 'VIDCV'))")
      .run(project_id);
}

}  // namespace vidcv
