#include <vidcv/pipeline/work_list.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/identity.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/embed_store.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Not where the path only cannot be looked at. A folder in place of a file is not the file.
bool is_gone(const fs::path& file)
{
  struct stat status{};
  if (::lstat(file.c_str(), &status) != 0) { return errno == ENOENT || errno == ENOTDIR; }
  return S_ISDIR(status.st_mode);
}

using NewFile = std::pair<fs::path, FileStamp>;

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
    if (!look_for_gone(stamp.size)) { return std::nullopt; }
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
  /// What cannot be read is no known file; its own turn will tell why.
  std::string hash_of(const fs::path& file) const
  {
    try {
      return content_hash(file, m_abandoned);
    } catch (const InputError&) {
      return "unreadable";
    }
  }

  /// Whether known files of this size are gone. Each of them is looked at once.
  bool look_for_gone(std::int64_t size)
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
  std::multimap<std::int64_t, MediaRecord> m_by_size;                       // not looked at yet
  std::multimap<std::pair<std::int64_t, std::string>, MediaRecord> m_gone;  // by size and content
};

/// Those of the new files that are known ones, which the database knows by their new names now. What was found stays
/// so where the search is abandoned.
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

/// Tells files that were removed from those of a disk that is not there: its mount point is a folder with nothing in
/// it, or only with what a system puts there.
class EmptyFolders {
 public:
  /// Whether the nearest folder above a missing file that is there is such a one.
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
  /// So is one that cannot be read.
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

/// What a run asks of a file: by which plan it is to be sampled, and whether it is finished by that plan.
class Terms {
 public:
  Terms(Database& database, const EmbedOptions& options, const NamedRules& named, std::int64_t model_id)
      : m_check(database, model_id, options.regions ? Regions::yes : Regions::no),
        m_run(options),
        m_named(named),
        m_has_model(model_id != 0)
  {
  }

  bool is_done(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    if (!is_unchanged(stamp, media)) { return false; }
    return !m_has_model || m_check.is_complete(stamp, by_plan(media).second);
  }

  /// Whether frames that the file has would go for those of another plan.
  bool is_replanned(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    return is_unchanged(stamp, media) && media->plan != by_plan(media).second;
  }

  std::shared_ptr<const EmbedOptions> options_for(const std::optional<MediaRecord>& media)
  {
    return by_plan(media).first;
  }

 private:
  using Options = std::pair<std::shared_ptr<const EmbedOptions>, std::string>;  // with their plan in words

  static bool is_unchanged(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    return media && media->status == "done" && media->stamp == stamp;
  }

  /// Files that had the same plan share their options. One that was never read had none.
  const Options& by_plan(const std::optional<MediaRecord>& media)
  {
    const bool was_sampled = media && (media->status == "done" || !media->content_hash.empty());
    const std::string before = was_sampled ? media->plan : std::string();
    const auto [place, is_new] = m_by_plan.try_emplace(before);
    if (is_new) {
      EmbedOptions options = m_run;
      options.sampling = vidcv::options_for(m_run.sampling, m_named, before);
      std::string plan = describe(options.sampling);
      place->second = {std::make_shared<const EmbedOptions>(std::move(options)), std::move(plan)};
    }
    return place->second;
  }

  CompletenessCheck m_check;
  const EmbedOptions& m_run;
  NamedRules m_named;
  bool m_has_model;
  std::map<std::string, Options> m_by_plan;  // by the plan before
};

bool failed_for_good(const FileStamp& stamp, const std::optional<MediaRecord>& media)
{
  return media && media->status == "failed" && media->stage != "open" && media->stamp == stamp;
}

/// Files that were new a moment ago and are known now: they keep their plan, and may be finished.
void settle_moved(const std::vector<NewFile>& moved, MediaFinder& known, Terms& terms, Again again, WorkList& list)
{
  std::map<fs::path, std::shared_ptr<const EmbedOptions>> options;  // none: it is finished
  for (const auto& [file, now] : moved) {
    const auto media = known.find(now.path);
    const bool is_finished = again != Again::all && terms.is_done(now, media);
    options[file] = is_finished ? nullptr : terms.options_for(media);
    if (is_finished) {
      ++list.unchanged;
    } else if (terms.is_replanned(now, media)) {
      ++list.replanned;
    }
  }
  for (EmbedJob& job : list.todo) {
    if (const auto own = options.find(job.file); own != options.end()) { job.options = own->second; }
  }
  std::erase_if(list.todo, [](const EmbedJob& job) { return job.options == nullptr; });
  list.moved = std::ssize(moved);
}

}  // namespace

WorkList work_list(Database& database, const std::vector<fs::path>& files, const EmbedOptions& options,
                   std::int64_t model_id, Again again, const NamedRules& named)
{
  WorkList list;
  Terms terms(database, options, named, model_id);
  MediaFinder known(database);
  std::vector<NewFile> new_files;
  std::optional<ReadTransaction> one_moment(database);  // without it each question costs locks of its own
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
      if (facts && terms.is_replanned(stamp, media)) { ++list.replanned; }
      list.todo.push_back({file, terms.options_for(media)});
    }
  }
  one_moment.reset();
  settle_moved(note_moves(database, new_files, options.sampling.decode.abandoned), known, terms, again, list);
  return list;
}

namespace {

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

/// Scenes of vidcv's own projects in the folders that show no file of the disk, though the ledger may not know the file
/// any more. Adds their paths.
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
