#include "appear_command.hpp"

#include "calibrate_job.hpp"
#include "scene_rows.hpp"

#include "shared/clip_notes.hpp"
#include "shared/run_limits.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_detections.hpp>
#include <vidcv/pipeline/new_assets.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <set>
#include <utility>
#include <variant>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Without the frames, whose vectors are most of it. What is damaged match() will tell.
void add_looks(const ProjectClips& part, AppearanceFinder& finder, std::vector<SceneResult>& looks)
{
  for (const SceneClip& clip : part.clips) {
    if (is_stopping()) { return; }
    try {
      auto look = finder.look(clip);
      if (!look) { continue; }
      look->frames.clear();
      looks.push_back(std::move(*look));
    } catch (const InputError&) {
      continue;
    }
  }
}

std::vector<fs::path> files_of(const std::vector<ProjectClips>& found)
{
  std::vector<fs::path> files;
  for (const ProjectClips& part : found) {
    for (const SceneClip& clip : part.clips) { files.push_back(clip.file); }
    files.insert(files.end(), part.new_files.begin(), part.new_files.end());
  }
  return each_once(files);
}

/// Lengths of the face vectors that assets have.
std::set<std::size_t> faces_of(Database& database, const std::vector<ProjectClips>& found)
{
  std::set<std::size_t> lengths;
  for (const ProjectClips& part : found) {
    for (const AssetRecord& asset : assets_of(database, part.project.manifest_id)) {
      lengths.insert(asset.face.size());
    }
  }
  return lengths;
}

}  // namespace

void AppearCommand::declare(CommandLine& line)
{
  line.describe(
      "Say which known asset is seen in which clip, when and how surely, and write it to the database. Clips and\n"
      "assets that have no vector yet are embedded first. Without PATH all scenes of the database's projects are\n"
      "looked at; with PATH those files are, as scenes of a project of their own.",
      "Example:\n  vidcv asset add --db film.db CAR car.jpg\n  vidcv appear --db film.db --model model.pt clips/\n"
      "  vidcv appear --db film.db --model model.pt --detections found.jsonl --register-new\n"
      "  vidcv appear --db film.db --list --asset CAR --format csv");
  const auto files = m_inputs.declare(line, "path", "videos and pictures");
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  const auto project =
      line.value("--project", m_project, "the scenes of this project alone").value_name("ID").not_empty();
  line.value("--project-name", m_project_name, "the folder project that PATHs are scenes of, or whose scenes are meant")
      .value_name("NAME")
      .not_empty()
      .excludes(project)
      .show_default(k_folder_project);
  line.values("--scene", m_scene_words, "this scene alone; may be given again").value_name("INDEX");
  line.value("--root", m_root, "folder of relative paths in the database, in place of its own")
      .value_name("DIR")
      .not_empty();
  line.flag("--regions", m_regions, "look for the assets in parts of each frame as well, and say where");
  line.values("--asset-threshold", m_threshold_words, "the threshold of one asset; may be given again")
      .value_name("TAG=COSINE");
  line.only_with(m_ledger.declare(line).prune, {files});
  const DeclaredOption makes_assets = m_detections.declare(line);
  line.flag("--calibrate", m_calibrate, "write no appearances: print the scores, and the threshold that they suggest")
      .excludes(makes_assets);
  // main() hands a line with --list to a program that starts without FFmpeg; here it is for the help.
  line.flag("--list", m_list,
            "look at nothing: print the appearances that the database has; see vidcv appear --list --help");
  for (const Key key : k_match_settings) {
    const DeclaredOption option = declare_setting(line, key);
    if (key == Key::quality_gate_threshold) { line.only_with(option, {makes_assets}); }
  }
  for (const Key key : k_embed_settings) { declare_setting(line, key); }
}

