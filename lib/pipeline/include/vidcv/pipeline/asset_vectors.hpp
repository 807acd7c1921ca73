#pragma once

#include <vidcv/pipeline/embed_clips.hpp>
#include <vidcv/store/service_records.hpp>

#include <functional>

namespace vidcv {

/// Whether a stored vector may be compared with those of a model.
enum class VectorOrigin {
  none,     ///< there is none
  ours,     ///< this model made it, or it counts as this model's
  foreign,  ///< another model made it, or nobody knows which: never compared
};

/// A vector without a record of ours counts as CLIP ViT-B/32's if it has 512 finite numbers of unit length.
VectorOrigin origin_of(const AssetRecord& asset, const ModelDescription& model, std::int64_t model_id);

/// The local file that `reference_image_url` names: a path or a file URL, relative to the folder of the database.
/// @throws InputError if it is another kind of URL, or there is none
std::filesystem::path picture_of(const AssetRecord& asset, const std::filesystem::path& database_file);

struct AssetEvents {
  std::function<void(const AssetRecord&)> done;
  std::function<void(const AssetRecord&, const InputError&)> failed;
  std::function<bool()> stopping;  ///< asked before each asset; true ends the run
};

/// Fills assets.clip_embedding where there is no vector, or with `renew` wherever the vector is not this model's. One
/// transaction per asset.
void fill_asset_vectors(Database& database, const std::string& manifest_id, LazyEncoder& encoder, std::int64_t model_id,
                        const DecodeOptions& decode, bool renew, const AssetEvents& events);

/// The path of a file as the Python service may have written it: relative ones are relative to the database's folder.
std::filesystem::path resolved_path(const std::string& path, const std::filesystem::path& database_file);

}  // namespace vidcv
