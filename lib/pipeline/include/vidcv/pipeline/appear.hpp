#pragma once

#include <vidcv/clip/model.hpp>
#include <vidcv/core/config.hpp>
#include <vidcv/matching/continuity.hpp>
#include <vidcv/matching/match.hpp>
#include <vidcv/pipeline/scene_clips.hpp>
#include <vidcv/store/detection_records.hpp>
#include <vidcv/store/media_records.hpp>
#include <vidcv/store/service_records.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// What asset_appearances.source says: who saw it.
inline constexpr const char* k_clip_match = "clip_match";  ///< the frame, a region or a detection looks like the asset
inline constexpr const char* k_face_match = "face_match";  ///< a detection's face is the asset's
inline constexpr const char* k_yolo = "yolo";              ///< a detection is of the asset's class

/// The model whose vectors are compared, and the score from which a frame shows an asset.
struct MatchSettings {
  ModelDescription model;
  std::int64_t model_id = 0;                            ///< 0: no model; then clip_match is left alone
  double threshold = 0;                                 ///< clip_match: cosine
  double least_margin = -2;                             ///< clip_match: before the next best asset; -2 asks for nothing
  double least_distinctness = -1;                       ///< clip_match: see distinctness.hpp; -1 asks for nothing
  double face_threshold = 0.6;                          ///< face_match: cosine
  double detection_threshold = 0;                       ///< yolo: the detector's confidence
  std::map<std::string, SourceThresholds> assets = {};  ///< by tag, in place of those above
  Regions regions = Regions::no;                        ///< compare the regions of frames as well
  bool all_scores = false;                              ///< clip_match: every pair counts, for calibration

  double threshold_of(const std::string& tag, std::optional<double> SourceThresholds::* source, double usual) const;
};

struct SeenAsset {
  AppearanceRecord row;
  std::string tag;
  std::optional<Box> box = {};  ///< nothing for the whole frame
};

struct TagInterval {
  std::string tag;
  Interval interval;
  int frames = 0;                           ///< frames in it that show the asset
  double confidence = 0;                    ///< the best of them
  std::optional<double> distinctness = {};  ///< of that one
};

/// What was found in one scene.
struct SceneResult {
  SceneClip clip;
  std::vector<SeenAsset> seen;  ///< by frame, then confidence, best first
  std::vector<TagInterval> intervals;
  std::optional<double> continuity_score;
  std::vector<FrameRecord> frames;          ///< that were sampled
  std::vector<DetectionRecord> detections;  ///< by frame
  std::vector<std::size_t> unmatched;       ///< positions of the detections that match no asset
  std::string content_hash = {};            ///< of the file that was examined
  /// What other models found in this file, and this one of assets that it could not look for now: it stays.
  std::vector<AppearanceRecord> kept = {};
};

class DetectionMatcher;
class Impostors;
class SceneMatches;

/// The assets of one manifest, ready to be looked for in its clips.
class AppearanceFinder {
 public:
  /// Compares vectors of the settings' model alone. Blank asset pictures match nothing.
  AppearanceFinder(Database& database, const std::string& manifest_id, const MatchSettings& settings);
  ~AppearanceFinder();
  AppearanceFinder(const AppearanceFinder&) = delete;
  AppearanceFinder& operator=(const AppearanceFinder&) = delete;

  /// Takes the frames of a project's clips as impostors of the assets, 512 evenly spaced ones of a larger project.
  /// Without them only the plates of the model are.
  void take_impostors(const std::vector<SceneClip>& clips);

  /// Matches the stored frames and detections of a scene's clip. Blank frames match nothing.
  /// @returns nothing where the database has no frames of the clip
  std::optional<SceneResult> examine(const SceneClip& clip);

  /// Replaces what this model and detectors had found in a scene by what was found now, as one transaction.
  /// @throws StoreError
  void save(const SceneResult& result);

  /// examine() and save().
  std::optional<SceneResult> find(const SceneClip& clip);

 private:
  void raise_thresholds();
  void match_pictures(SceneMatches& scene) const;
  void keep_findings(SceneMatches& scene, SceneResult& result) const;
  std::vector<bool> known_by_vector(const SceneMatches& scene, const SceneResult& result) const;

  Database& m_database;
  MatchSettings m_settings;
  std::vector<AssetRecord> m_assets;     // the matcher refers to their vectors
  std::vector<AssetPicture> m_pictures;  // and to theirs
  std::vector<bool> m_is_comparable;     // by asset: its pictures have vectors, or are known to be blank
  MatchRule m_rule;
  std::vector<double> m_thresholds;             // per asset, before those of m_rule are raised
  std::vector<std::optional<double>> m_levels;  // per asset, of its impostors
  std::unique_ptr<AssetMatcher> m_matcher;
  std::unique_ptr<Impostors> m_impostors;  // refers to the matcher
  std::unique_ptr<DetectionMatcher> m_detections;
};

/// The same as a text for scene_manifests.cv_analysis_json; docs/schema.md has its fields.
std::string analysis_json(const SceneResult& result, const MatchSettings& settings);

/// A box as asset_appearances.bbox has it: `[x1, y1, x2, y2]`.
std::string box_text(const Box& box);
/// The inverse; nothing for a text that is not a box.
std::optional<Box> box_of_text(const std::string& text);

}  // namespace vidcv
