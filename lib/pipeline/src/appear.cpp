#include <vidcv/pipeline/appear.hpp>

#include <vidcv/core/identity.hpp>
#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace vidcv {
namespace {

using Vectors = std::vector<std::span<const float>>;

Vectors frame_vectors(const std::vector<FrameRecord>& frames)
{
  Vectors vectors;
  for (const FrameRecord& frame : frames) {
    vectors.emplace_back(frame.blank ? std::span<const float>() : frame.embedding);
  }
  return vectors;
}

/// What a vector of a frame shows: all of it, or a region.
struct View {
  std::optional<Box> box;
};

/// The vectors of each frame that is not blank: of the whole, then of its regions.
std::vector<OwnedVector> views_of(const std::vector<FrameRecord>& frames, std::vector<View>& shown)
{
  std::vector<OwnedVector> views;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].blank) { continue; }
    views.push_back({i, frames[i].embedding});
    shown.push_back({});
    for (const RegionRecord& region : frames[i].regions) {
      views.push_back({i, region.embedding});
      shown.push_back({region.box});
    }
  }
  return views;
}

SeenAsset seen_asset(const Match& match, const SceneRecord& scene, const AssetRecord& asset, const FrameRecord& frame,
                     const View& view, std::int64_t model_id)
{
  SeenAsset seen;
  seen.tag = asset.tag;
  AppearanceRecord& row = seen.row;
  row.id = derived_id(
      fmt::format("{}/{}/{}/{}/{}", scene.project_id, scene.scene_index, asset.id, frame.frame_number, k_clip_match));
  row.asset_id = asset.id;
  row.project_id = scene.project_id;
  row.scene_index = scene.scene_index;
  row.frame_index = static_cast<int>(match.frame);
  row.timestamp_s = frame.timestamp_s;
  if (view.box) { row.bbox = fmt::format("[{}, {}, {}, {}]", view.box->x1, view.box->y1, view.box->x2, view.box->y2); }
  row.confidence = match.score;
  row.source = k_clip_match;
  row.frame_id = frame.id;
  row.frame_number = frame.frame_number;
  row.model_id = model_id;
  row.margin = match.margin;
  return seen;
}

/// The runs in which one asset is seen, with the best score of each.
std::vector<TagInterval> runs_of(std::size_t asset, const std::string& tag, const std::vector<Match>& matches,
                                 const std::vector<double>& times_s)
{
  std::vector<bool> seen(times_s.size());
  for (const Match& match : matches) {
    if (match.asset == asset) { seen[match.frame] = true; }
  }
  std::vector<TagInterval> runs;
  for (const Interval& interval : intervals_of(times_s, seen)) {
    TagInterval run{tag, interval, 0, -1};
    for (const Match& match : matches) {
      if (match.asset != asset || match.frame < interval.first || match.frame > interval.last) { continue; }
      ++run.frames;
      run.confidence = std::max(run.confidence, match.score);
    }
    runs.push_back(run);
  }
  return runs;
}

/// Of the frames that are not blank; nothing where none has one.
std::optional<double> mean_quality(const std::vector<FrameRecord>& frames)
{
  double sum = 0;
  int count = 0;
  for (const FrameRecord& frame : frames) {
    if (frame.blank || !frame.quality) { continue; }
    sum += *frame.quality;
    ++count;
  }
  return count == 0 ? std::nullopt : std::optional<double>(sum / count);
}

std::optional<double> score_of(const SceneResult& result, const Vectors& frames)
{
  const std::vector<std::string>& expected = result.clip.scene.expected_tags;
  const auto seen = std::ranges::count_if(expected, [&](const std::string& tag) {
    return std::ranges::any_of(result.intervals, [&](const TagInterval& run) { return run.tag == tag; });
  });
  return continuity_score(expected.size(), static_cast<std::size_t>(seen),
                          visual_quality(mean_quality(result.frames), steadiness(frames)));
}

}  // namespace

AppearanceFinder::AppearanceFinder(Database& database, const std::string& manifest_id, const MatchSettings& settings)
    : m_database(database),
      m_settings(settings),
      m_assets(assets_of(database, manifest_id)),
      m_pictures(pictures_of(database, manifest_id, settings.model_id))
{
  std::vector<OwnedVector> vectors;
  std::map<std::string, std::size_t> place_of;
  for (std::size_t i = 0; i < m_assets.size(); ++i) {
    const AssetRecord& asset = m_assets[i];
    place_of.emplace(asset.id, i);
    const auto own = settings.asset_thresholds.find(asset.tag);
    m_rule.thresholds.push_back(own == settings.asset_thresholds.end() ? settings.threshold : own->second);
    const bool usable = !asset.blank && origin_of(asset, settings.model, settings.model_id) == VectorOrigin::ours;
    if (usable) { vectors.push_back({i, asset.embedding}); }
  }
  for (const AssetPicture& picture : m_pictures) {
    if (!picture.blank) { vectors.push_back({place_of.at(picture.asset_id), picture.embedding}); }
  }
  m_rule.least_margin = settings.least_margin;
  m_matcher = std::make_unique<AssetMatcher>(static_cast<std::size_t>(settings.model.dim), vectors, m_assets.size());
}

std::optional<SceneResult> AppearanceFinder::find(const SceneClip& clip)
{
  const auto media = find_media(m_database, stored_path(clip.file));
  if (!media) { return std::nullopt; }
  SceneResult result;
  result.clip = clip;
  result.frames = frames_of(m_database, media->id, m_settings.model_id, m_settings.regions);
  if (result.frames.empty() || media->status != "done") { return std::nullopt; }

  std::vector<View> shown;
  const std::vector<Match> matches = m_matcher->match(views_of(result.frames, shown), m_rule);
  std::vector<AppearanceRecord> rows;
  for (const Match& match : matches) {
    result.seen.push_back(seen_asset(match, clip.scene, m_assets[match.asset], result.frames[match.frame],
                                     shown[match.view], m_settings.model_id));
    rows.push_back(result.seen.back().row);
  }
  std::vector<double> times_s;
  for (const FrameRecord& frame : result.frames) { times_s.push_back(frame.timestamp_s); }
  for (std::size_t asset = 0; asset < m_assets.size(); ++asset) {
    for (TagInterval& run : runs_of(asset, m_assets[asset].tag, matches, times_s)) {
      result.intervals.push_back(std::move(run));
    }
  }
  result.continuity_score = score_of(result, frame_vectors(result.frames));
  save_scene(m_database, clip.scene.project_id, clip.scene.scene_index, k_clip_match, rows,
             analysis_json(result, m_settings), result.continuity_score);
  return result;
}

}  // namespace vidcv
