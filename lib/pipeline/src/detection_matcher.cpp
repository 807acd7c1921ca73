#include "detection_matcher.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/new_assets.hpp>

namespace vidcv {

DetectionMatcher::DetectionMatcher(const std::vector<AssetRecord>& assets, const MatchSettings& settings)
    : m_assets(assets), m_settings(settings)
{
  for (std::size_t i = 0; i < assets.size(); ++i) { m_faces.add(i, assets[i].face); }
}

void DetectionMatcher::match(SceneLook& scene, SceneResult& result, const std::vector<bool>& looks_known) const
{
  const std::string path = stored_path(result.clip.file);
  for (std::size_t i = 0; i < result.detections.size(); ++i) {
    const DetectionRecord& detection = result.detections[i];
    const std::size_t frame = scene.frame_of(i);
    const std::vector<std::size_t> of_its_class = of_class(detection, path);
    for (const std::size_t asset : of_its_class) {
      const auto margin = of_its_class.size() > 1 ? std::optional(0.0) : std::nullopt;  // it may be any of them
      scene.add({frame, asset, k_yolo, detection.confidence, margin, detection.box});
    }
    const auto face = of_face(detection);
    if (face) { scene.add({frame, face->asset, k_face_match, face->score, face->margin, detection.box}); }
    if (!face && of_its_class.empty() && !looks_known[i]) { result.unmatched.push_back(i); }
  }
}

/// The class that a detector gave tells a registered asset from no other thing of that class: only the very detection
/// that it was made from is one by class.
std::vector<std::size_t> DetectionMatcher::of_class(const DetectionRecord& detection, const std::string& path) const
{
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < m_assets.size(); ++i) {
    const AssetRecord& asset = m_assets[i];
    const bool same_class = asset.registered
                                ? asset.id == new_asset_id(asset.manifest_id, path, detection)
                                : !asset.detection_class.empty() && same_word(asset.detection_class, detection.label);
    const double least =
        m_settings.threshold_of(asset.tag, &SourceThresholds::detection, m_settings.detection_threshold);
    if (same_class && detection.confidence >= least) { found.push_back(i); }
  }
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
