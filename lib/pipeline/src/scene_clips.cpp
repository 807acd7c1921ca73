#include <vidcv/pipeline/scene_clips.hpp>

#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/project_choice.hpp>

#include <set>

namespace vidcv {

std::vector<ProjectClips> stored_clips(Database& database, const std::string& project_id,
                                       const std::function<void(const InputError&)>& failed)
{
  std::vector<ProjectClips> found;
  for (const ProjectRecord& project : chosen_projects(database, project_id)) {
    found.push_back({project, {}});
    for (const SceneRecord& scene : scenes_of(database, project.id)) {
      if (!scene.local_path.empty()) {
        found.back().clips.push_back({scene, resolved_path(scene.local_path, database.path())});
      } else if (!scene.gcs_uri.empty()) {
        failed(InputError(scene.gcs_uri, "open",
                          "the scene's clip is not on this machine: fetch it and set video_clips.local_path"));
      }
    }
  }
  return found;
}

ProjectClips folder_clips(Database& database, const std::string& project_name,
                          const std::vector<std::filesystem::path>& files)
{
  ProjectClips found{ensure_folder_project(database, project_name), {}};
  for (const std::filesystem::path& file : files) {
    found.clips.push_back({ensure_scene(database, found.project, stored_path(file)), file});
  }
  return found;
}

std::vector<SceneClip> clips_among(const std::vector<SceneClip>& clips, const std::vector<std::filesystem::path>& files)
{
  std::set<std::string> wanted;
  for (const std::filesystem::path& file : files) { wanted.insert(stored_path(file)); }
  std::vector<SceneClip> among;
  for (const SceneClip& clip : clips) {
    if (wanted.contains(stored_path(clip.file))) { among.push_back(clip); }
  }
  return among;
}

}  // namespace vidcv
