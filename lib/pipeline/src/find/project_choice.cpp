#include <vidcv/pipeline/project_choice.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <algorithm>
#include <limits>

namespace vidcv {
namespace {

/// An id as the database has it: hyphens are allowed elsewhere.
std::string digits_of(std::string id)
{
  std::erase(id, '-');
  return id;
}

}  // namespace

std::vector<ProjectRecord> chosen_projects(Database& database, const std::string& id)
{
  if (id.empty()) { return projects(database); }
  const auto project = find_project(database, digits_of(id));
  if (!project) { throw Error("project", id, "the database has no such project"); }
  return {*project};
}

ProjectRecord project_or_folder(Database& database, const std::string& id, const std::string& folder_project)
{
  return id.empty() ? ensure_folder_project(database, folder_project) : chosen_projects(database, id).front();
}

ProjectRecord existing_project(Database& database, const std::string& id, const std::string& folder_project)
{
  if (!id.empty()) { return chosen_projects(database, id).front(); }
  const auto project = find_folder_project(database, folder_project);
  if (!project) { throw Error("folder project", folder_project, "the database has no such project"); }
  return *project;
}

std::vector<std::string> chosen_manifests(Database& database, const std::string& project_id,
                                          const std::string& manifest_id)
{
  if (!project_id.empty()) { return {chosen_projects(database, project_id).front().manifest_id}; }
  std::vector<std::string> all = manifest_ids(database);
  if (manifest_id.empty()) { return all; }
  if (std::ranges::find(all, digits_of(manifest_id)) == all.end()) {
    throw Error("manifest", manifest_id, "the database has no such manifest");
  }
  return {digits_of(manifest_id)};
}

std::vector<int> scene_indexes(const std::vector<std::string>& words)
{
  std::vector<int> scenes;
  for (const std::string& word : words) {
    const auto index = parse_integer(word);
    if (!index || *index < 0 || *index > std::numeric_limits<int>::max()) {
      throw UsageError("", word, "is not an index of a scene");
    }
    scenes.push_back(static_cast<int>(*index));
  }
  return scenes;
}

}  // namespace vidcv
