#include <vidcv/pipeline/project_choice.hpp>

#include <vidcv/core/error.hpp>

namespace vidcv {

std::vector<ProjectRecord> chosen_projects(Database& database, const std::string& id)
{
  if (id.empty()) { return projects(database); }
  std::string digits = id;
  std::erase(digits, '-');
  const auto project = find_project(database, digits);
  if (!project) { throw UsageError("--project", id, "the database has no project of that id"); }
  return {*project};
}

ProjectRecord project_or_folder(Database& database, const std::string& id, const std::string& folder_project)
{
  return id.empty() ? ensure_folder_project(database, folder_project) : chosen_projects(database, id).front();
}

}  // namespace vidcv
