#include "appear_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>
#include <vidcv/store/timeline.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <limits>
#include <set>

namespace vidcv {
namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
namespace {

/// A box as the database has it; what is no JSON there is left as the text it is.
json box_json(const std::string& bbox)
{
  if (bbox.empty()) { return nullptr; }
  json value = json::parse(bbox, nullptr, false);
  return value.is_discarded() ? json(bbox) : value;
}

json listed_json(const TimelineRow& row)
{
  return {{"type", "appearance"},
          {"asset_id", row.asset_id},
          {"tag", row.tag},
          {"project_id", row.project_id},
          {"scene_index", row.scene_index},
          {"path", row.clip.empty() ? json(nullptr) : json(row.clip)},
          {"frame_index", row.frame_index},
          {"frame_number", or_null(row.frame_number)},
          {"timestamp_sec", or_null(row.timestamp_s)},
          {"bbox", box_json(row.bbox)},
          {"confidence", row.confidence},
          {"margin", or_null(row.margin)},
          {"source", row.source}};
}

std::string seconds_text(const std::optional<double>& time_s)
{
  return time_s ? fmt::format("{:.3f}", *time_s) : "-";
}

json appearance_json(const SeenAsset& seen)
{
  const AppearanceRecord& row = seen.row;
  return {{"type", "appearance"},
          {"asset_id", row.asset_id},
          {"tag", seen.tag},
          {"project_id", row.project_id},
          {"scene_index", row.scene_index},
          {"frame_index", row.frame_index},
          {"frame_number", row.frame_number},
          {"timestamp_sec", row.timestamp_s},
          {"bbox", box_json(row.bbox)},
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

void AppearCommand::declare(CommandLine& line)
{
  line.describe(
      "Say which known asset is seen in which clip, when and how surely, and write it to the database. Clips and\n"
      "assets that have no vector yet are embedded first. Without PATH all scenes of the database's projects are\n"
      "looked at; with PATH those files are, as scenes of a project of their own.",
      "Example:\n  vidcv asset add --db film.db CAR car.jpg\n  vidcv appear --db film.db --model model.pt clips/\n"
      "  vidcv appear --db film.db --list --asset CAR --csv");
  m_inputs.declare(line, "path", "videos and pictures");
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
  const auto regions =
      line.flag("--regions", m_regions, "look for the assets in parts of each frame as well, and say where");
  const auto own = line.values("--asset-threshold", m_threshold_words, "the threshold of one asset; may be given again")
                       .value_name("TAG=COSINE");
  const auto list = line.flag("--list", m_list, "look at nothing: print the appearances that the database has")
                        .excludes(regions)
                        .excludes(own);
  line.value("--asset", m_tag, "with --list: of this asset alone").value_name("TAG").not_empty().needs(list);
  declare_setting(line, Key::clip_similarity_threshold);
  declare_setting(line, Key::clip_margin_threshold);
  for (const Key key : k_embed_settings) { declare_setting(line, key); }
}

/// The words of options that may be given again, before anything is opened.
void AppearCommand::read_words()
{
  for (const std::string& word : m_scene_words) {
    const auto index = parse_integer(word);
    if (!index || *index < 0 || *index > std::numeric_limits<int>::max()) {
      throw UsageError("--scene", word, "is no index of a scene");
    }
    m_scenes.push_back(static_cast<int>(*index));
  }
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
  if (m_list) { return list(report); }
  LazyEncoder encoder(model_file(config()), encoder_options(config()));
  m_database = std::make_unique<Database>(m_database_file, OpenMode::existing, config().number(Key::busy_timeout));
  prepare_database(*m_database);
  m_model_id = ensure_model(*m_database, encoder);
  std::vector<ProjectClips> found = find_clips(report);
  const bool has_assets = std::ranges::any_of(
      found, [&](const ProjectClips& part) { return !assets_of(*m_database, part.project.manifest_id).empty(); });
  if (!has_assets) {
    throw Error(m_database_file, "", "nothing to look for, no project has assets: vidcv asset add --db DB TAG IMAGE");
  }
  std::set<std::string> manifests;  // projects may share one
  for (ProjectClips& part : found) {
    if (manifests.insert(part.project.manifest_id).second) { fill_assets(part.project, encoder, report); }
    embed_missing(part, encoder, report);
    add_scenes(*m_database, part);
  }
  const MatchSettings settings = match_settings(encoder);
  warn_of_unknown_tags(found, report);
  report.columns({"path", "tag", "from_sec", "to_sec", "frames", "confidence"});
  for (const ProjectClips& part : found) { match(part, settings, report); }
}

void AppearCommand::list(Report& report)
{
  if (!m_inputs.empty()) {
    throw UsageError("--list", "", "goes without files: --project, --scene and --asset choose");
  }
  for (const Key key : {Key::clip_similarity_threshold, Key::clip_margin_threshold}) {
    const std::string_view option = setting(key).option;
    if (config().origin(key) == option) {
      throw UsageError(option, "", "goes without --list, which prints what is there");
    }
  }
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  TimelineFilter filter;
  filter.scenes = m_scenes;
  if (!m_tag.empty()) { filter.tag = m_tag; }
  if (!m_project.empty()) { filter.project_id = chosen_projects(database, m_project).front().id; }
  if (!m_project_name.empty()) { filter.project_id = existing_project(database, "", m_project_name).id; }
  report.columns({"tag", "scene", "clip", "timestamp_sec", "frame_index", "bbox", "confidence", "margin", "source"});
  read_timeline(database, filter, [&](const TimelineRow& row) {
    ++report.totals().done;
    if (report.json()) { return report.object(listed_json(row)); }
    report.row({row.tag, fmt::format("{}", row.scene_index), row.clip.empty() ? "-" : row.clip,
                seconds_text(row.timestamp_s), fmt::format("{}", row.frame_index), row.bbox.empty() ? "-" : row.bbox,
                fmt::format("{:.3f}", row.confidence), seconds_text(row.margin), row.source});
  });
  if (report.totals().done == 0) { report.warning("the database has no such appearances"); }
}

MatchSettings AppearCommand::match_settings(const LazyEncoder& encoder) const
{
  return {.model = encoder.model(),
          .model_id = m_model_id,
          .threshold = match_threshold(config(), encoder.model()),
          .least_margin = config().number(Key::clip_margin_threshold),
          .asset_thresholds = m_asset_thresholds,
          .regions = m_regions ? Regions::yes : Regions::no};
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

SampleOptions AppearCommand::sampling() const
{
  SampleOptions options = sample_options(config());
  options.regions = m_regions;
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
  const std::vector<fs::path> files = m_inputs.collect(std::cin, report);
  if (!m_project.empty()) {
    return {clips_among(*m_database, {m_project, m_scenes, base_folder(*m_database, m_root)}, files, failed)};
  }
  if (!m_scenes.empty()) { throw UsageError("--scene", "", "goes with --project, or without files"); }
  const std::string name = m_project_name.empty() ? k_folder_project : m_project_name;
  return {{ensure_folder_project(*m_database, name), {}, files}};
}

void AppearCommand::fill_assets(const ProjectRecord& project, LazyEncoder& encoder, Report& report)
{
  const Stopwatch watch;
  const AssetEvents events{[](const AssetRecord&) {},
                           [&](const AssetRecord&, const InputError& error) { report.failure(error); },
                           [] { return stop_signal() != 0; }};
  const AssetJob job{.manifest_id = project.manifest_id,
                     .model_id = m_model_id,
                     .decode = decode_options(config()),
                     .base = base_folder(*m_database, m_root)};
  fill_asset_vectors(*m_database, job, encoder, events);
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

void AppearCommand::embed_missing(const ProjectClips& part, LazyEncoder& encoder, Report& report)
{
  const SampleOptions options = sampling();
  std::vector<fs::path> files = part.new_files;
  for (const SceneClip& clip : part.clips) { files.push_back(clip.file); }
  const std::vector<fs::path> todo = missing_files(*m_database, each_once(files), options, m_model_id);
  report.expect(static_cast<std::int64_t>(todo.size()));
  EmbedEvents events;
  events.stopping = [] { return stop_signal() != 0; };
  events.done = [&](const EmbeddedClip& clip) {
    report.totals().decode_s += clip.decode_s;
    report.advance();
  };
  events.failed = [&](const fs::path&, const InputError& error) {
    report.failure(error);
    report.advance();
  };
  const EmbedTimes times = embed_into(*m_database, todo, options, encoder, m_model_id, events);
  report.totals().encode_s += times.encode_s;
  report.totals().store_s += times.store_s;
}

void AppearCommand::match(const ProjectClips& part, const MatchSettings& settings, Report& report)
{
  AppearanceFinder finder(*m_database, part.project.manifest_id, settings);
  for (const SceneClip& clip : part.clips) {
    if (stop_signal() != 0) { return; }
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
