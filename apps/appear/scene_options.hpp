#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/scene_clips.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// Which scenes a run is about: named files as scenes of a folder project, or scenes of the database's projects.
class SceneOptions {
 public:
  /// PATH, `--project`, `--project-name`, `--scene` and `--root`.
  /// @returns PATH
  DeclaredOption declare(CommandLine& line);

  /// Reads the words of `--scene`. @throws UsageError
  void read_words();

  /// @throws Error where none of the scenes that are meant has an asset. Nothing in the database changes.
  void require_assets(const std::string& database_file, double busy_timeout_s) const;

  /// The projects that are meant with their clips. A named file that is not a scene yet is in `new_files`.
  /// @throws Error where there is nothing to work on
  std::vector<ProjectClips> find(Database& database, Report& report, NoInputs no_inputs);

  /// All clips of a project, those that are not examined among them.
  std::vector<SceneClip> all_clips(Database& database, const ProjectClips& part) const;

  /// The folders that were named; after find().
  const std::vector<std::filesystem::path>& folders() const noexcept { return m_folders; }
  /// The folder of relative paths in the database.
  std::filesystem::path base(Database& database) const;

 private:
  std::vector<ProjectClips> stored(Database& database, Report& report) const;

  InputOptions m_inputs;
  std::vector<std::filesystem::path> m_folders;
  std::string m_project;
  std::string m_project_name;  // empty where nobody gave one
  std::string m_root;
  std::vector<std::string> m_scene_words;
  std::vector<int> m_scenes;
};

}  // namespace vidcv
