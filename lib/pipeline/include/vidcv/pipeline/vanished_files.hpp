#pragma once

#include <vidcv/store/forget.hpp>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace vidcv {

enum class Prune { no, yes };

/// Files of the ledger that are not there any more.
struct VanishedFiles {
  std::int64_t gone = 0;                    ///< without those of which a failure is all that was known
  std::vector<Forgotten> kept_scenes = {};  ///< of pruned files; another program has rows of them
};

/// Notes which known files below `folders` are not there any more; with Prune::yes they are removed with their scenes
/// in projects that vidcv made, and in any case those of which a failure is all that is known. Not those whose nearest
/// folder that is there is empty: it may be the mount point of a disk that is away.
VanishedFiles note_vanished(Database& database, const std::vector<std::filesystem::path>& folders, Prune prune);

}  // namespace vidcv
