#include "asset_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/pipeline/sample_clip.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace vidcv {

CommandLine& AssetCommand::declare_action(CommandLine& line, const std::string& name, const std::string& description)
{
  CommandLine& action = line.action(name, description);
  action.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  const auto project =
      action.value("--project", m_project, "the project whose assets are meant").value_name("ID").not_empty();
  action.value("--project-name", m_folder_project, "the folder project whose assets are meant")
      .value_name("NAME")
      .not_empty()
      .excludes(project)
      .show_default();
  return action;
}

void AssetCommand::declare(CommandLine& line)
{
  m_folder_project = k_folder_project;
  line.describe("The things to look for: each has a tag and a picture.",
                "Example:\n  vidcv asset add --db film.db CAR car.jpg\n  vidcv asset list --db film.db");
  m_add = &declare_action(line, "add", "add an asset, or give one of that tag another picture");
  m_add->value("tag", m_tag, "its name").required().value_name("TAG");
  m_add->value("picture", m_picture, "what it looks like").required().value_name("IMAGE");
  m_list = &declare_action(line, "list", "the assets of a project");
  m_remove = &declare_action(line, "remove", "forget an asset and its appearances");
  m_remove->value("tag", m_tag, "its name").required().value_name("TAG");
  for (const Key key : {Key::exif, Key::alpha, Key::busy_timeout}) { declare_setting(line, key); }
}

std::vector<std::pair<std::string, std::string>> AssetCommand::components() const
{
  return {{"FFmpeg", ffmpeg_version()}, {"SQLite", sqlite_version()}};
}

void AssetCommand::run(Report& report)
{
  if (m_add->chosen() && !check_picture(report)) { return; }  // nothing is touched for a picture that is none
  const bool may_create = m_add->chosen() && m_project.empty();
  Database database(m_database_file, may_create ? OpenMode::create : OpenMode::existing,
                    config().number(Key::busy_timeout));
  prepare_database(database);
  if (m_add->chosen()) { add(database, report); }
  if (m_list->chosen()) { list(database, report); }
  if (m_remove->chosen()) { remove(database, report); }
}

/// Whether the picture can be looked for; if not, that has been reported.
bool AssetCommand::check_picture(Report& report)
{
  if (m_tag.empty()) { throw UsageError("TAG", "", "is empty"); }
  for (const std::string* name : {&m_tag, &m_folder_project}) {
    if (!is_utf8(*name)) { throw UsageError(*name, "", "is no UTF-8, which the database cannot hold"); }
  }
  return report.attempt(m_picture, [&] {
    if (!is_utf8(m_picture)) {
      throw InputError(m_picture, "store", "its name is no UTF-8, which the database cannot hold");
    }
    const SampledClip clip = sample_clip(m_picture, first_frame_options(decode_options(config())));
    if (!clip.is_picture && clip.frames_decoded > 1) {
      throw InputError(m_picture, "open", "is a video; vidcv sample --out writes its frames as pictures");
    }
    if (clip.frames.front().blank) {
      report.warning(one_line(m_picture) + ": the picture is blank and will never be found");
    }
  });
}

void AssetCommand::add(Database& database, Report& report)
{
  const ProjectRecord project = project_or_folder(database, m_project, m_folder_project);
  if (project.manifest_id.empty()) { throw Error("--project", m_project, "has no manifest, where assets belong"); }
  const std::string picture = absolute_path(m_picture).native();
  report.columns({"tag", "asset_id", "embedded", "picture"});
  report_asset(put_asset(database, project.manifest_id, m_tag, picture), report);
  ++report.totals().done;
}

void AssetCommand::list(Database& database, Report& report)
{
  const ProjectRecord project = existing_project(database, m_project, m_folder_project);
  report.columns({"tag", "asset_id", "embedded", "picture"});
  for (const AssetRecord& asset : assets_of(database, project.manifest_id)) {
    report_asset(asset, report);
    ++report.totals().done;
  }
}

void AssetCommand::remove(Database& database, Report& report)
{
  const ProjectRecord project = existing_project(database, m_project, m_folder_project);
  if (remove_asset(database, project.manifest_id, m_tag)) {
    ++report.totals().done;
  } else {
    report.failure(InputError(m_tag, "store", "the project has no asset of that tag"));
  }
}

void AssetCommand::report_asset(const AssetRecord& asset, Report& report) const
{
  if (report.json()) {
    report.object({{"type", "asset"},
                   {"asset_id", asset.id},
                   {"tag", asset.tag},
                   {"picture", asset.picture},
                   {"embedded", asset.has_blob}});
  } else {
    report.row({asset.tag, asset.id, asset.has_blob ? "yes" : "no", asset.picture});
  }
}

}  // namespace vidcv
