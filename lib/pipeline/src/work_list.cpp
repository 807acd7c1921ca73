#include <vidcv/pipeline/work_list.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <set>
#include <string_view>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Not where the path only cannot be looked at.
bool is_gone(const fs::path& file)
{
  struct stat status{};
  return ::lstat(file.c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/// Knows new files by what they were called before.
class MovedFiles {
 public:
  MovedFiles(Database& database, const std::vector<std::pair<fs::path, FileStamp>>& new_files) : m_database(database)
  {
    std::vector<std::int64_t> sizes;
    for (const auto& [file, stamp] : new_files) { sizes.push_back(stamp.size); }
    if (sizes.empty()) { return; }
    for (MediaRecord& media : done_of_sizes(database, sizes)) { m_by_size.emplace(media.stamp.size, std::move(media)); }
  }

  /// Whether it is a known file at a new place; that is noted then.
  bool take(const fs::path& file, const FileStamp& stamp)
  {
    const auto [first, last] = m_by_size.equal_range(stamp.size);
    std::string hash;
    for (auto known = first; known != last; ++known) {
      const MediaRecord& media = known->second;
      if (!is_gone(percent_unescaped(media.stamp.path))) { continue; }
      if (hash.empty()) { hash = hash_of(file); }
      if (hash != media.content_hash) { continue; }
      move_media(m_database, media.id, stamp);
      m_by_size.erase(known);
      return true;
    }
    return false;
  }

 private:
  /// What cannot be read is no known file; its own turn will tell why.
  static std::string hash_of(const fs::path& file)
  {
    try {
      return content_hash(file);
    } catch (const InputError&) {
      return "unreadable";
    }
  }

  Database& m_database;
  std::multimap<std::int64_t, MediaRecord> m_by_size;
};

/// The question whether a file is finished, under the terms of one run.
class Terms {
 public:
  Terms(Database& database, const SampleOptions& options, std::int64_t model_id)
      : m_check(database, describe(options), model_id, options.regions ? Regions::yes : Regions::no),
        m_has_model(model_id != 0)
  {
  }

  bool is_done(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    if (!media || media->status != "done" || media->stamp != stamp) { return false; }
    return !m_has_model || m_check.is_complete(stamp);
  }

 private:
  CompletenessCheck m_check;
  bool m_has_model;
};

bool failed_for_good(const FileStamp& stamp, const std::optional<MediaRecord>& media)
{
  return media && media->status == "failed" && media->stage != "open" && media->stamp == stamp;
}

}  // namespace

WorkList work_list(Database& database, const std::vector<fs::path>& files, const SampleOptions& options,
                   std::int64_t model_id, Again again)
{
  WorkList list;
  Terms terms(database, options, model_id);
  MediaFinder known(database);
  std::vector<std::pair<fs::path, FileStamp>> new_files;
  for (const fs::path& file : files) {
    const auto facts = stat_file(file);
    const FileStamp stamp = facts ? stamp_of(file, *facts) : FileStamp{stored_path(file)};
    const auto media = known.find(stamp.path);
    if (facts && !media) { new_files.emplace_back(file, stamp); }
    if (again != Again::all && facts && terms.is_done(stamp, media)) {
      ++list.unchanged;
    } else if (again == Again::changed && facts && failed_for_good(stamp, media)) {
      list.known_failures.emplace_back(file, *media);
    } else {
      list.todo.push_back(file);
    }
  }
  MovedFiles moved(database, new_files);
  std::set<fs::path> finished;
  for (const auto& [file, stamp] : new_files) {
    if (!moved.take(file, stamp)) { continue; }
    ++list.moved;
    if (again != Again::all && terms.is_done(stamp, known.find(stamp.path))) { finished.insert(file); }
  }
  std::erase_if(list.todo, [&](const fs::path& file) { return finished.contains(file); });
  list.unchanged += static_cast<std::int64_t>(finished.size());
  return list;
}

std::int64_t note_vanished(Database& database, const std::vector<fs::path>& folders, Prune prune)
{
  std::vector<std::int64_t> gone;
  std::vector<std::int64_t> newly_gone;
  std::vector<std::int64_t> back;
  for (const fs::path& folder : folders) {
    for (const KnownFile& known : known_below(database, stored_path(folder))) {
      const bool is_away = is_gone(percent_unescaped(known.path));
      if (is_away) { gone.push_back(known.id); }
      if (is_away && !known.is_missing) { newly_gone.push_back(known.id); }
      if (!is_away && known.is_missing) { back.push_back(known.id); }
    }
  }
  if (prune == Prune::yes) {
    forget_media(database, gone);
    newly_gone.clear();
  }
  mark_missing(database, newly_gone, back);
  return static_cast<std::int64_t>(gone.size());
}

}  // namespace vidcv
