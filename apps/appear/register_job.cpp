#include "register_job.hpp"

#include "scene_rows.hpp"

#include <vidcv/cli/signals.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/pipeline/new_assets.hpp>
#include <vidcv/pipeline/run_settings.hpp>

#include <utility>

namespace vidcv {
namespace {

/// Without the frames, whose vectors take most of the memory. match() reports damaged ones.
void add_results(const ProjectClips& part, AppearanceFinder& finder, std::vector<SceneResult>& scenes)
{
  for (const SceneClip& clip : part.clips) {
    if (is_stopping()) { return; }
    try {
      auto result = finder.examine(clip);
      if (!result) { continue; }
      result->frames.clear();
      scenes.push_back(std::move(*result));
    } catch (const InputError&) {
      continue;
    }
  }
}

std::vector<SceneClip> clips_of(const std::vector<ProjectClips>& found, const std::string& manifest_id)
{
  std::vector<SceneClip> clips;
  for (const ProjectClips& part : found) {
    if (part.project.manifest_id == manifest_id) { clips.insert(clips.end(), part.clips.begin(), part.clips.end()); }
  }
  return clips;
}

}  // namespace

int register_new_assets(Database& database, const std::string& manifest_id, const std::vector<ProjectClips>& found,
                        const MatchSettings& settings, const Config& config, const std::filesystem::path& crops,
                        Report& report)
{
  if (manifest_id.empty()) {
    report.warning("a project without a manifest gets no new assets: they belong to one");
    return 0;
  }
  std::vector<SceneResult> scenes;
  AppearanceFinder finder(database, manifest_id, settings);
  finder.take_impostors(clips_of(found, manifest_id));
  for (const ProjectClips& part : found) {
    if (part.project.manifest_id == manifest_id) { add_results(part, finder, scenes); }
  }
  int made = 0;
  NewAssetJob job{.manifest_id = manifest_id,
                  .quality_gate = config.number(Key::quality_gate_threshold),
                  .folder = crops,
                  .decode = decode_options(config),
                  .done =
                      [&](const RegisteredAsset& asset) {
                        report_registered(asset, report);
                        ++made;
                      },
                  .failed = [&](const InputError& error) { report.failure(error); },
                  .stopping = is_stopping};
  job.decode.abandoned = is_time_up;
  register_assets(database, scenes, settings, job);
  return made;
}

}  // namespace vidcv
