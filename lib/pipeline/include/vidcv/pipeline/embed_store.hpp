#pragma once

#include <vidcv/pipeline/embed_clips.hpp>
#include <vidcv/store/media_records.hpp>

namespace vidcv {

/// The row of vidcv_models for what an encoder gives.
std::int64_t ensure_model(Database& database, const LazyEncoder& encoder);

/// The absolute path under which a file is known in the database.
std::string stored_path(const std::filesystem::path& file);

/// Those of `files` that the database does not hold as they are on the disk now, under this plan and model.
std::vector<std::filesystem::path> missing_files(Database& database, const std::vector<std::filesystem::path>& files,
                                                 const SamplingPlan& plan, std::int64_t model_id);

/// A clip's results as one transaction.
void store_clip(Database& database, const EmbeddedClip& clip, const SamplingPlan& plan, std::int64_t model_id);

/// The record of a file that failed.
void store_failure(Database& database, const std::filesystem::path& file, const InputError& error,
                   const SamplingPlan& plan);

}  // namespace vidcv
