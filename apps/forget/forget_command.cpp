#include "forget_command.hpp"

#include "shared/forgotten.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Whether one of two paths is the other, or below it.
bool is_nested(const fs::path& a, const fs::path& b)
{
  const auto [in_a, in_b] = std::ranges::mismatch(a, b);
  return in_a == a.end() || in_b == b.end();
}

/// A file, or a folder in all ways in which the paths of its files may begin.
std::vector<Forgotten> forget_path(WriteTransaction& within, const std::string& path)
{
  const std::string file = absolute_path(path).native();
  const std::string stored = percent_escaped(file);
  std::vector<Forgotten> gone = forget_files(within, stored, Findings::go);
  for (const std::string& beginning : percent_escaped_beginnings(file.ends_with('/') ? file : file + "/")) {
    if (beginning == stored || beginning == stored + "/") { continue; }
    const std::vector<Forgotten> below = forget_files(within, beginning, Findings::go);
    gone.insert(gone.end(), below.begin(), below.end());
  }
  return gone;
}

}  // namespace

void ForgetCommand::declare(CommandLine& line)
{
  line.describe(
      "Remove from a database what vidcv knows of files and folders, there or not, or a scene, a project or a model "
      "by\n"
      "name. Files on the disk are left alone. The Python service's own rows go only where --project names its "
      "project.",
      "Example:\n  vidcv forget --db film.db old/ mistyped.mp4\n  vidcv forget --db film.db --dry-run --model "
      "clip-b32\n"
      "  vidcv status --failed -0 film.db | vidcv forget --db film.db -0 -");
  line.values("path", m_paths, "files and folders, there or not, or - for a list on stdin")
      .value_name("PATH")
      .not_empty();
  line.flag("-0,--null", m_nul_separated, "the list on stdin is NUL-separated");
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  const auto project = line.value("--project", m_project, "remove this project, or with --scene scenes of it")
                           .value_name("ID")
                           .not_empty();
  line.value("--project-name", m_project_name, "remove this folder project, or with --scene scenes of it")
      .value_name("NAME")
      .not_empty()
      .excludes(project);
  line.values("--scene", m_scene_words, "this scene of the project; repeatable").value_name("INDEX");
  line.values("--model", m_models, "remove all vectors and findings of a model, by name or fingerprint; repeatable")
      .value_name("MODEL")
      .not_empty();
  line.flag("--dry-run", m_dry_run, "change nothing; print what would be removed");
  declare_setting(line, Key::busy_timeout);
}

std::vector<std::pair<std::string, std::string>> ForgetCommand::components() const
{
  return {{"SQLite", sqlite_version()}};
}

void ForgetCommand::require_something(const std::vector<int>& scenes) const
{
  if (!scenes.empty() && !names_project()) { throw UsageError("--scene", "", "needs --project or --project-name"); }
  if (!m_paths.empty() && names_project()) {
    throw UsageError("PATH", "",
                     "cannot be combined with --project or --project-name: a file is forgotten in all projects");
  }
  if (m_paths.empty() && !names_project() && m_models.empty()) {
    throw UsageError("", "", "nothing to forget: name files, --project or --model (see vidcv forget --help)");
  }
}

/// As one transaction: with --dry-run it is rolled back, so that what is printed is what would go.
void ForgetCommand::run(Report& report)
{
  const std::vector<int> scenes = for_option("--scene", [&] { return scene_indexes(m_scene_words); });
  require_something(scenes);
  Database database(m_database_file, OpenMode::existing, config().number(Key::busy_timeout));
  m_dry_run ? require_current(database) : prepare_database(database);
  WriteTransaction transaction(database);
  forget_paths(transaction, report);
  if (names_project()) { forget_of_project(transaction, scenes, report); }
  forget_models(transaction, report);
  if (!m_dry_run) { transaction.commit(); }
  report_forgotten(m_gone, m_dry_run, report);
}

/// @throws InputError if nothing went
void ForgetCommand::add(const std::vector<Forgotten>& gone, const std::string& thing, const char* cause)
{
  if (gone.empty()) { throw InputError(thing, "store", cause); }
  m_gone.insert(m_gone.end(), gone.begin(), gone.end());
}

std::vector<std::string> ForgetCommand::paths() const
{
  std::vector<std::string> all;
  for (const std::string& path : m_paths) {
    const std::vector<std::string> named = path == "-" ? read_path_list(std::cin, m_nul_separated) : std::vector{path};
    all.insert(all.end(), named.begin(), named.end());
  }
  return all;
}

void ForgetCommand::forget_paths(WriteTransaction& within, Report& report)
{
  std::vector<fs::path> done;
  for (const std::string& path : paths()) {
    const fs::path whole = absolute_path(fs::path(path) / "").parent_path();
    const std::vector<Forgotten> gone = forget_path(within, path);
    const bool is_covered = std::ranges::any_of(done, [&](const fs::path& other) { return is_nested(whole, other); });
    if (gone.empty() && is_covered) { continue; }
    report.attempt(path, [&] { add(gone, path, "the database knows nothing of it"); });
    if (!gone.empty()) { done.push_back(whole); }
  }
}

void ForgetCommand::forget_of_project(WriteTransaction& within, const std::vector<int>& scenes, Report& report)
{
  const ProjectRecord project = existing_project(within.database(), m_project, m_project_name);
  if (scenes.empty()) { return add(forget_project(within, project.id), m_project, ""); }
  for (const int index : scenes) {
    const std::string scene = fmt::format("scene {}", index);
    report.attempt(
        scene, [&] { add(forget_scene(within, project.id, index), scene, "the project has no scene of that index"); });
  }
}

void ForgetCommand::forget_models(WriteTransaction& within, Report& report)
{
  for (const std::string& model : m_models) {
    report.attempt(model, [&] {
      add(forget_model(within, model), model, "the database has no model of that name or fingerprint");
    });
  }
}

}  // namespace vidcv
