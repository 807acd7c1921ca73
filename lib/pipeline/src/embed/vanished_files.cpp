#include <vidcv/pipeline/vanished_files.hpp>

#include "embed/moved_files.hpp"

#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <map>
#include <set>
#include <string>
#include <system_error>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Distinguishes removed files from files on a disk that is not mounted, whose mount point is a folder that is empty or
/// holds only what systems put there.
class EmptyFolders {
 public:
  /// Whether the nearest existing folder above a missing file is such an empty one.
  bool hides(const fs::path& missing)
  {
    fs::path folder = missing.parent_path();
    std::error_code error;
    while (!fs::is_directory(folder, error) && folder.has_relative_path()) { folder = folder.parent_path(); }
    const auto [known, is_new] = m_is_empty.emplace(folder, false);
    if (is_new) { known->second = is_empty(folder); }
    return known->second;
  }

 private:
  /// An unreadable folder counts as empty.
  static bool is_empty(const fs::path& folder)
  {
    std::error_code error;
    for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
      if (!is_passed_over(it->path())) { return false; }
    }
    return true;
  }

  std::map<fs::path, bool> m_is_empty;
};

std::vector<KnownFile> known_below(Database& database, const fs::path& folder)
{
  std::vector<KnownFile> all;
  for (const std::string& beginning : percent_escaped_beginnings(absolute_path(folder / "").native())) {
    const std::vector<KnownFile> some = known_at(database, beginning);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::vector<std::string> scene_paths_below(Database& database, const fs::path& folder)
{
  std::vector<std::string> all;
  for (const std::string& beginning : percent_escaped_beginnings(absolute_path(folder / "").native())) {
    const std::vector<std::string> some = scene_paths_at(database, beginning);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// Scenes of vidcv's own projects in the folders that show no file of the disk, even if the ledger no longer
/// knows the file. Adds their paths.
void add_gone_scenes(Database& database, const std::vector<fs::path>& folders, EmptyFolders& empty,
                     std::set<std::string>& paths)
{
  for (const fs::path& folder : folders) {
    for (const std::string& path : scene_paths_below(database, folder)) {
      const fs::path file = percent_unescaped(path);
      if (!paths.contains(path) && is_gone(file) && !empty.hides(file)) { paths.insert(path); }
    }
  }
}

}  // namespace

VanishedFiles note_vanished(Database& database, const std::vector<fs::path>& folders, Prune prune)
{
  std::set<std::string> gone;
  std::vector<std::int64_t> newly_gone;
  std::vector<std::int64_t> back;
  std::vector<std::int64_t> never_read;
  std::set<std::int64_t> seen;  // a folder may lie in another one that is named
  EmptyFolders empty;
  for (const fs::path& folder : folders) {
    for (const KnownFile& known : known_below(database, folder)) {
      if (!seen.insert(known.id).second) { continue; }
      const fs::path file = percent_unescaped(known.path);
      if (!is_gone(file)) {
        if (known.is_missing) { back.push_back(known.id); }
      } else if (!empty.hides(file)) {
        if (!known.was_read) {
          never_read.push_back(known.id);
          continue;
        }
        gone.insert(known.path);
        if (!known.is_missing) { newly_gone.push_back(known.id); }
      }
    }
  }
  forget_media(database, never_read);
  VanishedFiles vanished{.gone = 0};
  if (prune == Prune::yes) {
    add_gone_scenes(database, folders, empty, gone);
    vanished.kept_scenes = forget_gone_files(database, {gone.begin(), gone.end()});
    newly_gone.clear();
  }
  mark_missing(database, newly_gone, back);
  vanished.gone = std::ssize(gone);
  return vanished;
}

}  // namespace vidcv
