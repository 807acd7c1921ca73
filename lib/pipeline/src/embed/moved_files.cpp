#include "embed/moved_files.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>

#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <optional>
#include <string>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Knows new files by what they were called before.
class MovedFiles {
 public:
  MovedFiles(Database& database, const std::vector<NewFile>& new_files, std::function<bool()> abandoned)
      : m_abandoned(std::move(abandoned))
  {
    std::vector<std::int64_t> sizes;
    for (const auto& [file, stamp] : new_files) { sizes.push_back(stamp.size); }
    if (sizes.empty()) { return; }
    for (MediaRecord& media : done_of_sizes(database, sizes)) { m_by_size.emplace(media.stamp.size, std::move(media)); }
  }

  /// The known file that this is, which is not taken again; of several the one of the same name.
  std::optional<MovedMedia> take(const fs::path& file, const FileStamp& stamp)
  {
    if (!find_gone(stamp.size)) { return std::nullopt; }
    const auto [first, last] = m_gone.equal_range({stamp.size, hash_of(file)});
    auto best = first;
    for (auto candidate = first; candidate != last; ++candidate) {
      if (fs::path(candidate->second.stamp.path).filename() == fs::path(stamp.path).filename()) { best = candidate; }
    }
    if (best == last) { return std::nullopt; }
    MovedMedia moved{best->second.id, stamp};
    m_gone.erase(best);
    return moved;
  }

 private:
  /// An unreadable file is not a known one; the reason is reported when it is processed.
  std::string hash_of(const fs::path& file) const
  {
    try {
      return content_hash(file, m_abandoned);
    } catch (const InputError&) {
      return "unreadable";
    }
  }

  /// Whether known files of this size are gone. Each of them is examined once.
  bool find_gone(std::int64_t size)
  {
    const auto [first, last] = m_by_size.equal_range(size);
    for (auto known = first; known != last; ++known) {
      MediaRecord& media = known->second;
      if (is_gone(percent_unescaped(media.stamp.path))) { m_gone.emplace(std::pair(size, media.content_hash), media); }
    }
    m_by_size.erase(first, last);
    const auto gone = m_gone.lower_bound({size, std::string()});
    return gone != m_gone.end() && gone->first.first == size;
  }

  std::function<bool()> m_abandoned;
  std::multimap<std::int64_t, MediaRecord> m_by_size;                       // not examined yet
  std::multimap<std::pair<std::int64_t, std::string>, MediaRecord> m_gone;  // by size and content
};

}  // namespace

bool is_gone(const fs::path& file)
{
  struct stat status{};
  if (::lstat(file.c_str(), &status) != 0) { return errno == ENOENT || errno == ENOTDIR; }
  return S_ISDIR(status.st_mode);
}

std::vector<NewFile> note_moves(Database& database, const std::vector<NewFile>& new_files,
                                const std::function<bool()>& abandoned)
{
  MovedFiles before(database, new_files, abandoned);
  std::vector<NewFile> moved;
  std::vector<MovedMedia> moves;
  bool is_cut_short = false;
  for (const auto& [file, stamp] : new_files) {
    try {
      const auto move = before.take(file, stamp);
      if (!move) { continue; }
      moves.push_back(*move);
      moved.emplace_back(file, stamp);
    } catch (const Abandoned&) {
      is_cut_short = true;
      break;
    }
  }
  move_media(database, moves);
  if (is_cut_short) { throw Abandoned(); }
  return moved;
}

}  // namespace vidcv
