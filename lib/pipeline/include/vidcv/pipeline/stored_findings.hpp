#pragma once

#include <vidcv/core/image.hpp>
#include <vidcv/store/media_records.hpp>
#include <vidcv/store/service_records.hpp>
#include <vidcv/store/timeline.hpp>
#include <vidcv/store/vector_records.hpp>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vidcv {

/// A scene that shows a clip.
struct ClipScene {
  std::string project_id;
  int scene_index = 0;
  std::optional<double> continuity_score;
};

/// A clip with what is stored about it.
struct StoredClip {
  std::filesystem::path file;        ///< absolute; empty for a scene without a clip on this machine
  std::optional<MediaRecord> media;  ///< nothing: vidcv has not read it
  int width = 0;                     ///< upright, of MediaRecord::decoded; 0 where it is not known
  int height = 0;
  double fps = 0;
  double duration_s = 0;
  std::vector<FramePlace> frames;  ///< that were sampled
  double longest_step_s = 0;       ///< see longest_step()
  std::vector<ClipScene> scenes;
};

/// An asset in an unbroken run of a clip's frames, of whatever source.
struct StoredMoment {
  std::size_t asset = 0;  ///< position in StoredFindings::assets
  std::size_t clip = 0;   ///< position in StoredFindings::clips
  double from_s = 0;
  double to_s = 0;
  int frames = 0;    ///< that show the asset
  TimelineRow best;  ///< the row with the highest confidence, with the time and number of the stored frame it is about
};

struct FindingsFilter {
  std::string project_id;              ///< empty: all, and the clips of no project
  std::vector<std::string> tags = {};  ///< empty: all assets
  std::filesystem::path base = {};     ///< folder to which relative paths are relative
  /// Called for each row of asset_appearances with a time, by project, scene and asset, as StoredMoment::best has them.
  std::function<void(const StoredClip&, const TimelineRow&)> row = {};
};

/// What the database says about clips and assets.
struct StoredFindings {
  std::vector<AssetRecord> assets;      ///< by manifest and order
  std::vector<StoredClip> clips;        ///< by path
  std::vector<StoredMoment> moments;    ///< by clip, asset and time
  std::int64_t of_other_manifests = 0;  ///< appearances whose asset no project has: in no moment
  std::int64_t untimed = 0;             ///< appearances without a time that a clip can have: in no moment
};

/// A box of asset_appearances in pixels of the clip's frames: shares of their sides are scaled. Nothing for none, for a
/// clip of unknown size, and for a box that is empty or reaches beyond the frame.
std::optional<Box> shown_box(const std::string& bbox, const StoredClip& clip);

/// Reads one snapshot. What several projects say alike about a clip is one moment. Neighbouring frames belong to one
/// moment as `vidcv appear` has it: intervals_of().
/// @throws Error if a project or tag of the filter does not exist
StoredFindings stored_findings(Database& database, const FindingsFilter& filter);

}  // namespace vidcv
