#pragma once

#include <vidcv/store/service_records.hpp>

#include <string>
#include <vector>

namespace vidcv {

/// The project of that id (hyphens are allowed), or all of them for an empty one.
/// @throws Error if no project has that id
std::vector<ProjectRecord> chosen_projects(Database& database, const std::string& id);

/// The project of that id, or where that is empty the folder project of that name, made at first sight.
ProjectRecord project_or_folder(Database& database, const std::string& id, const std::string& folder_project);

/// The same, but nothing is made.
/// @throws Error if there is none
ProjectRecord existing_project(Database& database, const std::string& id, const std::string& folder_project);

/// Ids of manifests: that of a project, or that one, or with neither id all that the database has.
/// @throws Error if no project has that id
std::vector<std::string> chosen_manifests(Database& database, const std::string& project_id,
                                          const std::string& manifest_id);

/// Indexes of scenes as `--scene` gives them.
/// @throws UsageError
std::vector<int> scene_indexes(const std::vector<std::string>& words);

/// The name of the folder project where nobody gives one.
inline constexpr const char* k_folder_project = "vidcv";

}  // namespace vidcv
