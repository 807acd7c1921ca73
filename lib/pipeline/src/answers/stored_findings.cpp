#include <vidcv/pipeline/stored_findings.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/matching/continuity.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_job.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/store/ledger.hpp>
#include <vidcv/store/project_summaries.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

namespace vidcv {
namespace {

using SceneKey = std::pair<std::string, int>;

constexpr double k_latest_s = 1e7;  // four months: later times of other programs are invalid

/// What was decoded of a clip, as the ledger has it.
void read_decoded(StoredClip& clip)
{
  const auto decoded = nlohmann::json::parse(clip.media->decoded, nullptr, false);
  if (!decoded.is_object()) { return; }
  const auto number = [&](const char* name) {
    const auto found = decoded.find(name);
    return found != decoded.end() && found->is_number() ? found->get<double>() : 0;
  };
  clip.width = static_cast<int>(number("width"));
  clip.height = static_cast<int>(number("height"));
  clip.fps = number("fps");
  clip.duration_s = number("duration_sec");
}

class FindingsReader {
 public:
  FindingsReader(Database& database, const FindingsFilter& filter) : m_database(database), m_filter(filter) {}

  StoredFindings read()
  {
    const ReadTransaction one_snapshot(m_database);
    for (const ProjectRecord& project : chosen_projects(m_database, m_filter.project_id)) {
      add_project(project);
      if (!m_filter.project_id.empty()) { m_project_id = project.id; }
    }
    require_tags();
    if (!m_project_id) {
      for (MediaRecord& media : finished_files(m_database)) { clip_of(percent_unescaped(media.stamp.path)); }
    }
    read_rows();
    sort();
    return std::move(m_found);
  }

 private:
  void add_project(const ProjectRecord& project)
  {
    for (AssetRecord& asset : assets_of(m_database, project.manifest_id)) {
      const auto& tags = m_filter.tags;
      if (!tags.empty() && std::ranges::find(tags, asset.tag) == tags.end()) { continue; }
      if (m_assets.try_emplace(asset.id, m_found.assets.size()).second) { m_found.assets.push_back(std::move(asset)); }
    }
    std::map<int, std::optional<double>> scores;
    for (const SceneSummary& scene : scene_summaries(m_database, project.id)) {
      scores[scene.scene_index] = scene.continuity_score;
    }
    for (const SceneRecord& scene : scenes_of(m_database, project.id)) {
      const std::size_t clip =
          clip_of(scene.local_path.empty() ? std::filesystem::path() : m_filter.base / scene.local_path);
      m_found.clips[clip].scenes.push_back({project.id, scene.scene_index, scores[scene.scene_index]});
      m_scenes[{project.id, scene.scene_index}] = clip;
    }
  }

  void require_tags() const
  {
    for (const std::string& tag : m_filter.tags) {
      if (std::ranges::find(m_found.assets, tag, &AssetRecord::tag) != m_found.assets.end()) { continue; }
      throw Error(tag, "", "no asset has this tag: vidcv asset list --db DB shows those that exist");
    }
  }

  /// The clip of a file; one that has no file is shared by no two scenes.
  std::size_t clip_of(const std::filesystem::path& file)
  {
    const std::size_t next = m_found.clips.size();
    const std::string path = file.empty() ? std::string() : stored_path(file);
    if (!path.empty()) {
      const auto [known, is_new] = m_clips.try_emplace(path, next);
      if (!is_new) { return known->second; }
    }
    StoredClip clip{.file = file.empty() ? file : absolute_path(file), .media = {}, .frames = {}, .scenes = {}};
    if (!path.empty()) { clip.media = m_finder.find(path); }
    if (clip.media) {
      read_decoded(clip);
      clip.frames = frame_places_of(m_database, clip.media->id);
      std::vector<double> times_s;
      for (const FramePlace& frame : clip.frames) { times_s.push_back(frame.timestamp_s); }
      clip.longest_step_s = longest_step(times_s);
    }
    m_found.clips.push_back(std::move(clip));
    return next;
  }

  void read_rows()
  {
    TimelineFilter filter;
    filter.project_id = m_project_id;
    std::map<std::size_t, std::vector<TimelineRow>> rows;  // of one scene, by asset
    SceneKey scene;
    const auto end_scene = [&] {
      for (const auto& [asset, seen] : rows) { add_moments(scene, asset, seen); }
      rows.clear();
    };
    read_timeline(m_database, filter, [&](const TimelineRow& row) {
      const SceneKey key{row.project_id, row.scene_index};
      if (key != scene) { end_scene(); }
      scene = key;
      const auto asset = m_assets.find(row.asset_id);
      if (asset == m_assets.end()) {
        m_found.of_other_manifests += m_filter.tags.empty() ? 1 : 0;
        return;
      }
      rows[asset->second].push_back(row);
    });
    end_scene();
  }

