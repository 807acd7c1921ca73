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
};

/// The clips of all scenes of the project of that id, or of every project where it is empty. `failed` hears of each
/// clip that is not on this machine.
/// @throws UsageError if there is no project of that id
std::vector<ProjectClips> stored_clips(Database& database, const std::string& project_id,
                                       const std::function<void(const InputError&)>& failed);

/// Files as scenes of the folder project of that name, both made at first sight.
ProjectClips folder_clips(Database& database, const std::string& project_name,
                          const std::vector<std::filesystem::path>& files);

/// Those of `clips` whose file is one of `files`, whatever way the path is written.
std::vector<SceneClip> clips_among(const std::vector<SceneClip>& clips,
                                   const std::vector<std::filesystem::path>& files);

}  // namespace vidcv
