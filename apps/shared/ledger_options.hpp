#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/vanished_files.hpp>
#include <vidcv/pipeline/work_list.hpp>

namespace vidcv {

/// What a command does with files that the database knows.
class LedgerOptions {
 public:
  struct Declared {
    DeclaredOption retry_failed;
    DeclaredOption force;
    DeclaredOption prune;
  };
  /// `--retry-failed`, `--force` and `--prune`.
  Declared declare(CommandLine& line);

  /// Files that are gone can be forgotten of a folder in which no file is left.
  NoInputs no_inputs() const noexcept { return m_prune ? NoInputs::pass : NoInputs::fail; }
  bool force() const noexcept { return m_force; }
  /// Whether only a run with a database can mean what was asked for.
  bool needs_database() const noexcept { return m_retry_failed || m_force || m_prune; }

  /// The work that there is. Files that failed before and are not tried again are failures in `report`; what has moved
  /// or vanished is reported.
  WorkList plan_work(Database& database, const Inputs& inputs, const EmbedOptions& options, const NamedRules& named,
                     std::int64_t model_id, Report& report) const;

 private:
  void tell_failures(const WorkList& work, Report& report) const;

  bool m_retry_failed = false;
  bool m_force = false;
  bool m_prune = false;
};

}  // namespace vidcv
