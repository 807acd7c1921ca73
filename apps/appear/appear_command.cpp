#include "appear_command.hpp"

#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace vidcv {
namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
namespace {

json appearance_json(const SeenAsset& seen)
{
  const AppearanceRecord& row = seen.row;
  return {{"type", "appearance"},
          {"asset_id", row.asset_id},
          {"tag", seen.tag},
          {"project_id", row.project_id},
          {"scene_index", row.scene_index},
          {"frame_index", row.frame_index},
          {"frame_number", seen.frame_number},
          {"timestamp_sec", row.timestamp_s},
          {"bbox", nullptr},
          {"confidence", row.confidence},
          {"margin", or_null(row.margin)},
          {"source", row.source}};
}

json scene_json(const SceneResult& result)
{
  json value = {
      {"type", "scene"}, {"project_id", result.clip.scene.project_id}, {"scene_index", result.clip.scene.scene_index}};
  set_path(value, result.clip.file.native());
  value["continuity_score"] = or_null(result.continuity_score);
  value["intervals"] = json::array();
  for (const TagInterval& run : result.intervals) {
    value["intervals"].push_back({{"tag", run.tag}, {"from_sec", run.interval.from_s}, {"to_sec", run.interval.to_s}});
  }
  return value;
}

}  // namespace

struct AppearCommand::Work {
  ProjectRecord project;
  std::vector<SceneClip> clips;
};

void AppearCommand::declare(CLI::App& app)
{
  app.description(
      "Say which known asset is seen in which clip, when and how surely, and write it to the database. Clips and\n"
      "assets that have no vector yet are embedded first. Without PATH all scenes of the database's projects are\n"
      "looked at; with PATH those files are, as scenes of a project of their own.");
  app.footer(
      "Example:\n  vidcv asset add --db film.db CAR car.jpg\n  vidcv appear --db film.db --model model.pt clips/");
  m_inputs.declare(app, "path", "videos and pictures");
  app.add_option("--db", m_database_file, "the database")->required()->type_name("DB");
  auto* project = app.add_option("--project", m_project, "the scenes of this project alone")->type_name("ID");
  m_folder_project = k_folder_project;
  app.add_option("--project-name", m_folder_project, "the project that PATHs are scenes of")
      ->type_name("NAME")
      ->excludes(project)
      ->capture_default_str();
  declare_setting(app, Key::clip_similarity_threshold);
  for (const Key key : k_embed_settings) { declare_setting(app, key); }
}

std::vector<std::pair<std::string, std::string>> AppearCommand::components() const
{
  const std::string torch = torch_version();
  return {
      {"FFmpeg", ffmpeg_version()}, {"SQLite", sqlite_version()}, {"LibTorch", torch.empty() ? "not there" : torch}};
}

void AppearCommand::run(Report& report)
{
  LazyEncoder encoder(model_file(config()), encoder_options(config()));
  m_database = std::make_unique<Database>(m_database_file, OpenMode::existing, config().number(Key::busy_timeout));
  prepare_database(*m_database);
  m_model_id = ensure_model(*m_database, encoder);
  const std::vector<Work> work = find_work(report);
  for (const Work& part : work) {
    fill_assets(part.project, encoder, report);
    embed_missing(part.clips, encoder, report);
  }
  const MatchSettings settings{encoder.model(), m_model_id, match_threshold(config(), encoder.model())};
  report.columns({"path", "tag", "from_sec", "to_sec", "frames", "confidence"});
  for (const Work& part : work) { match(part, settings, report); }
}

/// Named files are scenes of a folder project, or pick scenes of the project that was named.
std::vector<AppearCommand::Work> AppearCommand::find_work(Report& report)
{
  std::vector<Work> work;
  if (m_inputs.empty()) {
    for (const ProjectRecord& project : chosen_projects(*m_database, m_project)) {
      work.push_back({project, project_clips(project, report)});
    }
    const bool nothing = std::ranges::all_of(work, [](const Work& part) { return part.clips.empty(); });
    if (nothing && report.totals().failed == 0) {
      throw Error(m_database_file, "", "nothing to work on: no scenes with clips; name files or folders");
    }
    return work;
  }
  const std::vector<fs::path> files = m_inputs.collect(std::cin, report);
  Work part{project_or_folder(*m_database, m_project, m_folder_project), {}};
  if (m_project.empty()) {
    for (const fs::path& file : files) {
      part.clips.push_back({ensure_scene(*m_database, part.project, stored_path(file)), file});
    }
  } else {
    for (const SceneClip& clip : project_clips(part.project, report)) {
      const auto same = [&](const fs::path& file) { return stored_path(file) == stored_path(clip.file); };
      if (std::ranges::any_of(files, same)) { part.clips.push_back(clip); }
    }
  }
  return {part};
}

