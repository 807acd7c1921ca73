#pragma once

#include <vidcv/pipeline/embed_clips.hpp>
#include <vidcv/store/media_records.hpp>

namespace vidcv {

/// The row of vidcv_models for what an encoder gives.
std::int64_t ensure_model(Database& database, LazyEncoder& encoder);

/// The absolute path under which a file is known in the database, as UTF-8 (percent_escaped).
std::string stored_path(const std::filesystem::path& file);

/// `files` without those that were named before.
std::vector<std::filesystem::path> each_once(const std::vector<std::filesystem::path>& files);

/// Those of `files` that the database does not hold as they are on the disk now, under these options and this model.
/// Without a model (0) frames that were chosen by another plan do as well: they may have vectors.
std::vector<std::filesystem::path> missing_files(Database& database, const std::vector<std::filesystem::path>& files,
                                                 const SampleOptions& options, std::int64_t model_id);

/// Where a run spent its seconds; decoding and encoding overlap.
struct EmbedTimes {
  double encode_s = 0;
  double store_s = 0;
};

/// embed_clips(), with each clip's results, or the record of its failure, stored as one transaction before its event.
/// @throws ModelError, StoreError
EmbedTimes embed_into(Database& database, const std::vector<std::filesystem::path>& files, const SampleOptions& options,
                      LazyEncoder& encoder, std::int64_t model_id, const EmbedEvents& events);

}  // namespace vidcv
