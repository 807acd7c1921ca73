#include "ledger_options.hpp"

#include "forgotten.hpp"

#include <fmt/format.h>

namespace vidcv {

LedgerOptions::Declared LedgerOptions::declare(CommandLine& line)
{
  return {line.flag("--retry-failed", m_retry_failed, "also try unchanged files that failed before"),
          line.flag("--force", m_force, "process files again that the database already has"),
          line.flag("--prune", m_prune, "forget files of the named folders that no longer exist")};
}

WorkList LedgerOptions::plan_work(Database& database, const Inputs& inputs, const EmbedOptions& options,
                                  const NamedRules& named, std::int64_t model_id, Report& report) const
{
  const Reprocess again = m_force ? Reprocess::all : m_retry_failed ? Reprocess::failed : Reprocess::changed;
  WorkList work = work_list(database, inputs.files, options, model_id, again, named);
  tell_failures(work, report);
  if (work.moved > 0) { report.warning(fmt::format("{} known files have moved; their vectors are kept", work.moved)); }
  if (work.replanned > 0) {
    report.warning(fmt::format(
        "{} files were sampled by another plan and are sampled again ({}); their old frames are removed with the "
        "vectors of every model",
        work.replanned, describe(options.sampling)));
  }
  const auto [gone, kept_scenes] = note_vanished(database, inputs.folders, m_prune ? Prune::yes : Prune::no);
  for (const Forgotten& scene : kept_scenes) { warn_of_kept(scene, report); }
  if (gone > 0) {
    report.warning(m_prune ? fmt::format("{} files that no longer exist are forgotten", gone)
                           : fmt::format("{} known files no longer exist; --prune forgets them", gone));
  }
  return work;
}

void LedgerOptions::tell_failures(const WorkList& work, Report& report) const
{
  for (const auto& [file, media] : work.known_failures) {
    report.failure(InputError(file.native(), media.stage, media.error));
  }
  if (!work.known_failures.empty()) {
    report.warning(fmt::format("{} files failed before and have not changed: --retry-failed tries them again",
                               work.known_failures.size()));
  }
}

}  // namespace vidcv
