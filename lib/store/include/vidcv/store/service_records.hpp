#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vidcv {

/// Records in the Python service's own tables. Ids are 32 hex digits without hyphens.

struct ProjectRecord {
  std::string id;
  std::string manifest_id;  ///< empty where the project has none
};

/// A scene and the clip that shows it.
struct SceneRecord {
  std::string project_id;
  int scene_index = 0;
  std::string local_path;  ///< of the newest row of video_clips that has one, as bytes; empty where there is none
  std::string gcs_uri;
  std::vector<std::string> expected_tags;  ///< scene_manifests.asset_tags: what the scene is to show
};

struct AssetRecord {
  std::string id;
  std::string manifest_id;
  std::string tag;      ///< manifest_tag
  std::string picture;  ///< reference_image_url; empty where there is none
  Embedding embedding;  ///< clip_embedding; empty where it is NULL or no float32 vector
  bool has_blob = false;
  /// The model that made the vector, if vidcv did and the blob has not changed since (SHA-256 in vidcv_asset_vectors).
  std::optional<std::int64_t> model_id;
  bool blank = false;     ///< its picture has no content; recorded when vidcv made the vector
  std::string crop = {};  ///< crop_bbox as JSON: the part of the picture that is the asset; empty for all of it
  std::string detection_class = {};
  Embedding face = {};      ///< face_embedding, of whatever model and length; empty where there is none
  bool registered = false;  ///< made from a detection by register_asset()
};

/// One more picture of an asset, beside its reference picture.
struct AssetPicture {
  std::string asset_id;
  std::string picture;
  Embedding embedding;  ///< under the model that was asked for; empty where it has none, or a damaged one
  bool blank = false;
};

struct AppearanceRecord {
  std::string id;  ///< derived_id() of project, scene, asset, frame and source
  std::string asset_id;
  std::string project_id;
  int scene_index = 0;
  int frame_index = 0;
  double timestamp_s = 0;
  std::string bbox;  ///< JSON; empty for NULL
  double confidence = 0;
  std::string source;
  std::int64_t frame_id = 0;  ///< vidcv_frames; 0 for a frame that was not sampled
  std::int64_t frame_number = 0;
  std::int64_t model_id = 0;
  std::optional<double> margin;  ///< to the second best asset
};

/// Projects in the order they were made. One that is not there: nothing.
std::vector<ProjectRecord> projects(Database& database);
std::optional<ProjectRecord> find_project(Database& database, const std::string& id);

/// Manifests in the order they were made, also those of no project.
std::vector<std::string> manifest_ids(Database& database);

/// The project that stands for a folder without a pipeline, with its manifest; made at first sight, found by name
/// (manifests.name, among the manifests of category `VIDCV`, so that no project of the service is ever taken for one).
ProjectRecord ensure_folder_project(Database& database, const std::string& name);
std::optional<ProjectRecord> find_folder_project(Database& database, const std::string& name);

/// Scenes of a project by index.
std::vector<SceneRecord> scenes_of(Database& database, const std::string& project_id);

/// The scene of a folder project that shows `path`, with its scene manifest and clip; a new one gets the next index,
/// for good.
SceneRecord ensure_scene(Database& database, const ProjectRecord& project, const std::string& path);

/// Assets of a manifest by sort_order, then tag.
std::vector<AssetRecord> assets_of(Database& database, const std::string& manifest_id);

/// Adds an asset to a manifest, with a reference picture and `others` beside it; an asset of that tag keeps its id,
/// gets these pictures and loses its old ones and their vectors. One transaction.
AssetRecord put_asset(Database& database, const std::string& manifest_id, const std::string& tag,
                      const std::string& picture, const std::vector<std::string>& others = {});

/// Adds pictures to an asset; those that it has are left as they are.
/// @throws InputError if there is no asset of that tag
AssetRecord add_pictures(Database& database, const std::string& manifest_id, const std::string& tag,
                         const std::vector<std::string>& pictures);

/// The pictures of a manifest's assets beside their reference pictures, in the order in which they were added.
std::vector<AssetPicture> pictures_of(Database& database, const std::string& manifest_id, std::int64_t model_id);

/// The pictures of one asset beside its reference picture, and whether any model's vector is there.
std::vector<std::pair<std::string, bool>> other_pictures(Database& database, const std::string& asset_id);

/// The vector of one more picture of an asset.
/// @throws StoreError for a vector that is not finite or not of unit length
void save_picture_vector(Database& database, const AssetPicture& picture, std::int64_t model_id);

/// Removes an asset with vidcv's rows about it and its appearances. False if there is none of that tag.
/// @throws InputError if another asset was made from it
bool remove_asset(Database& database, const std::string& manifest_id, const std::string& tag);

/// Writes assets.clip_embedding and the record of which model made it from which picture, as one transaction.
/// @throws StoreError for a vector that is not finite or not of unit length
/// @throws InputError if the asset is not there any more, or has another picture than `asset` has
void save_asset_vector(Database& database, const AssetRecord& asset, const Embedding& embedding, std::int64_t model_id,
                       bool blank);

/// An asset that is made from what a detector saw.
struct NewAsset {
  std::string id;
  std::string manifest_id;
  std::string label;        ///< name and detection_class; the tag is made of it
  std::string picture;      ///< of what is in the box
  std::string crop;         ///< the box, JSON
  std::string description;  ///< where it was seen
  std::string parent_id;    ///< source_asset_id; empty for none
  double confidence = 0;    ///< the detector's
  double quality = 0;
  Embedding face = {};
};

/// Adds the asset with the tag `LABEL_N`, N the first number that is free. Nothing is done where the id is there.
/// @returns the tag; nothing where the id was there
std::optional<std::string> register_asset(Database& database, const NewAsset& asset);

/// What vidcv wrote of a scene from one source, as far as the frame is known, in no order.
std::vector<AppearanceRecord> appearances_of(Database& database, const std::string& project_id, int scene_index,
                                             const std::string& source);

/// A scene, and those sources of appearances that were looked at.
struct SceneScope {
  std::string project_id;
  int scene_index = 0;
  std::vector<std::string> sources;
};

/// Replaces what vidcv wrote for a scene from the scope's sources by `rows`, and writes cv_analysis_json and
/// continuity_score, as one transaction. Rows of other sources and those that another program wrote stay; rows that are
/// the same as before keep their created_at.
void save_scene(Database& database, const SceneScope& scope, const std::vector<AppearanceRecord>& rows,
                const std::string& analysis_json, std::optional<double> continuity_score);

}  // namespace vidcv
