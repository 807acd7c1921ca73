#include <vidcv/pipeline/work_list.hpp>

#include "embed/moved_files.hpp"

#include <vidcv/pipeline/embed_store.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// What a run asks of a file: by which plan it is to be sampled, and whether it is finished by that plan.
class PlanCheck {
 public:
  PlanCheck(Database& database, const EmbedOptions& options, const NamedRules& named, std::int64_t model_id,
            Reprocess again)
      : m_check(database, model_id, options.regions ? Regions::yes : Regions::no),
        m_run(options),
        m_named(named),
        m_has_model(model_id != 0),
        m_again(again)
  {
  }

  /// The file's options; nothing where it is finished.
  std::shared_ptr<const EmbedOptions> wanted(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    switch (completeness(stamp, media)) {
      case Completeness::whole:
        return nullptr;
      case Completeness::unmeasured:
        return needs_vectors() ? options_for(media) : measuring_options(media);
      case Completeness::none:
        break;
    }
    return options_for(media);
  }

  /// Whether frames that the file has would go for those of another plan.
  bool is_replanned(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    return is_unchanged(stamp, media) && media->plan != by_plan(media).second;
  }

 private:
  using Options = std::pair<std::shared_ptr<const EmbedOptions>, std::string>;  // with their plan in words

  static bool is_unchanged(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    return media && media->status == "done" && media->stamp == stamp;
  }

  /// Regions may have been blank by the rule of schema 7.
  bool needs_vectors() const { return m_run.regions || m_run.gives_vectors; }

  Completeness completeness(const FileStamp& stamp, const std::optional<MediaRecord>& media)
  {
    if (m_again == Reprocess::all || !is_unchanged(stamp, media)) { return Completeness::none; }
    return m_has_model ? m_check.of(stamp, by_plan(media).second) : Completeness::whole;
  }

  std::shared_ptr<const EmbedOptions> options_for(const std::optional<MediaRecord>& media)
  {
    return by_plan(media).first;
  }

  std::shared_ptr<const EmbedOptions> measuring_options(const std::optional<MediaRecord>& media)
  {
    auto& options = m_measuring[media->plan];
    if (!options) {
      EmbedOptions own = *options_for(media);
      own.only_measure = true;
      options = std::make_shared<const EmbedOptions>(std::move(own));
    }
    return options;
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
  Reprocess m_again;
  std::map<std::string, Options> m_by_plan;                                // by the plan before
  std::map<std::string, std::shared_ptr<const EmbedOptions>> m_measuring;  // the same ones
};

bool failed_for_good(const FileStamp& stamp, const std::optional<MediaRecord>& media)
{
  return media && media->status == "failed" && media->stage != "open" && media->stamp == stamp;
}

/// Files that were new a moment ago and are known now: they keep their plan, and may be finished.
void settle_moved(const std::vector<NewFile>& moved, MediaFinder& known, PlanCheck& terms, WorkList& list)
{
  std::map<fs::path, std::shared_ptr<const EmbedOptions>> options;  // none: it is finished
  for (const auto& [file, now] : moved) {
    const auto media = known.find(now.path);
    options[file] = terms.wanted(now, media);
    if (!options[file]) {
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
                   std::int64_t model_id, Reprocess again, const NamedRules& named)
{
  WorkList list;
  PlanCheck terms(database, options, named, model_id, again);
  MediaFinder known(database);
  std::vector<NewFile> new_files;
  std::optional<ReadTransaction> one_moment(database);  // without it each question costs locks of its own
  for (const fs::path& file : files) {
    const auto there = stat_file(file);
    const FileStamp stamp = there.value_or(FileStamp{stored_path(file)});
    const auto media = known.find(stamp.path);
    if (there && !media) { new_files.emplace_back(file, stamp); }
    const auto wanted = terms.wanted(stamp, media);
    if (there && !wanted) {
      ++list.unchanged;
    } else if (again == Reprocess::changed && there && failed_for_good(stamp, media)) {
      list.known_failures.emplace_back(file, *media);
    } else {
      if (there && terms.is_replanned(stamp, media)) { ++list.replanned; }
      list.todo.push_back({file, wanted});
    }
  }
  one_moment.reset();
  settle_moved(note_moves(database, new_files, options.sampling.decode.abandoned), known, terms, list);
  return list;
}

}  // namespace vidcv
