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

Vectors asset_vectors(const std::vector<AssetRecord>& assets, const MatchSettings& settings)
{
  Vectors vectors;
  for (const AssetRecord& asset : assets) {
    const bool usable = !asset.blank && origin_of(asset, settings.model, settings.model_id) == VectorOrigin::ours;
    vectors.emplace_back(usable ? asset.embedding : std::span<const float>());
  }
  return vectors;
}

SeenAsset seen_asset(const Match& match, const SceneRecord& scene, const AssetRecord& asset, const FrameRecord& frame,
                     std::int64_t model_id)
{
  SeenAsset seen;
  seen.tag = asset.tag;
  seen.frame_number = frame.frame_number;
  AppearanceRecord& row = seen.row;
  row.id = derived_id(
      fmt::format("{}/{}/{}/{}/{}", scene.project_id, scene.scene_index, asset.id, frame.frame_number, k_clip_match));
  row.asset_id = asset.id;
  row.project_id = scene.project_id;
  row.scene_index = scene.scene_index;
  row.frame_index = static_cast<int>(match.frame);
  row.timestamp_s = frame.timestamp_s;
  row.confidence = match.score;
  row.source = k_clip_match;
  row.frame_id = frame.id;
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

std::optional<double> score_of(const SceneResult& result, const Vectors& frames)
{
  const std::vector<std::string>& expected = result.clip.scene.expected_tags;
  const auto seen = std::ranges::count_if(expected, [&](const std::string& tag) {
    return std::ranges::any_of(result.intervals, [&](const TagInterval& run) { return run.tag == tag; });
  });
  return continuity_score(expected.size(), static_cast<std::size_t>(seen), steadiness(frames));
}

}  // namespace

std::optional<SceneResult> find_appearances(Database& database, const SceneClip& clip,
                                            const std::vector<AssetRecord>& assets, const MatchSettings& settings)
{
  const auto media = find_media(database, stored_path(clip.file));
  if (!media) { return std::nullopt; }
  SceneResult result;
  result.clip = clip;
  result.frames = frames_of(database, media->id, settings.model_id);
  if (result.frames.empty() || media->status != "done") { return std::nullopt; }

  const Vectors frames = frame_vectors(result.frames);
  const std::vector<Match> matches = match_frames(frames, asset_vectors(assets, settings), settings.threshold);
  std::vector<AppearanceRecord> rows;
  for (const Match& match : matches) {
    result.seen.push_back(
        seen_asset(match, clip.scene, assets[match.asset], result.frames[match.frame], settings.model_id));
    rows.push_back(result.seen.back().row);
  }
  std::vector<double> times_s;
  for (const FrameRecord& frame : result.frames) { times_s.push_back(frame.timestamp_s); }
  for (std::size_t asset = 0; asset < assets.size(); ++asset) {
    for (TagInterval& run : runs_of(asset, assets[asset].tag, matches, times_s)) {
      result.intervals.push_back(std::move(run));
    }
  }
  result.continuity_score = score_of(result, frames);
  save_scene(database, clip.scene.project_id, clip.scene.scene_index, k_clip_match, rows,
             analysis_json(result, settings), result.continuity_score);
  return result;
}

}  // namespace vidcv
