#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/store/service_records.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace vidcv {

/// A scene and the file on the disk that shows it.
struct SceneClip {
  SceneRecord scene;
  std::filesystem::path file;
};

/// A project with those of its clips that are to be looked at.
struct ProjectClips {
  ProjectRecord project;
  std::vector<SceneClip> clips;
  std::vector<std::filesystem::path> new_files;  ///< that become scenes once there is something of them: add_scenes()
};

/// Hears of each clip that cannot be looked at.
using ClipFailure = std::function<void(const InputError&)>;

/// The clips of all scenes of the project of that id, or of every project where it is empty. A clip that is not on this
/// machine is a failure.
/// @throws Error if there is no project of that id
std::vector<ProjectClips> stored_clips(Database& database, const std::string& project_id, const ClipFailure& failed);

/// Those of a project's clips whose file is one of `files`, whatever way the path is written. A file that no scene
/// shows is a failure.
ProjectClips clips_among(Database& database, const std::string& project_id,
                         const std::vector<std::filesystem::path>& files, const ClipFailure& failed);

/// Makes those of `new_files` scenes that the database has frames of.
void add_scenes(Database& database, ProjectClips& part);

}  // namespace vidcv
