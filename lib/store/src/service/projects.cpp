#include "database/derived.hpp"
#include "database/statement.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/store/service_records.hpp>

namespace vidcv {
namespace {

std::optional<std::string> find_folder_manifest(Database& database, const std::string& name)
{
  Statement known(database, R"(
    SELECT id FROM manifests WHERE category = 'VIDCV' AND name = ?1 ORDER BY created_at, rowid LIMIT 1)");
  if (!known.bind(name).next()) { return std::nullopt; }
  return known.text(0);
}

std::string add_folder_manifest(Database& database, const std::string& name)
{
  const std::string id = id_for(database, "manifests", "manifest\n" + name);
  Statement(database, R"(
    INSERT INTO manifests (id, name, category, status, asset_count, version, created_at)
    VALUES (?1, ?2, 'VIDCV', 'DRAFT', 0, 1, datetime('now')))")
      .run(id, name);
  return id;
}

/// A project as the service demands it: texts that a folder cannot know are empty.
std::string add_folder_project(Database& database, const std::string& manifest_id, const std::string& name)
{
  const std::string id = id_for(database, "projects", "project\n" + name);
  Statement(database, R"(
    INSERT INTO projects (id, prompt, style, aspect_ratio, target_clip_duration, target_scene_count, manifest_id,
      status, created_at)
    VALUES (?1, '', '', '', 0, 0, ?2, 'complete', datetime('now')))")
      .run(id, manifest_id);
  return id;
}

}  // namespace

std::string id_for(Database& database, const std::string& table, const std::string& name)
{
  std::string id = derived_id(name);
  Statement taken(database, "SELECT 1 FROM " + table + " WHERE id = ?1");
  return taken.bind(id).next() ? new_id() : id;
}

std::vector<ProjectRecord> projects(Database& database)
{
  std::vector<ProjectRecord> all;
  Statement row(database, "SELECT id, manifest_id FROM projects ORDER BY created_at, rowid");
  while (row.next()) { all.push_back({row.text(0), row.text(1)}); }
  return all;
}

std::vector<std::string> manifest_ids(Database& database)
{
  std::vector<std::string> all;
  Statement row(database, "SELECT id FROM manifests ORDER BY created_at, rowid");
  while (row.next()) { all.push_back(row.text(0)); }
  return all;
}

std::optional<ProjectRecord> find_project(Database& database, const std::string& id)
{
  Statement row(database, "SELECT id, manifest_id FROM projects WHERE id = ?1");
  if (!row.bind(id).next()) { return std::nullopt; }
  return ProjectRecord{row.text(0), row.text(1)};
}

std::optional<ProjectRecord> find_folder_project(Database& database, const std::string& name)
{
  const auto manifest = find_folder_manifest(database, name);
  if (!manifest) { return std::nullopt; }
  Statement row(database, "SELECT id FROM projects WHERE manifest_id = ?1 ORDER BY created_at, rowid LIMIT 1");
  if (!row.bind(*manifest).next()) { return std::nullopt; }
  return ProjectRecord{row.text(0), *manifest};
}

ProjectRecord ensure_folder_project(Database& database, const std::string& name)
{
  if (const auto known = find_folder_project(database, name)) { return *known; }
  WriteTransaction transaction(database);
  auto project = find_folder_project(database, name);  // another program may have been faster
  if (!project) {
    const auto manifest = find_folder_manifest(database, name);
    const std::string manifest_id = manifest ? *manifest : add_folder_manifest(database, name);
    project = ProjectRecord{add_folder_project(database, manifest_id, name), manifest_id};
  }
  transaction.commit();
  return *project;
}

}  // namespace vidcv