std::vector<SceneClip> AppearCommand::project_clips(const ProjectRecord& project, Report& report)
{
  std::vector<SceneClip> clips;
  for (const SceneRecord& scene : scenes_of(*m_database, project.id)) {
    if (!scene.local_path.empty()) {
      clips.push_back({scene, resolved_path(scene.local_path, m_database->path())});
    } else if (!scene.gcs_uri.empty()) {
      report.failure(InputError(scene.gcs_uri, "open",
                                "the scene's clip is not on this machine: fetch it and set video_clips.local_path"));
    }
  }
  return clips;
}

void AppearCommand::fill_assets(const ProjectRecord& project, LazyEncoder& encoder, Report& report)
{
  const Stopwatch watch;
  const AssetEvents events{[](const AssetRecord&) {},
                           [&](const AssetRecord&, const InputError& error) { report.failure(error); }};
  fill_asset_vectors(*m_database, project.manifest_id, encoder, m_model_id, false, events);
  for (const AssetRecord& asset : assets_of(*m_database, project.manifest_id)) {
    const std::string tag = one_line(asset.tag);
    if (origin_of(asset, encoder.model(), m_model_id) == VectorOrigin::foreign) {
      report.warning(fmt::format(
          "{}: not looked for: its vector is of another model; vidcv embed --assets --force renews it", tag));
    } else if (asset.blank) {
      report.warning(fmt::format("{}: not looked for: its picture is blank", tag));
    }
  }
  report.totals().encode_s += watch.seconds();
}

void AppearCommand::embed_missing(const std::vector<SceneClip>& clips, LazyEncoder& encoder, Report& report)
{
  const SampleOptions options = sample_options(config());
  std::vector<fs::path> files;
  files.reserve(clips.size());
  for (const SceneClip& clip : clips) { files.push_back(clip.file); }
  const std::vector<fs::path> todo = missing_files(*m_database, files, options.plan, m_model_id);
  report.totals().skipped += static_cast<std::int64_t>(files.size() - todo.size());
  report.expect(static_cast<std::int64_t>(todo.size()));
  EmbedEvents events;
  events.stopping = [] { return stop_signal() != 0; };
  events.done = [&](const EmbeddedClip& clip) {
    const Stopwatch watch;
    store_clip(*m_database, clip, options.plan, m_model_id);
    report.totals().store_s += watch.seconds();
    report.totals().decode_s += clip.decode_s;
    report.advance();
  };
  events.failed = [&](const fs::path& file, const InputError& error) {
    store_failure(*m_database, file, error, options.plan);
    report.failure(error);
    report.advance();
  };
  report.totals().encode_s += embed_clips(todo, options, encoder, events);
}

void AppearCommand::match(const Work& work, const MatchSettings& settings, Report& report)
{
  const std::vector<AssetRecord> assets = assets_of(*m_database, work.project.manifest_id);
  if (assets.empty() && !work.clips.empty()) {
    report.warning("the project has no assets to look for: vidcv asset add --db DB TAG IMAGE");
  }
  for (const SceneClip& clip : work.clips) {
    if (stop_signal() != 0) { return; }
    const Stopwatch watch;
    const auto result = find_appearances(*m_database, clip, assets, settings);
    report.totals().store_s += watch.seconds();
    if (!result) { continue; }
    report_scene(*result, report);
    ++report.totals().done;
    report.totals().frames += static_cast<std::int64_t>(result->frames.size());
  }
}

void AppearCommand::report_scene(const SceneResult& result, Report& report) const
{
  if (report.json()) {
    for (const SeenAsset& seen : result.seen) { report.object(appearance_json(seen)); }
    report.object(scene_json(result));
    return;
  }
  for (const TagInterval& run : result.intervals) {
    report.row({result.clip.file.native(), run.tag, fmt::format("{:.3f}", run.interval.from_s),
                fmt::format("{:.3f}", run.interval.to_s), fmt::format("{}", run.frames),
                fmt::format("{:.3f}", run.confidence)});
  }
}

}  // namespace vidcv
