#pragma once

#include <vidcv/pipeline/embedding_run.hpp>
#include <vidcv/store/service_records.hpp>

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace vidcv {

/// Whether a stored vector may be compared with those of a model.
enum class VectorOrigin {
  none,     ///< there is none
  ours,     ///< this model made it, or it counts as this model's
  foreign,  ///< another model made it, or nobody knows which: never compared
};

/// A vector without a record of ours counts as CLIP ViT-B/32's if it has 512 finite numbers of unit length.
VectorOrigin origin_of(const AssetRecord& asset, const ModelDescription& model, std::int64_t model_id);

/// The vectors of an asset that are compared under a model.
struct PictureVector {
  const Embedding& vector;  ///< of the asset; empty where it has none of this model
  bool blank = false;       ///< the picture has no content: never compared
};

/// The vector that vidcv made with this model, or else the one in `assets` where that counts as the model's.
/// @param asset  read with the vectors of this model
PictureVector picture_vector(const AssetRecord& asset, const ModelDescription& model, std::int64_t model_id);

/// The folder to which relative paths in the database are relative: `root`, or the database's own where that is empty.
std::filesystem::path base_folder(const Database& database, const std::string& root);

/// The local file that a picture's text names: a path or a file URL, relative to `base`.
/// @throws InputError naming `tag` if it is another kind of URL, or empty
std::filesystem::path picture_file(const std::string& picture, const std::string& tag,
                                   const std::filesystem::path& base);

/// Four numbers x1, y1, x2, y2 as pixels of a picture: those that are all within 0 to 1 are shares of its sides.
/// Rounded outwards. Nothing for what is empty or reaches beyond the picture.
std::optional<Box> pixel_box(const std::array<double, 4>& corners, int width, int height);

/// The part of an asset's reference picture that is the asset: crop_bbox, or all of it.
/// @param width  of the picture, as `height`
/// @throws InputError naming the asset
Box asset_box(const AssetRecord& asset, int width, int height);

struct AssetEvents {
  std::function<void(const AssetRecord&, const SampledClip& picture)> done = [](const auto&, const auto&) {};
  /// A picture that is not what its vector was made of: what was found by it goes.
  std::function<void(const AssetRecord&)> changed = [](const auto&) {};
  std::function<void(const AssetRecord&, const InputError&)> failed;
};

enum class Renew { no, yes };

/// Which vectors are to be made, and from where.
struct AssetJob {
  std::string manifest_id;
  std::int64_t model_id = 0;
  DecodeOptions decode = {};
  RunLimits limits = {};
  std::filesystem::path base;  ///< see base_folder()
  Renew renew = Renew::no;     ///< also replace existing vectors, whoever made them
};

/// Makes the vectors of assets' pictures that the model has not made yet, or of files or crops that have changed since
/// (checked by size, time and, where only the time differs, content). A picture that is missing or unreadable keeps
/// the vector that it has. For assets.clip_embedding see Column. crop_bbox is cut out of the reference picture, unless
/// the picture is as large as the box: then it is the crop already. One transaction per picture.
void fill_asset_vectors(Database& database, const AssetJob& job, LazyEncoder& encoder, const AssetEvents& events);

}  // namespace vidcv
