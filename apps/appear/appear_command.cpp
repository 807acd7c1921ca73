#include "appear_command.hpp"

#include "calibrate_job.hpp"
#include "register_job.hpp"
#include "scene_rows.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/impostors.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <utility>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

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
      "Find which known asset is seen in which clip, when and with what confidence, and store it in the database. "
      "Clips and\n"
      "assets that have no vector yet are embedded first. Without PATH all scenes of the database's projects are\n"
      "examined; with PATH those files are, as scenes of a project of their own.",
      "Example:\n  vidcv asset add --db film.db CAR car.jpg\n  vidcv appear --db film.db --model model.pt clips/\n"
      "  vidcv appear --db film.db --model model.pt --detections found.jsonl --register-new\n"
      "  vidcv appear --db film.db --list --asset CAR --format csv");
  const auto files = m_scenes.declare(line);
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  line.flag("--regions", m_regions, "also search parts of each frame, and report the box");
  line.values("--asset-threshold", m_threshold_words, "the threshold of one asset; repeatable")
      .value_name("TAG=COSINE");
  line.only_with(m_ledger.declare(line).prune, {files});
  const DeclaredOption makes_assets = m_detections.declare(line);
  line.flag("--calibrate", m_calibrate, "write nothing; print the scores and the threshold that they suggest")
      .excludes(makes_assets);
  // main() hands a line with --list to a program that starts without FFmpeg; here it is for the help.
  line.flag("--list", m_list,
            "print the appearances in the database and examine nothing; see vidcv appear --list --help");
  for (const Key key : k_match_settings) {
    const DeclaredOption option = declare_setting(line, key);
    if (key == Key::quality_gate_threshold) { line.only_with(option, {makes_assets}); }
  }
  for (const Key key : k_embed_settings) { declare_setting(line, key); }
}

/// The words of options that may be given again, before anything is opened.
void AppearCommand::read_words()
{
  m_scenes.read_words();
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
  const fs::path crops = m_detections.crops(m_database_file);
  std::optional<LazyEncoder> encoder = make_encoder();
  const double busy_timeout_s = config().number(Key::busy_timeout);
  if (!m_detections.makes_assets()) { m_scenes.require_assets(m_database_file, busy_timeout_s); }
  m_database = std::make_unique<Database>(m_database_file, OpenMode::existing, busy_timeout_s);
  prepare_database(*m_database);
  std::vector<ProjectClips> found = m_scenes.find(*m_database, report, m_ledger.no_inputs());
  const std::int64_t model_id = encoder ? ensure_model(*m_database, *encoder) : 0;
  LazyEncoder* const model = encoder ? &*encoder : nullptr;
  MissingVectors missing({.database = *m_database,
                          .config = config(),
                          .ledger = m_ledger,
                          .encoder = model,
                          .model_id = model_id,
                          .options = options(),
                          .folders = m_scenes.folders(),
                          .base = m_scenes.base(*m_database)},
                         report);
  const std::set<std::string> manifests = embed(found, missing);
  const MatchSettings settings = match_settings(model, model_id);
  make_plates(model, model_id, report);
  if (m_calibrate) { return calibrate(found, settings, report); }
  if (m_detections.makes_assets()) {
    for (const std::string& manifest_id : manifests) {
      const int made = register_new_assets(*m_database, manifest_id, found, settings, config(), crops, report);
      if (made > 0) { missing.embed_assets(manifest_id); }
    }
  }
  warn_of_unknown_tags(found, report);
  report.columns({"path", "tag", "from_sec", "to_sec", "frames", "confidence", "distinctness"});
  for (const ProjectClips& part : found) { match(part, settings, report); }
}

/// Files that are read become scenes of their projects.
/// @returns the manifests of the projects, which may share one
std::set<std::string> AppearCommand::embed(std::vector<ProjectClips>& found, MissingVectors& missing)
{
  const std::vector<fs::path> files = files_of(found);
  std::set<std::string> manifests;
  for (ProjectClips& part : found) {
    missing.embed_clips(part);
    add_scenes(*m_database, part);
    if (manifests.insert(part.project.manifest_id).second) { missing.embed_assets(part.project.manifest_id); }
  }
  missing.embed_detections(m_detections, files, faces_of(*m_database, found));
  return manifests;
}

/// Without a model only the findings of detectors are matched.
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

MatchSettings AppearCommand::match_settings(const LazyEncoder* encoder, std::int64_t model_id) const
{
  const ModelDescription model = encoder == nullptr ? ModelDescription() : encoder->model();
  MatchSettings settings{.model = model,
                         .model_id = model_id,
                         .threshold = match_threshold(config(), model),
                         .least_margin = config().number(Key::clip_margin_threshold),
                         .least_distinctness = config().number(Key::clip_distinctness_threshold),
                         .face_threshold = config().number(Key::face_match_threshold),
                         .detection_threshold = config().number(Key::detection_confidence_threshold),
                         .assets = config().thresholds().assets,
                         .regions = m_regions ? Regions::yes : Regions::no};
  for (const auto& [tag, threshold] : m_asset_thresholds) { settings.assets[tag].clip = threshold; }
  return settings;
}

/// Without plates only the project's other clips show how alike unlike things are.
void AppearCommand::make_plates(LazyEncoder* encoder, std::int64_t model_id, Report& report)
{
  if (encoder == nullptr) { return; }
  try {
    ensure_plates(*m_database, *encoder, model_id);
  } catch (const ModelError& error) {
    report.warning(
        fmt::format("distinctness is measured without vidcv's own pictures, as the model cannot be opened: {}",
                    one_line(error.what())));
  }
}

/// A threshold of an unknown asset is probably a typing error.
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

void AppearCommand::match(const ProjectClips& part, const MatchSettings& settings, Report& report)
{
  AppearanceFinder finder(*m_database, part.project.manifest_id, settings);
  finder.take_impostors(m_scenes.all_clips(*m_database, part));
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
    report.totals().times.store_s += watch.seconds();
  }
}

}  // namespace vidcv
