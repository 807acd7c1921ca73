#include "database/statement.hpp"

#include <vidcv/store/project_summaries.hpp>

namespace vidcv {

std::vector<ProjectSummary> project_summaries(Database& database)
{
  Statement row(database, R"(
    SELECT p.id, m.name, m.category = 'VIDCV',
      (SELECT count(*) FROM scenes s WHERE s.project_id = p.id),
      (SELECT count(*) FROM assets a WHERE a.manifest_id = p.manifest_id),
      (SELECT count(*) FROM asset_appearances a WHERE a.project_id = p.id)
    FROM projects p LEFT JOIN manifests m ON m.id = p.manifest_id ORDER BY p.created_at, p.rowid)");
  std::vector<ProjectSummary> all;
  while (row.next()) {
    all.push_back({row.text(0), row.text(1), row.integer(2) != 0, row.integer(3), row.integer(4), row.integer(5)});
  }
  return all;
}

std::vector<SceneSummary> scene_summaries(Database& database, const std::string& project_id)
{
  Statement row(database, R"(
    SELECT s.scene_index,
      (SELECT c.local_path FROM video_clips c WHERE c.scene_id = s.id AND c.local_path <> ''
       ORDER BY c.created_at DESC, c.rowid DESC LIMIT 1),
      (SELECT count(*) FROM asset_appearances a WHERE a.project_id = s.project_id AND a.scene_index = s.scene_index),
      (SELECT m.continuity_score FROM scene_manifests m
       WHERE m.project_id = s.project_id AND m.scene_index = s.scene_index)
    FROM scenes s WHERE s.project_id = ?1 ORDER BY s.scene_index, s.rowid)");
  row.bind(project_id);
  std::vector<SceneSummary> scenes;
  while (row.next()) { scenes.push_back({row.small(0), row.text(1), row.integer(2), row.optional_number(3)}); }
  return scenes;
}

std::vector<AnalysisRule> analysis_rules(Database& database)
{
  Statement row(database, R"(
    WITH analyses AS (SELECT cv_analysis_json AS text FROM scene_manifests WHERE json_valid(cv_analysis_json))
    SELECT DISTINCT json_extract(text, '$.model.name'), json_extract(text, '$.thresholds.clip_similarity'),
      json_extract(text, '$.thresholds.clip_distinctness'), json_extract(text, '$.thresholds.clip_margin')
    FROM analyses WHERE json_extract(text, '$.generator') = 'vidcv' ORDER BY 1, 2, 3, 4)");
  std::vector<AnalysisRule> rules;
  while (row.next()) {
    rules.push_back({row.text(0), row.optional_number(1), row.optional_number(2), row.optional_number(3)});
  }
  return rules;
}

}  // namespace vidcv
