#include "migrate_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/store/backup.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace vidcv {
namespace {

std::string_view name_of(StepStatus status)
{
  switch (status) {
    case StepStatus::present:
      return "present";
    case StepStatus::pending:
      return "pending";
    case StepStatus::applied:
      break;
  }
  return "applied";
}

}  // namespace

void MigrateCommand::declare(CommandLine& line)
{
  line.describe(
      "Create a database, or bring an existing one up to date: the Python service's tables and vidcv's own. All or\n"
      "nothing, in one transaction. Exit 4 if --check finds something pending.",
      "Example:\n  vidcv migrate film.db\n  vidcv migrate --check film.db || vidcv migrate --dry-run film.db");
  line.value("database", m_database, "the SQLite database").required().value_name("DB").not_empty();
  const auto check = line.flag("--check", m_check, "change nothing; exit 4 if steps are pending");
  const auto dry_run =
      line.flag("--dry-run", m_dry_run, "change nothing; print the SQL of the pending steps").excludes(check);
  line.flag("--no-backup", m_no_backup,
            "leave out the copy DB.before-vidcv-VERSION, which is made before the first change")
      .excludes(check)
      .excludes(dry_run);
  declare_setting(line, Key::busy_timeout);
}

std::vector<std::pair<std::string, std::string>> MigrateCommand::components() const
{
  return {{"SQLite", sqlite_version()}};
}

std::vector<MigrationStep> MigrateCommand::steps(Report& report)
{
  const bool looks_only = m_check || m_dry_run;
  Database database(m_database, looks_only ? OpenMode::read_only : OpenMode::as_found,
                    config().number(Key::busy_timeout));
  if (looks_only) { return plan_migration(database); }
  std::filesystem::path backup;
  std::vector<MigrationStep> steps = migrate(database, [&] {
    if (!m_no_backup) { backup = back_up(database); }
  });
  if (!backup.empty() && report.json()) {
    nlohmann::ordered_json value = {{"type", "backup"}};
    set_path(value, backup.native());
    report.object(value);
  } else if (!backup.empty()) {
    report.warning("the database as it was is kept as " + backup.native());
  }
  return steps;
}

void MigrateCommand::run(Report& report)
{
  const std::vector<MigrationStep> steps = this->steps(report);
  const bool nothing_to_do =
      std::ranges::all_of(steps, [](const MigrationStep& s) { return s.status == StepStatus::present; });
  if (!nothing_to_do && !m_dry_run) { report.columns({"step", "status"}); }
  for (const MigrationStep& step : steps) {
    if (report.json()) {
      nlohmann::ordered_json value = {{"type", "migration"}, {"id", step.id}, {"status", name_of(step.status)}};
      if (m_dry_run && step.status == StepStatus::pending) { value["sql"] = step.sql; }
      report.object(value);
    } else if (step.status != StepStatus::present) {
      m_dry_run ? report.text(step.sql + "\n") : report.row({step.id, std::string(name_of(step.status))});
    }
  }
  if (nothing_to_do) {
    report.warning(fmt::format("{}: nothing to do, {} steps are present", m_database, steps.size()));
  }
  if (m_check && !nothing_to_do) { report.conclude(k_exit_pending); }
  ++report.totals().done;
}

}  // namespace vidcv
