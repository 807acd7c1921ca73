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

/// The file as the ledger knows it.
FileStamp stamp_of(const std::filesystem::path& file, const FileFacts& facts);

/// Whose results are stored.
struct EmbedRun {
  std::int64_t model_id = 0;      ///< 0: without vectors
  std::string command = "embed";  ///< for vidcv_runs, as are the others
  std::string shard = {};         ///< I/N; empty: all of the inputs
  std::int64_t skipped = 0;
};

/// embed_clips(), with each clip's results, or the record of its failure, stored as one transaction before its event,
/// and the run itself in the ledger.
/// @throws ModelError, StoreError
RunTimes embed_into(Database& database, const std::vector<std::filesystem::path>& files, const SampleOptions& options,
                    LazyEncoder& encoder, const EmbedRun& run, const EmbedEvents& events);

}  // namespace vidcv
