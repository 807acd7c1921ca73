#include "merge_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

namespace vidcv {

void MergeCommand::declare(CommandLine& line)
{
  line.describe(
      "Join what databases know of their files into one: models, frames with their vectors, failures, texts and runs.\n"
      "Each file is whole or not there, a second time changes nothing, and the order makes no difference. Assets,\n"
      "scenes and appearances stay where they are: run vidcv appear on the result.",
      "Example:\n  vidcv merge film.db part-0.db part-1.db part-2.db part-3.db");
  line.value("out", m_out, "the database that takes them; it is made if it is not there")
      .required()
      .value_name("OUT")
      .not_empty();
  line.values("in", m_in, "the databases to take from; they are not changed").required().value_name("IN").not_empty();
  declare_setting(line, Key::busy_timeout);
}

std::vector<std::pair<std::string, std::string>> MergeCommand::components() const
{
  return {{"SQLite", sqlite_version()}};
}

void MergeCommand::run(Report& report)
{
  Database out(m_out, OpenMode::create, config().number(Key::busy_timeout));
  prepare_database(out);
  report.columns({"database", "files", "failures", "vectors", "present"});
  report.expect(std::ssize(m_in));
  for (const std::string& in : m_in) {
    if (is_stopping()) { return; }
    const FileInHand in_hand(report, in);
    try {
      merge(out, in, report);
      if (!is_stopping()) { ++report.totals().done; }
    } catch (const StoreError& error) {
      if (error.thing() != in) { throw; }
      report.failure(error);
    }
  }
}

void MergeCommand::merge(Database& out, const std::string& in, Report& report)
{
  const Stopwatch watch;
  const MergeCounts counts = merge_database(out, in, is_stopping);
  report.totals().times.store_s += watch.seconds();
  if (report.json()) {
    nlohmann::ordered_json value = {{"type", "merge"}};
    set_path(value, in);
    value.update({{"files", counts.files},
                  {"failures", counts.failures},
                  {"vectors", counts.vectors},
                  {"present", counts.present}});
    report.object(value);
  } else {
    report.row({in, fmt::format("{}", counts.files), fmt::format("{}", counts.failures),
                fmt::format("{}", counts.vectors), fmt::format("{}", counts.present)});
  }
  if (counts.left > 0) {
    report.warning(fmt::format("{}: {} rows of assets and appearances stay where they are", in, counts.left));
  }
}

}  // namespace vidcv
