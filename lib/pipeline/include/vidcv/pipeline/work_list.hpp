#pragma once

#include <vidcv/pipeline/embed_job.hpp>
#include <vidcv/pipeline/plan_memory.hpp>
#include <vidcv/store/ledger.hpp>

#include <filesystem>
#include <vector>

namespace vidcv {

/// Which files that the ledger knows are done again.
enum class Reprocess {
  changed,  ///< those that are not as they were when they were finished
  failed,   ///< also those that failed and have not changed since
  all,
};

/// What a run has to do with its files.
struct WorkList {
  std::vector<EmbedJob> todo;
  /// Failed before, and unchanged since: there is no use in trying. Not those that could not be opened, which costs
  /// nothing to try.
  std::vector<std::pair<std::filesystem::path, MediaRecord>> known_failures = {};
  std::int64_t unchanged = 0;  ///< all there, those that were moved among them
  std::int64_t moved = 0;      ///< known by their content from another path where they are no more
  std::int64_t replanned = 0;  ///< of `todo`, unchanged files whose frames go for those of another plan
};

/// Looks each file up in the ledger under these options and this model; what has moved is noted there.
/// A file keeps the plan by which it was sampled, except for what `named` says. Without a model (0) frames that were
/// chosen by another plan do as well: they may have vectors.
/// @throws Abandoned where the options' `abandoned` says so; moved files that were found by then are noted
WorkList work_list(Database& database, const std::vector<std::filesystem::path>& files, const EmbedOptions& options,
                   std::int64_t model_id, Reprocess again = Reprocess::changed, const NamedRules& named = {});

}  // namespace vidcv
