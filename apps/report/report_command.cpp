#include "report_command.hpp"

#include "shared/text_search.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <array>

namespace vidcv {
using json = nlohmann::ordered_json;
namespace fs = std::filesystem;
namespace {

/// `50MB`, `800kB`, `2GB`, or bytes.
std::size_t read_size(const std::string& words)
{
  constexpr std::array<std::pair<std::string_view, double>, 4> k_units = {
      {{"kb", 1e3}, {"mb", 1e6}, {"gb", 1e9}, {"b", 1}}};
  const std::string text = lower_case(words);
  for (const auto& [unit, bytes] : k_units) {
    if (!text.ends_with(unit)) { continue; }
    const auto number = parse_double(text.substr(0, text.size() - unit.size()));
    if (number && *number * bytes >= 1 && *number * bytes <= 1e12) { return static_cast<std::size_t>(*number * bytes); }
  }
  const auto number = parse_integer(text);
  if (number && *number > 0) { return static_cast<std::size_t>(*number); }
  throw UsageError("--max-size", words, "is not a size such as 50MB or 800kB");
}

}  // namespace

void ReportCommand::declare(CommandLine& line)
{
  line.describe(
      "Write what a database knows as one HTML page that opens anywhere: assets with the clips they are in, clips "
      "with\n"
      "timelines and pictures of the best frames, failures. The page loads nothing from elsewhere.",
      "Example:\n  vidcv report --db film.db -o report.html\n"
      "  vidcv report --db film.db -o dogs.html --query \"a dog on a beach\"");
  m_findings.declare(line);
  line.value("-o,--output", m_file, "the page to write").required().value_name("FILE").not_empty();
  const auto query = line.value("--query", m_query, "show the answer of a search for this text as well")
                         .value_name("TEXT")
                         .not_empty();
  line.value("--of", m_model_name, "the stored vectors to search, as vidcv search has it")
      .value_name("NAME")
      .not_empty()
      .needs(query);
  line.value("--max-size", m_most_bytes, "of a page: pictures are left out where it would be larger")
      .value_name("SIZE")
      .not_empty()
      .show_default();
  line.flag("--no-pictures", m_without_pictures, "open no clip: texts and timelines alone");
  line.flag("--split", m_split, "a page for each asset, in FILE's name with _files; so it is where one is too large");
  line.flag("--force", m_force, "replace FILE even if it is not a report");
  for (const Key key :
       {Key::model, Key::device, Key::threads, Key::exif, Key::alpha, Key::isolation, Key::busy_timeout}) {
    declare_setting(line, key);
  }
}

ReportJob ReportCommand::job(Database& database, Report& report) const
{
  ReportJob job;
  job.file = output_file(m_file, database);
  job.filter = m_findings.filter(database);
  job.query = m_query;
  job.pictures = !m_without_pictures;
  job.most_bytes = read_size(m_most_bytes);
  job.split = m_split ? Split::always : Split::if_large;
  job.decode = decode_options(config());
  job.threads = static_cast<int>(config().integer(Key::threads));
  job.begin = [&report](std::int64_t clips) { report.expect(clips); };
  job.clip_begun = [&report](const fs::path& file) { report.begin_file(file); };
  job.clip_done = [&report](const fs::path& file) { report.end_file(file); };
  job.warning = [&report](const std::string& line) { report.warning(line); };
  job.stopping = is_stopping;
  return job;
}

void ReportCommand::run(Report& report)
{
  if (!m_query.empty() && m_findings.has_project()) {
    throw UsageError("--query", m_query, "searches all clips: it cannot be combined with --project");
  }
  if (m_file == "-") { throw UsageError("--output", m_file, "is not a file: a report cannot go to stdout"); }
  Database database(m_findings.database_file(), OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  ReportJob wanted = job(database, report);
  std::error_code absent;
  if (!m_force && fs::exists(wanted.file, absent) && !is_report(wanted.file)) {
    throw UsageError("--output", m_file, "exists and is not a report of vidcv: name another file, or use --force");
  }
  if (!m_query.empty()) { wanted.found = text_search(database, m_model_name, m_query, config(), report); }
  const WrittenReport written = write_report(database, wanted);
  report.totals().done = std::ssize(written.pages);
  if (written.moments == 0) { report.warning("there are no moments: vidcv appear finds those of assets"); }
  if (report.json()) {
    json value = {{"type", "report"}};
    set_path(value, written.pages.front().native());
    value.update({{"pages", written.pages.size()},
                  {"bytes", written.bytes},
                  {"clips", written.clips},
                  {"moments", written.moments},
                  {"pictures", written.pictures}});
    return report.object(value);
  }
  report.columns({"path", "pages", "bytes", "clips", "moments", "pictures"});
  report.row({written.pages.front().native(), fmt::format("{}", written.pages.size()), fmt::format("{}", written.bytes),
              fmt::format("{}", written.clips), fmt::format("{}", written.moments),
              fmt::format("{}", written.pictures)});
}

}  // namespace vidcv
