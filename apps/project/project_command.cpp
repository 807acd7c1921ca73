#include "project_command.hpp"

#include "shared/forgotten.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/store/migration.hpp>
#include <vidcv/store/service_records.hpp>

#include <fmt/format.h>

namespace vidcv {
namespace {

void write_project(const ProjectSummary& project, Report& report)
{
  const char* made_by = project.is_own ? "vidcv" : "service";
  if (report.json()) {
    return report.object({{"type", "project"},
                          {"project_id", project.id},
                          {"name", project.name},
                          {"made_by", made_by},
                          {"scenes", project.scenes},
                          {"assets", project.assets},
                          {"appearances", project.appearances}});
  }
  report.row({project.id, project.name.empty() ? "-" : project.name, made_by, fmt::format("{}", project.scenes),
              fmt::format("{}", project.assets), fmt::format("{}", project.appearances)});
}

void write_scene(const SceneSummary& scene, Report& report)
{
  if (report.json()) {
    return report.object(
        {{"type", "project_scene"},
         {"scene_index", scene.scene_index},
         {"clip", scene.clip.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(scene.clip)},
         {"appearances", scene.appearances}});
  }
  report.row({fmt::format("{}", scene.scene_index), scene.clip.empty() ? "-" : scene.clip,
              fmt::format("{}", scene.appearances)});
}

}  // namespace

CommandLine& ProjectCommand::declare_action(CommandLine& line, const std::string& name, const std::string& description)
{
  CommandLine& action = line.action(name, description);
  action.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  return action;
}

void ProjectCommand::declare(CommandLine& line)
{
  line.describe(
      "The projects of a database: those that vidcv makes of folders, and the Python service's. A project has scenes,\n"
      "each with a clip, and a manifest, which holds its assets.",
      "Example:\n  vidcv project list --db film.db\n  vidcv project remove --db film.db typo");
  m_list = &declare_action(line, "list", "all projects");
  m_show = &declare_action(line, "show", "one project with its scenes");
  m_remove = &declare_action(line, "remove", "forget a project with its scenes; what was read of its files stays");
  for (CommandLine* action : {m_show, m_remove}) {
    action->value("project", m_project, "its id, or the name of a folder project")
        .required()
        .value_name("PROJECT")
        .not_empty();
  }
  m_remove->flag("--dry-run", m_dry_run, "change nothing; print what would be removed");
  declare_setting(line, Key::busy_timeout);
}

std::vector<std::pair<std::string, std::string>> ProjectCommand::components() const
{
  return {{"SQLite", sqlite_version()}};
}

void ProjectCommand::run(Report& report)
{
  if (m_list->chosen()) { list(report); }
  if (m_show->chosen()) { show(report); }
  if (m_remove->chosen()) { remove(report); }
}

/// A project of the service is named by its id alone: names of manifests need not be unique there.
std::string ProjectCommand::id_of_project(Database& database) const
{
  if (const auto named = find_folder_project(database, m_project)) { return named->id; }
  std::string id = m_project;
  std::erase(id, '-');
  const auto known = find_project(database, id);
  if (!known) {
    throw Error(m_project, "", "the database has no project of that id, nor has vidcv made one of that name");
  }
  return known->id;
}

void ProjectCommand::list(Report& report)
{
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  report.columns({"project_id", "name", "made_by", "scenes", "assets", "appearances"});
  for (const ProjectSummary& project : project_summaries(database)) {
    write_project(project, report);
    ++report.totals().done;
  }
}

void ProjectCommand::show(Report& report)
{
  Database database(m_database_file, OpenMode::read_only, config().number(Key::busy_timeout));
  require_current(database);
  const std::string id = id_of_project(database);
  report.columns({"project_id", "name", "made_by", "scenes", "assets", "appearances"});
  for (const ProjectSummary& project : project_summaries(database)) {
    if (project.id == id) { write_project(project, report); }
  }
  const auto scenes = scene_summaries(database, id);
  if (!scenes.empty() && !report.json()) { report.text("\n"); }
  if (!scenes.empty()) { report.columns({"scene", "clip", "appearances"}); }
  for (const SceneSummary& scene : scenes) { write_scene(scene, report); }
  ++report.totals().done;
}

void ProjectCommand::remove(Report& report)
{
  Database database(m_database_file, OpenMode::existing, config().number(Key::busy_timeout));
  m_dry_run ? require_current(database) : prepare_database(database);
  const std::string id = id_of_project(database);
  WriteTransaction transaction(database);
  const auto gone = forget_project(transaction, id);
  if (!m_dry_run) { transaction.commit(); }
  report_forgotten(gone, m_dry_run, report);
}

}  // namespace vidcv
