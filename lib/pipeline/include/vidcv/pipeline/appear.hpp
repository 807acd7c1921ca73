#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/matching/continuity.hpp>
#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/scene_clips.hpp>
#include <vidcv/store/media_records.hpp>
#include <vidcv/store/service_records.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// The model whose vectors are compared, and from when on a frame shows an asset.
struct MatchSettings {
  ModelDescription model;
  std::int64_t model_id = 0;
  double threshold = 0;                                 ///< cosine
  double least_margin = -2;                             ///< before the next best asset; -2 asks for nothing
  std::map<std::string, double> asset_thresholds = {};  ///< by tag, in place of `threshold`
  Regions regions = Regions::no;                        ///< compare the regions of frames as well
};

struct SeenAsset {
  AppearanceRecord row;
  std::string tag;
};

struct TagInterval {
  std::string tag;
  Interval interval;
  int frames = 0;         ///< sampled frames in it that show the asset
  double confidence = 0;  ///< the best of them
};

/// What was found in one scene.
struct SceneResult {
  SceneClip clip;
  std::vector<SeenAsset> seen;  ///< by frame, then confidence, best first
  std::vector<TagInterval> intervals;
  std::optional<double> continuity_score;
  std::vector<FrameRecord> frames;
};

/// `clip_match`, as asset_appearances.source has it.
inline constexpr const char* k_clip_match = "clip_match";

/// The assets of one manifest, ready to be looked for in its clips.
class AppearanceFinder {
 public:
  /// Blank asset pictures and vectors of other models match nothing.
  AppearanceFinder(Database& database, const std::string& manifest_id, const MatchSettings& settings);

  /// Matches the stored frames of a scene's clip and replaces what vidcv knew of that scene, as one transaction. Blank
  /// frames match nothing.
  /// @returns nothing where the database has no frames of the clip under this model
  /// @throws StoreError
  std::optional<SceneResult> find(const SceneClip& clip);

 private:
  Database& m_database;
  MatchSettings m_settings;
  std::vector<AssetRecord> m_assets;
  std::vector<AssetPicture> m_pictures;
  MatchRule m_rule;
  std::unique_ptr<AssetMatcher> m_matcher;
};

/// The same as a text for scene_manifests.cv_analysis_json; docs/schema.md has its fields.
std::string analysis_json(const SceneResult& result, const MatchSettings& settings);

}  // namespace vidcv
