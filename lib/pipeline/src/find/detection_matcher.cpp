#include "find/detection_matcher.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/new_assets.hpp>

#include <algorithm>

namespace vidcv {
DetectionMatcher::DetectionMatcher(const std::vector<AssetRecord>& assets, const MatchSettings& settings)
    : m_assets(assets), m_settings(settings)
{
  for (std::size_t i = 0; i < assets.size(); ++i) {
    const AssetRecord& asset = assets[i];
    m_faces.add(i, asset.face);
    if (asset.registered) {
      m_made[asset.manifest_id].emplace(asset.id, i);
    } else if (!asset.detection_class.empty()) {
      m_by_class[lower_case(asset.detection_class)].push_back(i);
    }
  }
}

void DetectionMatcher::match(SceneMatches& scene, SceneResult& result, const std::vector<bool>& known_by_vector)
{
  const std::string path = stored_path(result.clip.file);
  for (std::size_t i = 0; i < result.detections.size(); ++i) {
    const DetectionRecord& detection = result.detections[i];
    const std::size_t frame = scene.frame_of(i);
    const std::vector<std::size_t> of_its_class = of_class(detection, path);
    for (const std::size_t asset : of_its_class) {
      const auto margin = of_its_class.size() > 1 ? std::optional(0.0) : std::nullopt;  // it may be any of them
      scene.add({.frame = frame,
                 .asset = asset,
                 .source = k_yolo,
                 .confidence = detection.confidence,
                 .margin = margin,
                 .box = detection.box});
    }
    const auto face = of_face(detection);
    if (face) {
      scene.add({.frame = frame,
                 .asset = face->asset,
                 .source = k_face_match,
                 .confidence = face->score,
                 .margin = face->margin,
                 .box = detection.box});
    }
    if (!face && of_its_class.empty() && !known_by_vector[i]) { result.unmatched.push_back(i); }
  }
}

/// A detector's class cannot single out a registered asset, so by class it matches only the detection that it was made
/// of.
std::vector<std::size_t> DetectionMatcher::of_class(const DetectionRecord& detection, const std::string& path)
{
  std::vector<std::size_t> found;
  if (const auto known = m_by_class.find(lower_case(detection.label)); known != m_by_class.end()) {
    found = known->second;
  }
  for (const auto& [manifest_id, assets] : m_made) {
    ++m_ids_made;
    const auto [first, last] = assets.equal_range(new_asset_id(manifest_id, path, detection));
    for (auto asset = first; asset != last; ++asset) { found.push_back(asset->second); }
  }
  std::erase_if(found, [&](std::size_t i) {
    return detection.confidence <
           m_settings.threshold_of(m_assets[i].tag, &SourceThresholds::detection, m_settings.detection_threshold);
  });
  std::ranges::sort(found);
  return found;
}

std::optional<FaceMatcher::Best> DetectionMatcher::of_face(const DetectionRecord& detection) const
{
  auto best = m_faces.best(detection.face);
  if (!best) { return std::nullopt; }
  const std::string& tag = m_assets[best->asset].tag;
  const double least = m_settings.threshold_of(tag, &SourceThresholds::face, m_settings.face_threshold);
  return best->score >= least ? best : std::nullopt;
}

}  // namespace vidcv
