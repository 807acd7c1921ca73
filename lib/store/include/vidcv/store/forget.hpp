#pragma once

#include <vidcv/store/database.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace vidcv {

/// One thing that a database forgot.
struct Forgotten {
  std::string what;       ///< `file`, `scene`, `findings`, `project`, `asset`, `model`
  std::string name;       ///< a path, `PROJECT/INDEX`, an id, a tag, a fingerprint
  std::int64_t rows = 0;  ///< of the database that went with it
  bool is_kept = false;   ///< it stays: another program has rows of it
};

/// Which of the service's scenes are removed with a file that they show.
enum class Findings {
  stay,
  go,  ///< the appearances and the analysis that vidcv wrote about them; the scenes themselves stay
};

/// Those that take a transaction leave its commit to the caller, who may look at what went and roll back.

/// A file, or all files of a folder, whether or not they are on the disk: what was read of them, and their scenes in
/// projects that vidcv made. Such a scene stays where another program has rows of it.
/// @param path  as in FileStamp::path
/// @returns nothing where the database knows nothing of the path
std::vector<Forgotten> forget_files(WriteTransaction& within, const std::string& path, Findings findings);

/// A scene with its clips and everybody's appearances in it.
/// @returns nothing where the project has no such scene
std::vector<Forgotten> forget_scene(WriteTransaction& within, const std::string& project_id, int scene_index);

/// A project with all of its scenes and, if vidcv made it, the manifest with its assets, unless another project has the
/// same one.
/// @throws StoreError where rows of another program refer to one that would go
std::vector<Forgotten> forget_project(WriteTransaction& within, const std::string& project_id);

/// A model with all vectors that it made and all that it found. An appearance that another model found as well stays.
/// @param name  the name, or the first digits of the fingerprint
/// @returns nothing where there is no such model
/// @throws InputError if several models are meant
std::vector<Forgotten> forget_model(WriteTransaction& within, const std::string& name);

/// The same for files that no longer exist, as one transaction of its own: what was read of them and their
/// scenes in projects that vidcv made. Their findings in the service's scenes stay, as these scenes do.
/// @param paths  of files, as FileStamp::path has them
/// @returns the scenes that stay, as another program has rows of them
std::vector<Forgotten> forget_gone_files(Database& database, const std::vector<std::string>& paths);

/// Paths of the scenes of vidcv's own projects in a folder, as FileStamp::path has them.
std::vector<std::string> scene_paths_at(Database& database, const std::string& folder);

}  // namespace vidcv
