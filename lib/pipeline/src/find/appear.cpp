#include <vidcv/pipeline/appear.hpp>

#include "find/detection_matcher.hpp"
#include "find/plates.hpp"

#include <vidcv/core/identity.hpp>
#include <vidcv/matching/distinctness.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/impostors.hpp>
#include <vidcv/store/plate_records.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>

namespace vidcv {
namespace {

using Vectors = std::vector<std::span<const float>>;

constexpr std::size_t k_most_impostors = 512;  // clips
constexpr double k_any_distinctness = -1;
constexpr double k_any_margin = -2;

Vectors frame_vectors(const std::vector<FrameRecord>& frames)
{
  Vectors vectors;
  for (const FrameRecord& frame : frames) {
    vectors.emplace_back(frame.blank ? std::span<const float>() : frame.embedding);
  }
  return vectors;
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

std::optional<double> score_of(const SceneResult& result)
{
  const std::vector<std::string>& expected = result.clip.scene.expected_tags;
  const auto seen = std::ranges::count_if(expected, [&](const std::string& tag) {
    return std::ranges::any_of(result.intervals, [&](const TagInterval& run) { return run.tag == tag; });
  });
  return continuity_score(expected.size(), static_cast<std::size_t>(seen),
                          visual_quality(mean_quality(result.frames), steadiness(frame_vectors(result.frames))));
}

/// Ids are derived, so that a second run leaves the very same rows.
SeenAsset seen_asset(const Sighting& sighting, const SceneFrame& frame, const SceneRecord& scene,
                     const AssetRecord& asset)
{
  SeenAsset seen;
  seen.tag = asset.tag;
  AppearanceRecord& row = seen.row;
  row.source = sighting.source;
  row.id = derived_id(
      fmt::format("{}/{}/{}/{}/{}", scene.project_id, scene.scene_index, asset.id, frame.number, row.source));
  row.asset_id = asset.id;
  row.project_id = scene.project_id;
  row.scene_index = scene.scene_index;
  row.frame_index = frame.index;
  row.timestamp_s = frame.time_s;
  seen.box = sighting.box;
  if (sighting.box) { row.bbox = box_text(*sighting.box); }
  row.confidence = sighting.confidence;
  row.frame_id = frame.id;
  row.frame_number = frame.number;
  row.model_id = sighting.model_id;
  row.margin = sighting.margin;
  row.distinctness = sighting.distinctness;
  return seen;
}

}  // namespace

std::string box_text(const Box& box)
{
  return fmt::format("[{}, {}, {}, {}]", box.x1, box.y1, box.x2, box.y2);
}

std::optional<Box> box_of_text(const std::string& text)
{
  const auto value = nlohmann::json::parse(text, nullptr, false);
  constexpr double k_most = 1e6;
  const auto is_pixel = [](const auto& x) { return x.is_number() && std::abs(x.template get<double>()) <= k_most; };
  const bool is_box = value.is_array() && value.size() == 4 && std::ranges::all_of(value, is_pixel);
  if (!is_box) { return std::nullopt; }
  return Box{value[0].get<int>(), value[1].get<int>(), value[2].get<int>(), value[3].get<int>()};
}

double MatchSettings::threshold_of(const std::string& tag, std::optional<double> SourceThresholds::* source,
                                   double usual) const
{
  const auto own = assets.find(tag);
  return own == assets.end() ? usual : (own->second.*source).value_or(usual);
}

AppearanceFinder::AppearanceFinder(Database& database, const std::string& manifest_id, const MatchSettings& settings)
    : m_database(database), m_settings(settings)
{
  AssetsWithPictures known = assets_with_pictures(database, manifest_id, settings.model_id);
  m_assets = std::move(known.assets);
  m_pictures = std::move(known.pictures);
  m_detections = std::make_unique<DetectionMatcher>(m_assets, m_settings);
  std::vector<OwnedVector> vectors;
  std::map<std::string, std::size_t> place_of;
  for (std::size_t i = 0; i < m_assets.size(); ++i) {
    const AssetRecord& asset = m_assets[i];
    place_of.emplace(asset.id, i);
    m_thresholds.push_back(settings.threshold_of(asset.tag, &SourceThresholds::clip, settings.threshold));
    const PictureVector own = picture_vector(asset, settings.model, settings.model_id);
    m_is_comparable.push_back(!own.vector.empty());
    if (!own.blank && !own.vector.empty()) { vectors.push_back({i, own.vector}); }
  }
  for (const AssetPicture& picture : m_pictures) {
    if (picture.embedding.empty()) { continue; }
    const std::size_t place = place_of.at(picture.asset_id);
    m_is_comparable[place] = true;
    if (!picture.blank) { vectors.push_back({place, picture.embedding}); }
  }
  m_rule.least_margin = settings.all_scores ? k_any_margin : settings.least_margin;
  m_matcher = std::make_unique<AssetMatcher>(static_cast<std::size_t>(settings.model.dim), vectors, m_assets.size());
  const bool has_model = settings.model_id != 0;
  m_impostors = std::make_unique<Impostors>(
      *m_matcher, has_model ? plates_of(database, settings.model_id, k_plates) : std::vector<Embedding>());
  raise_thresholds();
}

AppearanceFinder::~AppearanceFinder() = default;

void AppearanceFinder::take_impostors(const std::vector<SceneClip>& clips)
{
  if (m_settings.model_id == 0) { return; }
  const std::size_t step = (clips.size() + k_most_impostors - 1) / k_most_impostors;
  std::set<std::string> known;
  for (std::size_t i = 0; i < clips.size(); i += step) {
    const std::string path = stored_path(clips[i].file);
    if (!known.insert(path).second) { continue; }
    try {
      const auto media = find_media(m_database, path);
      if (!media || media->status != "done") { continue; }
      const auto frames = frames_of(m_database, media->id, m_settings.model_id, m_settings.regions);
      m_impostors->add_clip(SceneMatches(frames, {}).views());
    } catch (const InputError&) {  // a damaged vector, reported when the scene is examined
      continue;
    }
  }
  raise_thresholds();
}

void AppearanceFinder::raise_thresholds()
{
  m_levels = m_impostors->levels(m_thresholds);
  m_rule.thresholds = m_thresholds;
  if (m_settings.all_scores) {
    std::ranges::fill(m_rule.thresholds, -1);
    return;
  }
  for (std::size_t i = 0; i < m_levels.size(); ++i) {
    if (!m_levels[i] || m_settings.least_distinctness <= k_any_distinctness) { continue; }
    m_rule.thresholds[i] = std::max(m_thresholds[i], score_at(m_settings.least_distinctness, *m_levels[i]));
  }
}

void AppearanceFinder::match_pictures(SceneMatches& scene) const
{
  for (const Match& match : m_matcher->match(scene.views(), m_rule)) {
    const std::optional<double>& level = m_levels[match.asset];
    scene.add({.frame = match.frame,
               .asset = match.asset,
               .source = k_clip_match,
               .confidence = match.score,
               .margin = match.margin,
               .distinctness = level ? std::optional(distinctness(match.score, *level)) : std::nullopt,
               .box = scene.box_of(match.view),
               .model_id = m_settings.model_id});
  }
}

/// What other models found, in the same file, stays. Without a model it goes on to count for this run.
void AppearanceFinder::keep_findings(SceneMatches& scene, SceneResult& result) const
{
  const SceneRecord& record = result.clip.scene;
  for (AppearanceRecord& row : findings_of(m_database, record.project_id, record.scene_index, result.content_hash)) {
    const auto found = std::ranges::find(m_assets, row.asset_id, &AssetRecord::id);
    if (found == m_assets.end()) { continue; }
    const auto asset = static_cast<std::size_t>(found - m_assets.begin());
    if (row.model_id == m_settings.model_id && m_is_comparable[asset]) { continue; }  // was searched again
    const auto frame = m_settings.model_id == 0 ? scene.find_frame(row.frame_number) : std::nullopt;
    if (frame) {
      scene.add_kept({.frame = *frame,
                      .asset = asset,
                      .source = k_clip_match,
                      .confidence = row.confidence,
                      .margin = row.margin,
                      .distinctness = row.distinctness,
                      .box = box_of_text(row.bbox),
                      .model_id = row.model_id});
    } else {
      result.kept.push_back(std::move(row));
    }
  }
}

/// Per detection, whether what is in its box looks like an asset: by its vector, or without a model by what was kept.
std::vector<bool> AppearanceFinder::known_by_vector(const SceneMatches& scene, const SceneResult& result) const
{
  std::vector<OwnedVector> crops;
  for (std::size_t i = 0; i < result.detections.size(); ++i) { crops.push_back({i, result.detections[i].embedding}); }
  std::vector<bool> known(crops.size());
  for (const Match& match : m_matcher->match(crops, m_rule)) { known[match.frame] = true; }
  if (m_settings.model_id != 0) { return known; }
  for (const Sighting& kept : scene.sightings()) {
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (kept.frame == scene.frame_of(i) && kept.box == result.detections[i].box) { known[i] = true; }
    }
  }
  return known;
}

std::optional<SceneResult> AppearanceFinder::examine(const SceneClip& clip)
{
  const ReadTransaction one_moment(m_database);
  const auto media = find_media(m_database, stored_path(clip.file));
  if (!media) { return std::nullopt; }
  SceneResult result;
  result.clip = clip;
  result.content_hash = media->content_hash;
  result.frames = frames_of(m_database, media->id, m_settings.model_id, m_settings.regions);
  if (result.frames.empty() || media->status != "done") { return std::nullopt; }
  result.detections = detections_of(m_database, media->id, m_settings.model_id);

  SceneMatches scene(result.frames, result.detections);
  if (m_settings.model_id != 0) { match_pictures(scene); }
  keep_findings(scene, result);
  m_detections->match(scene, result, known_by_vector(scene, result));
  for (const Sighting& sighting : scene.sightings()) {
    result.seen.push_back(seen_asset(sighting, scene.frames()[sighting.frame], clip.scene, m_assets[sighting.asset]));
  }
  for (std::size_t asset = 0; asset < m_assets.size(); ++asset) {
    std::ranges::move(scene.intervals(asset, m_assets[asset].tag), std::back_inserter(result.intervals));
  }
  result.continuity_score = score_of(result);
  return result;
}

void AppearanceFinder::save(const SceneResult& result)
{
  SceneScope scope{.project_id = result.clip.scene.project_id,
                   .scene_index = result.clip.scene.scene_index,
                   .sources = {k_clip_match, k_face_match, k_yolo},
                   .model_id = m_settings.model_id,
                   .content_hash = result.content_hash};
  std::vector<AppearanceRecord> rows;
  std::set<std::string> ids;
  for (const SeenAsset& seen : result.seen) {
    rows.push_back(seen.row);
    ids.insert(seen.row.id);
  }
  for (const AppearanceRecord& row : result.kept) {
    if (row.model_id == m_settings.model_id) { scope.kept_findings.insert(row.id); }
    if (ids.insert(row.id).second) { rows.push_back(row); }
  }
  save_scene(m_database, scope, rows, analysis_json(result, m_settings), result.continuity_score);
}

std::optional<SceneResult> AppearanceFinder::find(const SceneClip& clip)
{
  auto result = examine(clip);
  if (result) { save(*result); }
  return result;
}

}  // namespace vidcv
