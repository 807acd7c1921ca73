#pragma once

#include "find/scene_matches.hpp"
#include <vidcv/matching/face_matcher.hpp>

namespace vidcv {

/// Which assets the detections of a scene are, by class and by face.
class DetectionMatcher {
 public:
  /// Both must outlive the matcher.
  DetectionMatcher(const std::vector<AssetRecord>& assets, const MatchSettings& settings);

  /// Adds what is seen to `scene`, and to `result` what no source takes for an asset.
  /// @param known_by_vector  per detection, whether the picture in its box is one of the assets
  void match(SceneMatches& scene, SceneResult& result, const std::vector<bool>& known_by_vector);

  /// How many ids of assets were computed so far.
  std::size_t ids_made() const noexcept { return m_ids_made; }

 private:
  std::vector<std::size_t> of_class(const DetectionRecord& detection, const std::string& path);
  std::optional<FaceMatcher::Best> of_face(const DetectionRecord& detection) const;

  const std::vector<AssetRecord>& m_assets;
  const MatchSettings& m_settings;
  FaceMatcher m_faces;
  std::map<std::string, std::vector<std::size_t>> m_by_class;             // assets that were not registered
  std::map<std::string, std::multimap<std::string, std::size_t>> m_made;  // registered ones by manifest and id
  std::size_t m_ids_made = 0;
};

}  // namespace vidcv
