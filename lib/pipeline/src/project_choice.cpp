#include <vidcv/pipeline/project_choice.hpp>

#include <vidcv/core/error.hpp>

namespace vidcv {

std::vector<ProjectRecord> chosen_projects(Database& database, const std::string& id)
{
  if (id.empty()) { return projects(database); }
  std::string digits = id;
  std::erase(digits, '-');
  const auto project = find_project(database, digits);
  if (!project) { throw Error("--project", id, "the database has no project of that id"); }
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
  if (!project) { throw Error("--project-name", folder_project, "the database has no folder project of that name"); }
  return *project;
}

}  // namespace vidcv
