#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vidcv {

/// Names of clips below a folder of pictures, where no two clips share one: the stem of the file (`NAME`), and for
/// other clips of that stem `NAME-HASH`, by their absolute paths. A hidden file `.NAME.clip` in the folder holds the
/// path of the clip that has the name, so each run finds the same names, whatever its inputs and their order.
class ClipNames {
 public:
  /// @param files  the inputs of this run; of one stem, the first by absolute path may have the plain name
  explicit ClipNames(const std::vector<std::filesystem::path>& files);

  /// The name of `file` below `folder`. For several threads and processes at once.
  /// @param reserves  the name for later runs, which makes the folder
  /// @throws StoreError if the folder cannot be written, InputError if other clips have all names that it may have
  std::string of(const std::filesystem::path& file, const std::filesystem::path& folder, bool reserves) const;

 private:
  std::vector<std::string> candidates(const std::filesystem::path& file, const std::filesystem::path& path) const;

  std::map<std::string, std::filesystem::path> m_first;  // of the stem: absolute path
};

}  // namespace vidcv
