#pragma once

#include <vidcv/store/database.hpp>

#include <string>
#include <vector>

namespace vidcv {

/// The id of a folder project's scene, which its file's path gives: found by key, whatever happens to its other
/// columns.
std::string scene_id_of(const std::string& project_id, const std::string& path);

/// The id of the clip of such a scene.
std::string clip_id_of(const std::string& scene_id);

/// A scene that vidcv made, in a project that vidcv made.
struct OwnScene {
  std::string id;
  std::string project_id;
  std::string project_name;
  int scene_index = 0;
  std::string path;  ///< as in FileStamp::path
};

/// Those that show a file, or a file of a folder.
std::vector<OwnScene> own_scenes_at(Database& database, const std::string& path);

/// The same for one file, by its key in each project.
std::vector<OwnScene> own_scenes_of(Database& database, const std::string& path);

/// Whether another program wrote a clip of the scene, or an appearance in it.
bool has_rows_of_others(Database& database, const OwnScene& scene);

/// Removes a scene with everybody's rows about it. For use within a transaction.
void remove_scene_rows(Database& database, const std::string& project_id, int scene_index);

}  // namespace vidcv
