#include "scene_options.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/project_choice.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace vidcv {
namespace fs = std::filesystem;

DeclaredOption SceneOptions::declare(CommandLine& line)
{
  const auto files = m_inputs.declare(line, "path", "videos and pictures");
  const auto project =
      line.value("--project", m_project, "only the scenes of this project").value_name("ID").not_empty();
  line.value("--project-name", m_project_name, "the folder project of the PATHs; without PATH: examine its scenes")
      .value_name("NAME")
      .not_empty()
      .excludes(project)
      .show_default(k_folder_project);
  line.values("--scene", m_scene_words, "only this scene; repeatable").value_name("INDEX");
  line.value("--root", m_root, "start of relative paths in the database; default: the database's folder")
      .value_name("DIR")
      .not_empty();
  return files;
}

void SceneOptions::read_words()
{
  m_scenes = for_option("--scene", [&] { return scene_indexes(m_scene_words); });
}

fs::path SceneOptions::base(Database& database) const
{
  return base_folder(database, m_root);
}

std::vector<ProjectClips> SceneOptions::find(Database& database, Report& report, NoInputs no_inputs)
{
  if (m_inputs.empty()) { return stored(database, report); }
  Inputs inputs = m_inputs.collect(std::cin, report, no_inputs);
  m_folders = std::move(inputs.folders);
  if (!m_project.empty()) {
    const auto failed = [&](const InputError& error) { report.failure(error); };
    return {clips_among(database, {m_project, m_scenes, base(database)}, inputs.files, failed)};
  }
  if (!m_scenes.empty()) { throw UsageError("--scene", "", "needs --project, or no PATH"); }
  const std::string name = m_project_name.empty() ? k_folder_project : m_project_name;
  return {{find_folder_project(database, name).value_or(ProjectRecord()), {}, std::move(inputs.files), name}};
}

std::vector<SceneClip> SceneOptions::all_clips(Database& database, const ProjectClips& part) const
{
  if (part.clips.empty()) { return {}; }
  const auto ignore = [](const InputError&) {};
  return stored_clips(database, {part.project.id, {}, base(database)}, ignore).front().clips;
}

std::vector<ProjectClips> SceneOptions::stored(Database& database, Report& report) const
{
  const std::string id = m_project_name.empty() ? m_project : existing_project(database, "", m_project_name).id;
  std::vector<ProjectClips> found =
      stored_clips(database, {id, m_scenes, base(database)}, [&](const InputError& error) { report.failure(error); });
  const bool nothing = std::ranges::all_of(found, [](const ProjectClips& part) { return part.clips.empty(); });
  if (nothing && report.totals().failed == 0) {
    throw Error(database.path().native(), "", "nothing to work on: no scenes with clips; name files or folders");
  }
  return found;
}

void SceneOptions::require_assets(const std::string& database_file, double busy_timeout_s) const
{
  Database reader(database_file, OpenMode::read_only, busy_timeout_s);
  if (m_inputs.empty() && m_project.empty() && m_project_name.empty()) {
    if (has_assets(reader)) { return; }
    throw Error(database_file, "", "nothing to look for, no project has assets: vidcv asset add --db DB TAG IMAGE");
  }
  const std::string name = m_project_name.empty() ? k_folder_project : m_project_name;
  if (has_assets(reader)) {
    const bool must_exist = m_inputs.empty() || !m_project.empty();
    const auto project = must_exist ? existing_project(reader, m_project, name) : find_folder_project(reader, name);
    if (project && has_assets(reader, project->manifest_id)) { return; }
  }
  const std::string which = m_project.empty() ? "--project-name " + name : "--project " + m_project;
  throw Error(
      database_file, "",
      fmt::format("nothing to look for, the project has no assets: vidcv asset add --db DB {} TAG IMAGE", which));
}

}  // namespace vidcv
