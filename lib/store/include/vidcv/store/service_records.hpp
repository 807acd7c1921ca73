#pragma once

#include <vidcv/core/embedding.hpp>
#include <vidcv/store/database.hpp>

#include <cstdint>
#include <optional>
#include <set>
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

/// The file that a vector was made of and the part of the picture, to know whether they are the same.
struct PictureStamp {
  std::int64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::string content_hash;  ///< XXH3-128, 32 hex digits
  std::string crop = {};     ///< AssetRecord::crop then; empty for other pictures than the reference picture
  bool operator==(const PictureStamp&) const = default;
};

/// A vector that vidcv made of an asset's picture with one model, as in `vidcv_asset_vectors`.
struct AssetVector {
  Embedding embedding;                  ///< empty where there is none, or a damaged one
  bool blank = false;                   ///< the picture has no content
  std::optional<PictureStamp> made_of;  ///< nothing: a program of schema 6 or older made it
  std::optional<double> detail = {};    ///< see detail_of(); nothing: a program of schema 7 or older made it
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
  AssetVector own = {};     ///< of `picture`, under the model that was asked for
};

/// One more picture of an asset, beside its reference picture.
struct AssetPicture {
  std::string asset_id;
  std::string picture;
  Embedding embedding;  ///< under the model that was asked for; empty where it has none, or a damaged one
  bool blank = false;
  std::optional<PictureStamp> made_of = {};  ///< see AssetVector
  std::optional<double> detail = {};         ///< see AssetVector
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
  std::optional<double> distinctness =
      {};  ///< how far the score lies above those of other things, see distinctness.hpp
};

/// Projects in the order in which they were made. Empty if the one asked for does not exist.
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

/// Assets of a manifest by sort_order, then tag, with their vectors of a model (0: without).
std::vector<AssetRecord> assets_of(Database& database, const std::string& manifest_id, std::int64_t model_id = 0);

/// Whether any manifest has an asset; false also where the database has no such table yet.
bool has_assets(Database& database);
/// Whether a manifest has one. The table is there.
bool has_assets(Database& database, const std::string& manifest_id);

/// The asset of that tag, without vectors of a model.
std::optional<AssetRecord> find_asset(Database& database, const std::string& manifest_id, const std::string& tag);

/// Whether the asset has `picture` as its reference picture and beside it `others`, and no more; `picture` may be among
/// `others`.
bool has_pictures(Database& database, const AssetRecord& asset, const std::string& picture,
                  const std::vector<std::string>& others);

/// How many appearances vidcv found by an asset's pictures.
std::int64_t count_matches(Database& database, const std::string& asset_id);

/// Adds an asset to a manifest, with a reference picture and `others` beside it; an asset of that tag keeps its id,
/// gets these pictures and loses its old ones, their vectors and what vidcv found by them (count_matches()). One that
/// has these pictures is left as it is. One transaction.
AssetRecord put_asset(Database& database, const std::string& manifest_id, const std::string& tag,
                      const std::string& picture, const std::vector<std::string>& others = {});

/// Adds pictures to an asset; those that it has are left as they are.
/// @throws InputError if there is no asset of that tag
AssetRecord add_pictures(Database& database, const std::string& manifest_id, const std::string& tag,
                         const std::vector<std::string>& pictures);

/// The pictures of a manifest's assets beside their reference pictures, in the order in which they were added.
std::vector<AssetPicture> pictures_of(Database& database, const std::string& manifest_id, std::int64_t model_id);

/// The assets of a manifest with all of their pictures, read in one snapshot: each picture is of one of the
/// assets.
struct AssetsWithPictures {
  std::vector<AssetRecord> assets;     ///< assets_of()
  std::vector<AssetPicture> pictures;  ///< pictures_of(); none without a model
};
AssetsWithPictures assets_with_pictures(Database& database, const std::string& manifest_id, std::int64_t model_id);

/// The pictures of one asset beside its reference picture, and whether any model's vector is there.
std::vector<std::pair<std::string, bool>> other_pictures(Database& database, const std::string& asset_id);

/// Whether vidcv made a vector of that picture of an asset, under any model.
bool has_vector(Database& database, const std::string& asset_id, const std::string& picture);

/// The vector of one more picture of an asset.
/// @throws StoreError for a vector that is not finite or not of unit length
void save_picture_vector(Database& database, const AssetPicture& picture, std::int64_t model_id);

/// Removes an asset with vidcv's rows about it and its appearances. False if no asset has that tag.
/// @throws InputError if another asset was made from it
bool remove_asset(Database& database, const std::string& manifest_id, const std::string& tag);

/// What happens to another model's vector in the service's column, which holds one.
enum class Column {
  keep,  ///< the column is kept, unless vidcv made it of an earlier file of the picture
  take,  ///< the new vector takes its place, whoever made it
};

/// Writes the vector that a model made of an asset's picture beside those of other models and, see Column, to
/// assets.clip_embedding, as one transaction. Vectors of other models that were made of other content go, as does what
/// was found by them.
/// @throws StoreError for a vector that is not finite or not of unit length
/// @throws InputError if the asset no longer exists, or has another picture than `asset` has
void save_asset_vector(Database& database, const AssetRecord& asset, const AssetVector& vector, std::int64_t model_id,
                       Column column = Column::take);

/// Notes that a file is the one of which the asset's picture has a vector of the model, at another time.
void restamp_picture(Database& database, const std::string& asset_id, const std::string& picture, std::int64_t model_id,
                     const PictureStamp& now);

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

/// What models found in a scene, each as a row of its own, in no order except for one: of a frame and asset that
/// several found, the finding that asset_appearances shows comes first.
/// @param content_hash  of the file that shows the scene: what was found in another one is left out
std::vector<AppearanceRecord> findings_of(Database& database, const std::string& project_id, int scene_index,
                                          const std::string& content_hash);

/// A scene, and those sources of appearances that were examined.
struct SceneScope {
  std::string project_id;
  int scene_index = 0;
  std::vector<std::string> sources;
  std::int64_t model_id = 0;      ///< whose findings `rows` are, as far as they name it; 0: no model looked
  std::string content_hash = {};  ///< of the file that was examined
  /// Appearances that the model had found and that could not be compared now: its findings of them stay.
  std::set<std::string> kept_findings = {};
};

/// Replaces what vidcv wrote for a scene from the scope's sources by `rows`, and writes cv_analysis_json and
/// continuity_score, as one transaction. Rows of other sources and those that another program wrote stay; rows that are
/// the same as before keep their created_at. The findings of the scope's model are replaced, those of other models stay
/// as long as their row is among `rows`.
void save_scene(Database& database, const SceneScope& scope, const std::vector<AppearanceRecord>& rows,
                const std::string& analysis_json, std::optional<double> continuity_score);

}  // namespace vidcv
