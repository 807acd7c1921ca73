#include <vidcv/pipeline/scene_clips.hpp>

#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/project_choice.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace vidcv {

namespace {

bool is_meant(const SceneChoice& choice, int scene_index)
{
  return choice.scenes.empty() || std::ranges::find(choice.scenes, scene_index) != choice.scenes.end();
}

void require_scenes(const SceneChoice& choice, const std::set<int>& there, const ClipFailure& failed)
{
  const char* cause =
      choice.project_id.empty() ? "no project has a scene of that index" : "the project has no scene of that index";
  for (const int wanted : choice.scenes) {
    if (!there.contains(wanted)) { failed(InputError(fmt::format("scene {}", wanted), "open", cause)); }
  }
}

}  // namespace

std::vector<ProjectClips> stored_clips(Database& database, const SceneChoice& choice, const ClipFailure& failed)
{
  std::vector<ProjectClips> found;
  std::set<int> there;
  for (const ProjectRecord& project : chosen_projects(database, choice.project_id)) {
    found.push_back({project, {}, {}});
    for (const SceneRecord& scene : scenes_of(database, project.id)) {
      there.insert(scene.scene_index);
      if (!is_meant(choice, scene.scene_index)) { continue; }
      if (!scene.local_path.empty()) {
        found.back().clips.push_back({scene, choice.base / scene.local_path});
      } else if (!scene.gcs_uri.empty()) {
        failed(InputError(scene.gcs_uri, "open",
                          "the scene's clip is not on this machine: fetch it and set video_clips.local_path"));
      }
    }
  }
  require_scenes(choice, there, failed);
  return found;
}

ProjectClips clips_among(Database& database, const SceneChoice& choice, const std::vector<std::filesystem::path>& files,
                         const ClipFailure& failed)
{
  ProjectClips all = stored_clips(database, choice, [](const InputError&) {}).front();
  std::multimap<std::string, SceneClip> by_path;
  for (const SceneClip& clip : all.clips) { by_path.emplace(stored_path(clip.file), clip); }
  all.clips.clear();
  for (const std::filesystem::path& file : each_once(files)) {
    const auto [first, last] = by_path.equal_range(stored_path(file));
    if (first == last) {
      failed(InputError(file.native(), "open",
                        choice.scenes.empty() ? "no scene of the project shows it" : "none of these scenes shows it"));
    }
    for (auto scene = first; scene != last; ++scene) { all.clips.push_back(scene->second); }
  }
  return all;
}

void add_scenes(Database& database, ProjectClips& part)
{
  for (const std::filesystem::path& file : each_once(part.new_files)) {
    const auto media = find_media(database, stored_path(file));
    if (!media || media->status != "done") { continue; }
    if (part.project.id.empty()) { part.project = ensure_folder_project(database, part.name); }
    part.clips.push_back({ensure_scene(database, part.project, media->stamp.path), file});
  }
  part.new_files.clear();
}

}  // namespace vidcv