/// The words of options that may be given again, before anything is opened.
void AppearCommand::read_words()
{
  m_scenes = scene_indexes(m_scene_words);
  for (const std::string& word : m_threshold_words) {
    const std::size_t equals = word.rfind('=');
    const auto value = equals == std::string::npos ? std::nullopt : parse_double(word.substr(equals + 1));
    if (!value || equals == 0 || *value < -1 || *value > 1) {
      throw UsageError("--asset-threshold", word, "is no TAG=COSINE with a cosine from -1 to 1");
    }
    m_asset_thresholds[word.substr(0, equals)] = *value;
  }
}

void AppearCommand::run(Report& report)
{
  read_words();
  options();  // a wrong option is reported before anything is opened
  m_crops = m_detections.crops(m_database_file);
  std::optional<LazyEncoder> encoder = make_encoder();
  if (!m_detections.makes_assets()) { require_assets(); }
  m_database = std::make_unique<Database>(m_database_file, OpenMode::existing, config().number(Key::busy_timeout));
  prepare_database(*m_database);
  std::vector<ProjectClips> found = find_clips(report);
  if (encoder) { m_model_id = ensure_model(*m_database, *encoder); }
  LazyEncoder* const model = encoder ? &*encoder : nullptr;
  const std::vector<fs::path> files = files_of(found);
  std::set<std::string> manifests;  // projects may share one
  for (ProjectClips& part : found) {
    embed_missing(part, model, report);
    add_scenes(*m_database, part);
    if (manifests.insert(part.project.manifest_id).second) { fill_assets(part.project.manifest_id, model, report); }
  }
  add_detections(files, faces_of(*m_database, found), model, report);
  const MatchSettings settings = match_settings(model);
  if (m_calibrate) { return calibrate(found, settings, report); }
  if (m_detections.makes_assets()) {
    for (const std::string& manifest_id : manifests) { add_new_assets(manifest_id, found, settings, model, report); }
  }
  warn_of_unknown_tags(found, report);
  report.columns({"path", "tag", "from_sec", "to_sec", "frames", "confidence"});
  for (const ProjectClips& part : found) { match(part, settings, report); }
}

/// Without a model what detectors saw can be looked at all the same.
std::optional<LazyEncoder> AppearCommand::make_encoder() const
{
  const bool has_model = !config().text(Key::model).empty();
  const bool does_without = m_detections.has_files() || m_detections.makes_assets();
  if (has_model || !does_without) { return LazyEncoder(model_file(config()), encoder_options(config())); }
  if (m_regions) { throw UsageError("--regions", "", "needs a model"); }
  if (m_calibrate) { throw UsageError("--calibrate", "", "needs a model"); }
  return std::nullopt;
}

EmbedOptions AppearCommand::options() const
{
  EmbedOptions options{sample_options(config()), m_regions};
  options.sampling.decode.abandoned = is_time_up;
  return options;
}

/// Named files are scenes of a folder project, or pick scenes of the project that was named.
std::vector<ProjectClips> AppearCommand::find_clips(Report& report)
{
  const auto failed = [&](const InputError& error) { report.failure(error); };
  if (m_inputs.empty()) {
    const std::string id = m_project_name.empty() ? m_project : existing_project(*m_database, "", m_project_name).id;
    std::vector<ProjectClips> found =
        stored_clips(*m_database, {id, m_scenes, base_folder(*m_database, m_root)}, failed);
    const bool nothing = std::ranges::all_of(found, [](const ProjectClips& part) { return part.clips.empty(); });
    if (nothing && report.totals().failed == 0) {
      throw Error(m_database_file, "", "nothing to work on: no scenes with clips; name files or folders");
    }
    return found;
  }
  const Inputs inputs = m_inputs.collect(std::cin, report, m_ledger.no_inputs());
  const std::vector<fs::path>& files = inputs.files;
  m_folders = inputs.folders;
  if (!m_project.empty()) {
    return {clips_among(*m_database, {m_project, m_scenes, base_folder(*m_database, m_root)}, files, failed)};
  }
  if (!m_scenes.empty()) { throw UsageError("--scene", "", "goes with --project, or without files"); }
  const std::string name = m_project_name.empty() ? k_folder_project : m_project_name;
  return {{find_folder_project(*m_database, name).value_or(ProjectRecord()), {}, files, name}};
}

