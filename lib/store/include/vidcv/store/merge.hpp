#pragma once

#include <vidcv/store/database.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>

namespace vidcv {

/// What one database gave to another.
struct MergeCounts {
  std::int64_t files = 0;     ///< that were taken whole
  std::int64_t vectors = 0;   ///< with these files, and of models that the other had not used on a file that it had
  std::int64_t failures = 0;  ///< of files that nobody has done
  std::int64_t present = 0;   ///< files that were there already
  std::int64_t left = 0;      ///< rows of the service's tables, which stay where they are
};

/// Joins what `from` knows of files into `into`: models, files with frames, vectors, regions and detections, failures,
/// texts and runs, each file in one transaction. A second time nothing is left to do, and the order in which databases
/// are joined makes no difference: of a file that both have, that which is done wins over that which failed, the
/// later file over the earlier one, and then the plan or content whose text is greater; where all are the same, vectors
/// of all models and whatever detectors saw are kept. Appearances, scenes and assets are the service's.
/// @param from  may be of an older schema; it is not changed
/// @throws StoreError: newer than this program, damaged, or the same file as `into`
/// @param stopping  asked now and then: once true what is done so far is kept, and the rest left for another time
MergeCounts merge_database(
    Database& into, const std::filesystem::path& from, const std::function<bool()>& stopping = [] { return false; });

}  // namespace vidcv
