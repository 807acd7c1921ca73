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

/// A project with those of its clips that are to be examined.
struct ProjectClips {
  ProjectRecord project;  ///< without an id: a folder project that is made once it has a scene, see `name`
  std::vector<SceneClip> clips;
  std::vector<std::filesystem::path> new_files;  ///< that become scenes once there is something of them: add_scenes()
  std::string name = {};                         ///< of a folder project that does not exist yet
};

/// Which scenes are meant, and where their clips are.
struct SceneChoice {
  std::string project_id;      ///< empty for those of every project
  std::vector<int> scenes;     ///< their indexes; empty for all
  std::filesystem::path base;  ///< folder to which relative paths are relative
};

/// Called for each clip that cannot be examined.
using ClipFailure = std::function<void(const InputError&)>;

/// The clips of the chosen scenes. A clip that is not on this machine is a failure, as is a scene without any that was
/// named.
/// @throws Error if there is no project of that id
std::vector<ProjectClips> stored_clips(Database& database, const SceneChoice& choice, const ClipFailure& failed);

/// Those of one project's clips whose file is one of `files`, whatever way the path is written. A file that no scene
/// shows is a failure.
ProjectClips clips_among(Database& database, const SceneChoice& choice, const std::vector<std::filesystem::path>& files,
                         const ClipFailure& failed);

/// Makes a scene of each of `new_files` that the database has frames of, and the project if it does not exist.
void add_scenes(Database& database, ProjectClips& part);

}  // namespace vidcv