/// On a reader of its own: a run with nothing to look for leaves the database as it was.
void AppearCommand::require_assets() const
{
  Database reader(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  if (m_inputs.empty() && m_project.empty() && m_project_name.empty()) {
    if (has_assets(reader)) { return; }
    throw Error(m_database_file, "", "nothing to look for, no project has assets: vidcv asset add --db DB TAG IMAGE");
  }
  const std::string name = m_project_name.empty() ? k_folder_project : m_project_name;
  if (has_assets(reader)) {
    const bool must_exist = m_inputs.empty() || !m_project.empty();
    const auto project = must_exist ? existing_project(reader, m_project, name) : find_folder_project(reader, name);
    if (project && has_assets(reader, project->manifest_id)) { return; }
  }
  const std::string which = m_project.empty() ? "--project-name " + name : "--project " + m_project;
  throw Error(
      m_database_file, "",
      fmt::format("nothing to look for, the project has no assets: vidcv asset add --db DB {} TAG IMAGE", which));
}

void AppearCommand::embed_missing(const ProjectClips& part, LazyEncoder* encoder, Report& report)
{
  std::vector<fs::path> files = part.new_files;
  for (const SceneClip& clip : part.clips) { files.push_back(clip.file); }
  const WorkList work = m_ledger.look_up(*m_database, {each_once(files), m_folders}, options(), named_rules(config()),
                                         m_model_id, report);
  const LedgerEntry entry{.command = "appear", .skipped = work.unchanged};
  report.totals().skipped += work.unchanged;
  report.expect(std::ssize(work.todo));
  StoredRun run(*m_database, work.todo, encoder, m_model_id, run_limits(config(), report), entry);
  JobOrder order;
  const auto report_all = [&](const std::vector<EmbedResult>& results) {
    for (const EmbedResult& result : results) {
      if (const auto* failure = std::get_if<EmbedFailure>(&result.outcome)) {
        report.failure(failure->error);
      } else {
        report_notes(std::get<EmbeddedClip>(result.outcome).clip, report);
      }
    }
  };
  for (auto results = run.next(); !results.empty(); results = run.next()) {
    for (const EmbedResult& result : results) { report.end_file(run.jobs()[result.job].file); }
    report_all(order.put(std::move(results)));
  }
  report_all(order.rest());
  add_times(run.times(), report);
}

void AppearCommand::fill_assets(const std::string& manifest_id, LazyEncoder* encoder, Report& report)
{
  if (encoder == nullptr) { return; }
  const Stopwatch watch;
  const AssetEvents events{[&](const AssetRecord&, const SampledClip& picture) { report_notes(picture, report); },
                           [&](const AssetRecord& asset) { report_changed_picture(asset, report); },
                           [&](const AssetRecord&, const InputError& error) { report.failure(error); }};
  const AssetJob job{.manifest_id = manifest_id,
                     .model_id = m_model_id,
                     .decode = options().sampling.decode,
                     .limits = run_limits(config()),
                     .base = base_folder(*m_database, m_root)};
  fill_asset_vectors(*m_database, job, *encoder, events);
  for (const AssetRecord& asset : assets_of(*m_database, manifest_id, m_model_id)) {
    if (picture_vector(asset, encoder->model(), m_model_id).blank) {
      report.warning(fmt::format("{}: not looked for: its picture is blank", one_line(asset.tag)));
    }
  }
  report.totals().encode_s += watch.seconds();
}

/// @param face_lengths  of the assets' face vectors
void AppearCommand::add_detections(const std::vector<fs::path>& files, const std::set<std::size_t>& face_lengths,
                                   LazyEncoder* encoder, Report& report)
{
  const DetectionJob job{.files = files,
                         .by_file = m_detections.read(files, face_lengths, report),
                         .decode = options().sampling.decode,
                         .limits = run_limits(config()),
                         .model_id = m_model_id,
                         .failed = [&](const InputError& error) { report.failure(error); }};
  add_times(embed_detections(*m_database, job, encoder), report);
}

MatchSettings AppearCommand::match_settings(const LazyEncoder* encoder) const
{
  const ModelDescription model = encoder == nullptr ? ModelDescription() : encoder->model();
  MatchSettings settings{.model = model,
                         .model_id = m_model_id,
                         .threshold = match_threshold(config(), model),
                         .least_margin = config().number(Key::clip_margin_threshold),
                         .face_threshold = config().number(Key::face_match_threshold),
                         .detection_threshold = config().number(Key::detection_confidence_threshold),
                         .assets = config().thresholds().assets,
                         .regions = m_regions ? Regions::yes : Regions::no};
  for (const auto& [tag, threshold] : m_asset_thresholds) { settings.assets[tag].clip = threshold; }
  return settings;
}

/// A threshold for nobody is a slip of the pen.
void AppearCommand::warn_of_unknown_tags(const std::vector<ProjectClips>& found, Report& report)
{
  std::set<std::string> tags;
  for (const ProjectClips& part : found) {
    for (const AssetRecord& asset : assets_of(*m_database, part.project.manifest_id)) { tags.insert(asset.tag); }
  }
  for (const auto& [tag, threshold] : m_asset_thresholds) {
    if (!tags.contains(tag)) {
      report.warning(fmt::format("--asset-threshold: no asset has the tag {}", one_line(tag)));
    }
  }
}

void AppearCommand::calibrate(const std::vector<ProjectClips>& found, const MatchSettings& settings, Report& report)
{
  for (const ProjectClips& part : found) {
    report.attempt(part.project.id, [&] { report_calibration(*m_database, part, settings, report); });
  }
}

/// Looks at all scenes of all projects that share the manifest before any of them is matched, so that a second run
/// finds nothing else.
void AppearCommand::add_new_assets(const std::string& manifest_id, const std::vector<ProjectClips>& found,
                                   const MatchSettings& settings, LazyEncoder* encoder, Report& report)
{
  if (manifest_id.empty()) {
    return report.warning("a project without a manifest gets no new assets: they belong to one");
  }
  std::vector<SceneResult> looks;
  AppearanceFinder finder(*m_database, manifest_id, settings);
  for (const ProjectClips& part : found) {
    if (part.project.manifest_id == manifest_id) { add_looks(part, finder, looks); }
  }
  int made = 0;
  const NewAssetJob job{.manifest_id = manifest_id,
                        .quality_gate = config().number(Key::quality_gate_threshold),
                        .folder = m_crops,
                        .decode = options().sampling.decode,
                        .done =
                            [&](const RegisteredAsset& asset) {
                              report_registered(asset, report);
                              ++made;
                            },
                        .failed = [&](const InputError& error) { report.failure(error); },
                        .stopping = is_stopping};
  register_assets(*m_database, looks, settings, job);
  if (made > 0) { fill_assets(manifest_id, encoder, report); }
}

void AppearCommand::match(const ProjectClips& part, const MatchSettings& settings, Report& report)
{
  AppearanceFinder finder(*m_database, part.project.manifest_id, settings);
  for (const SceneClip& clip : part.clips) {
    if (is_stopping()) { return; }
    const Stopwatch watch;
    report.attempt(clip.file.native(), [&] {
      const auto result = finder.find(clip);
      if (!result) { return; }
      report_scene(*result, report);
      ++report.totals().done;
      report.totals().frames += static_cast<std::int64_t>(result->frames.size());
    });
    report.totals().store_s += watch.seconds();
  }
}

}  // namespace vidcv
