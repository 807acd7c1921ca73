#include "status_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace vidcv {
namespace {

using json = nlohmann::ordered_json;

constexpr int k_usual_runs = 3;

std::int64_t files_of(const RunRecord& run)
{
  return run.done + run.failed;
}

/// Files per second; nothing where the clock of the ledger, whole seconds, is too coarse.
std::optional<double> rate_of(const RunRecord& run)
{
  if (run.seconds < 1 || files_of(run) == 0) { return std::nullopt; }
  return static_cast<double>(files_of(run)) / run.seconds;
}

std::string_view name_of(RunState state)
{
  switch (state) {
    case RunState::running:
      return "running";
    case RunState::ended:
      return "ended";
    case RunState::killed:
      return "killed";
    case RunState::unknown:
      break;
  }
  return "unknown";
}

/// The database's `2026-11-25 03:18:55` with its zone, as in ISO 8601; nothing for no time.
std::optional<std::string> utc(std::string time)
{
  if (time.empty()) { return std::nullopt; }
  std::ranges::replace(time, ' ', 'T');
  return time + "Z";
}

/// `HOST:PID`; nothing where the run left neither.
std::optional<std::string> process_of(const RunRecord& run)
{
  if (run.pid == 0) { return std::nullopt; }
  return fmt::format("{}:{}", run.host, run.pid);
}

void write_counts(const LedgerCounts& counts, Report& report)
{
  if (report.json()) {
    return report.object({{"type", "status"},
                          {"done", counts.done},
                          {"failed", counts.failed},
                          {"missing", counts.missing},
                          {"frames", counts.frames},
                          {"vectors", counts.vectors}});
  }
  report.columns({"what", "count"});
  report.row({"files done", fmt::format("{}", counts.done)});
  report.row({"files failed", fmt::format("{}", counts.failed)});
  report.row({"files missing", fmt::format("{}", counts.missing)});
  report.row({"frames", fmt::format("{}", counts.frames)});
  report.row({"vectors", fmt::format("{}", counts.vectors)});
}

void write_run(const RunRecord& run, Report& report)
{
  const auto rate = rate_of(run);
  if (report.json()) {
    return report.object({{"type", "run"},
                          {"command", run.command},
                          {"shard", run.shard.empty() ? json(nullptr) : json(run.shard)},
                          {"state", name_of(run.state)},
                          {"started_at", or_null(utc(run.started_at))},
                          {"ended_at", or_null(utc(run.ended_at.value_or("")))},
                          {"last_change", or_null(utc(run.last_change))},
                          {"host", run.pid == 0 ? json(nullptr) : json(run.host)},
                          {"pid", run.pid == 0 ? json(nullptr) : json(run.pid)},
                          {"inputs", run.inputs},
                          {"skipped", run.skipped},
                          {"done", run.done},
                          {"failed", run.failed},
                          {"files_per_sec", or_null(rate)},
                          {"decode_sec", run.times.decode_s},
                          {"encode_sec", run.times.encode_s},
                          {"store_sec", run.times.store_s},
                          {"idle_sec", run.times.idle_s}});
  }
  report.row({run.command, run.shard.empty() ? "-" : run.shard, std::string(name_of(run.state)),
              utc(run.started_at).value_or("-"), utc(run.ended_at.value_or("")).value_or("-"),
              fmt::format("{}/{}", files_of(run), run.inputs), fmt::format("{}", run.failed),
              rate ? fmt::format("{:.1f}", *rate) : "-", utc(run.last_change).value_or("-"),
              process_of(run).value_or("-")});
}

void write_failure(const MediaRecord& media, Report& report)
{
  const std::string path = percent_unescaped(media.stamp.path);
  if (report.json()) {
    json value = {{"type", "failure"}};
    set_path(value, path);
    value.update({{"stage", media.stage}, {"message", media.error}, {"tries", media.tries}});
    return report.object(value);
  }
  report.row({path, media.stage, media.error, fmt::format("{}", media.tries)});
}

}  // namespace

void StatusCommand::declare(CommandLine& line)
{
  line.describe(
      "What a database knows of the files it was given: how many are done, which failed and why, and the last runs:\n"
      "whether they go on, ended or were killed, and how fast they were. Exit 3 if files failed. While another "
      "program\n"
      "writes, it shows the progress.",
      "Example:\n  vidcv status film.db\n  vidcv status --failed -0 film.db | xargs -0 ls -l");
  line.value("database", m_database, "the SQLite database").required().value_name("DB").not_empty();
  const auto runs = line.value("--runs", m_runs, "how many runs to show").value_name("NUMBER=3").not_negative();
  const auto failed =
      line.flag("--failed", m_failed_only, "only the files that failed, as rows without a header").excludes(runs);
  line.flag("-0,--null", m_nul_separated, "only their paths, each followed by a NUL").needs(failed);
  declare_setting(line, Key::busy_timeout);
}

std::vector<std::pair<std::string, std::string>> StatusCommand::components() const
{
  return {{"SQLite", sqlite_version()}};
}

/// Text has a table for each: counts, runs, failures, with an empty line between.
void StatusCommand::run(Report& report)
{
  Database database(m_database, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  if (!m_failed_only) {
    write_counts(count_ledger(database), report);
    const std::vector<RunRecord> runs = newest_runs(database, m_runs.value_or(k_usual_runs));
    if (!runs.empty() && !report.json()) { report.text("\n"); }
    if (!runs.empty()) {
      report.columns({"run", "shard", "state", "started_at", "ended_at", "files", "failed", "files_per_sec",
                      "last_change", "process"});
    }
    for (const RunRecord& run : runs) { write_run(run, report); }
  }
  const std::vector<MediaRecord> failures = failures_of(database);
  if (failures.empty()) { return; }
  if (!m_failed_only && !report.json()) { report.text("\n"); }
  report.conclude(k_exit_some_failed);
  if (m_nul_separated) {
    for (const MediaRecord& media : failures) { report.text(percent_unescaped(media.stamp.path) + '\0'); }
    return;
  }
  const bool is_list = m_failed_only && !report.csv();  // for cut, and for xargs
  if (!is_list) { report.columns({"path", "stage", "message", "tries"}); }
  for (const MediaRecord& media : failures) { write_failure(media, report); }
}

}  // namespace vidcv
