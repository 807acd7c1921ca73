#include "list_command.hpp"

#include "list_job.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/store/migration.hpp>

namespace vidcv {

void ListCommand::declare(CommandLine& line)
{
  line.describe(
      "Print the appearances that a database has, whoever wrote them. Nothing is examined, nothing is changed.",
      "Example:\n  vidcv appear --list --db film.db --asset CAR --format csv\n"
      "  vidcv appear --help    without --list: look for assets in clips");
  line.flag("--list", m_list, "this").required();
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  line.value("--asset", m_tag, "of this asset alone").value_name("TAG").not_empty();
  line.values("--scene", m_scene_words, "of this scene alone; may be given again").value_name("INDEX");
  const auto project = line.value("--project", m_project, "of this project alone").value_name("ID").not_empty();
  line.value("--project-name", m_project_name, "of this folder project alone")
      .value_name("NAME")
      .not_empty()
      .excludes(project);
  line.value("--format", m_format, "rows, csv (as --csv) or json (as --json)").one_of({"rows", "csv", "json"});
  declare_setting(line, Key::busy_timeout);
}

std::vector<std::pair<std::string, std::string>> ListCommand::components() const
{
  return {{"SQLite", sqlite_version()}};
}

void ListCommand::run(Report& report)
{
  choose_format(report);
  TimelineFilter filter;
  filter.scenes = for_option("--scene", [&] { return scene_indexes(m_scene_words); });
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  if (!m_tag.empty()) { filter.tag = m_tag; }
  if (!m_project.empty()) { filter.project_id = chosen_projects(database, m_project).front().id; }
  if (!m_project_name.empty()) { filter.project_id = existing_project(database, "", m_project_name).id; }
  list_appearances(database, filter, report);
}

void ListCommand::choose_format(Report& report) const
{
  if (m_format.empty()) { return; }
  if (report.json() && m_format != "json") { throw UsageError("--format", m_format, "cannot be combined with --json"); }
  if (report.csv() && m_format != "csv") { throw UsageError("--format", m_format, "cannot be combined with --csv"); }
  report.choose_format(m_format);
}

}  // namespace vidcv