  void add_moments(const SceneKey& scene, std::size_t asset, const std::vector<TimelineRow>& rows)
  {
    const auto [place, is_new] = m_scenes.try_emplace(scene, m_found.clips.size());
    if (is_new) {
      m_found.clips.push_back({.file = {}, .media = {}, .frames = {}, .scenes = {{scene.first, scene.second, {}}}});
    }
    const StoredClip& clip = m_found.clips[place->second];
    std::map<double, std::pair<bool, const TimelineRow*>> at;  // whether the asset is seen then, and the best row
    for (const FramePlace& frame : clip.frames) { at[frame.timestamp_s] = {}; }
    for (const TimelineRow& row : rows) {
      if (!row.timestamp_s || !(*row.timestamp_s >= 0 && *row.timestamp_s <= k_latest_s)) {
        ++m_found.untimed;
        continue;
      }
      if (m_filter.row) { m_filter.row(clip, placed(clip, row)); }
      auto& [is_seen, best] = at[time_of_frame(clip, *row.timestamp_s)];
      is_seen = true;
      if (best == nullptr || row.confidence > best->confidence) { best = &row; }
    }
    std::vector<double> times_s;
    std::vector<bool> seen;
    std::vector<const TimelineRow*> best;
    for (const auto& [time_s, frame] : at) {
      times_s.push_back(time_s);
      seen.push_back(frame.first);
      best.push_back(frame.second);
    }
    const double step_s = clip.frames.empty() ? longest_step(times_s) : clip.longest_step_s;
    for (const Interval& run : intervals_of(times_s, seen, step_s)) {
      const auto first = best.begin() + static_cast<std::ptrdiff_t>(run.first);
      const auto last = best.begin() + static_cast<std::ptrdiff_t>(run.last) + 1;
      const TimelineRow& clearest =
          **std::max_element(first, last, [](auto* a, auto* b) { return a->confidence < b->confidence; });
      m_found.moments.push_back(
          {asset, place->second, run.from_s, run.to_s, static_cast<int>(last - first), placed(clip, clearest)});
    }
  }

  /// The time of the stored frame that a row is about: other programs round theirs, so within half a frame.
  static double time_of_frame(const StoredClip& clip, double time_s)
  {
    const FramePlace* frame = frame_near(clip, time_s);
    return frame == nullptr ? time_s : frame->timestamp_s;
  }

  static const FramePlace* frame_near(const StoredClip& clip, double time_s)
  {
    const double most_s = clip.fps > 0 ? 0.5 / clip.fps : 0;
    const FramePlace* nearest = nullptr;
    const auto after = std::ranges::lower_bound(clip.frames, time_s, {}, &FramePlace::timestamp_s);
    const auto consider = [&](const FramePlace& frame) {
      const double away_s = std::abs(frame.timestamp_s - time_s);
      if (away_s <= most_s && (nearest == nullptr || away_s < std::abs(nearest->timestamp_s - time_s))) {
        nearest = &frame;
      }
    };
    if (after != clip.frames.end()) { consider(*after); }
    if (after != clip.frames.begin()) { consider(*std::prev(after)); }
    return nearest;
  }

  static TimelineRow placed(const StoredClip& clip, TimelineRow row)
  {
    if (!std::isfinite(row.confidence)) { row.confidence = 0; }
    if (const FramePlace* frame = frame_near(clip, *row.timestamp_s)) {
      row.timestamp_s = frame->timestamp_s;
      if (!row.frame_number) { row.frame_number = frame->number; }
    }
    return row;
  }

  /// Clips by path, those without a file last.
  void sort()
  {
    std::vector<std::size_t> order(m_found.clips.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) {
      const std::string& path = m_found.clips[i].file.native();
      return std::tuple(path.empty(), path, i);
    });
    std::vector<StoredClip> clips;
    std::vector<std::size_t> places(order.size());
    for (const std::size_t before : order) {
      places[before] = clips.size();
      clips.push_back(std::move(m_found.clips[before]));
    }
    m_found.clips = std::move(clips);
    for (StoredMoment& moment : m_found.moments) { moment.clip = places[moment.clip]; }
    std::ranges::sort(m_found.moments, {}, [](const StoredMoment& moment) {
      return std::tuple(moment.clip, moment.asset, moment.from_s, moment.to_s, moment.best.project_id,
                        moment.best.scene_index);
    });
    const auto is_same = [](const StoredMoment& a, const StoredMoment& b) {
      return a.clip == b.clip && a.asset == b.asset && a.from_s == b.from_s && a.to_s == b.to_s;
    };
    const auto repeated = std::ranges::unique(m_found.moments, is_same);
    m_found.moments.erase(repeated.begin(), repeated.end());
  }

  Database& m_database;
  const FindingsFilter& m_filter;
  MediaFinder m_finder{m_database};
  std::optional<std::string> m_project_id;  // where one is chosen
  StoredFindings m_found;
  std::map<std::string, std::size_t> m_assets;  // by id
  std::map<std::string, std::size_t> m_clips;   // by stored path
  std::map<SceneKey, std::size_t> m_scenes;
};

}  // namespace

std::optional<Box> shown_box(const std::string& bbox, const StoredClip& clip)
{
  const auto corners = nlohmann::json::parse(bbox, nullptr, false);
  const auto is_number = [](const auto& value) { return value.is_number(); };
  if (clip.width <= 0 || !corners.is_array() || corners.size() != 4 || !std::ranges::all_of(corners, is_number)) {
    return std::nullopt;
  }
  return pixel_box(corners.get<std::array<double, 4>>(), clip.width, clip.height);
}

StoredFindings stored_findings(Database& database, const FindingsFilter& filter)
{
  return FindingsReader(database, filter).read();
}

}  // namespace vidcv
