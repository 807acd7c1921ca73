#pragma once

#include <vidcv/store/forget.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace vidcv {

enum class Prune { no, yes };

/// Files of the ledger that no longer exist.
struct VanishedFiles {
  std::int64_t gone = 0;                    ///< except files of which only a failure was known
  std::vector<Forgotten> kept_scenes = {};  ///< of pruned files; another program has rows of them
};

/// Marks known files below `folders` that no longer exist. With Prune::yes they are removed, with their scenes in
/// projects that vidcv made. Files of which only a failure is known are always removed. Files whose nearest existing
/// folder is empty are skipped: it may be an unmounted mount point.
VanishedFiles note_vanished(Database& database, const std::vector<std::filesystem::path>& folders, Prune prune);

}  // namespace vidcv
