#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/matching/continuity.hpp>
#include <vidcv/pipeline/scene_clips.hpp>
#include <vidcv/store/media_records.hpp>
#include <vidcv/store/service_records.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// The model whose vectors are compared, and from which cosine a frame shows an asset.
struct MatchSettings {
  ModelDescription model;
  std::int64_t model_id = 0;
  double threshold = 0;
};

struct SeenAsset {
  AppearanceRecord row;
  std::string tag;
  std::int64_t frame_number = 0;
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

/// Matches the stored frames of a scene's clip with a project's assets and replaces what vidcv knew of that scene, as
/// one transaction. Blank frames, blank asset pictures and vectors of other models match nothing.
/// @returns nothing where the database has no frames of the clip under this model
/// @throws StoreError
std::optional<SceneResult> find_appearances(Database& database, const SceneClip& clip,
                                            const std::vector<AssetRecord>& assets, const MatchSettings& settings);

/// The same as a text for scene_manifests.cv_analysis_json; docs/schema.md has its fields.
std::string analysis_json(const SceneResult& result, const MatchSettings& settings);

}  // namespace vidcv
