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

#include <algorithm>

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
  m_add = &declare_action(line, "add", "add an asset, or replace the pictures of the one that has the tag");
  m_add->value("tag", m_tag, "its name").required().value_name("TAG");
  m_add->values("picture", m_pictures, "what it looks like; the best match of several counts")
      .required()
      .value_name("IMAGE");
  m_add->flag("--another", m_another, "keep the asset's pictures and add these");
  m_list = &declare_action(line, "list", "the assets of a project");
  m_show = &declare_action(line, "show", "one asset with all its pictures");
  m_show->value("tag", m_tag, "its name").required().value_name("TAG");
  m_remove = &declare_action(line, "remove", "forget an asset and its appearances");
  m_remove->value("tag", m_tag, "its name").required().value_name("TAG");
  declare_setting(line, Key::busy_timeout);
  for (const Key key : {Key::exif, Key::alpha}) {
    const DeclaredOption option = declare_setting(line, key);
    line.refuse_if([this, option] {
      return option.is_given() && !m_add->chosen() ? option.name() + " has an effect with add alone" : "";
    });
  }
}

std::vector<std::pair<std::string, std::string>> AssetCommand::components() const
{
  return {{"FFmpeg", ffmpeg_version()}, {"SQLite", sqlite_version()}};
}

void AssetCommand::run(Report& report)
{
  if (m_add->chosen() && !check_pictures(report)) { return; }  // a file that is not a picture changes nothing
  const bool may_create = m_add->chosen() && m_project.empty() && !m_another;
  Database database(m_database_file, may_create ? OpenMode::create : OpenMode::existing,
                    config().number(Key::busy_timeout));
  prepare_database(database);
  if (m_add->chosen()) { add(database, report); }
  if (m_list->chosen()) { list(database, report); }
  if (m_show->chosen()) { show(database, report); }
  if (m_remove->chosen()) { remove(database, report); }
}

/// Whether all pictures can be looked for; those that cannot have been reported.
bool AssetCommand::check_pictures(Report& report)
{
  if (m_tag.empty()) { throw UsageError("TAG", "", "is empty"); }
  for (const std::string* name : {&m_tag, &m_folder_project}) {
    if (!is_utf8(*name)) { throw UsageError(*name, "", "is not valid UTF-8, which the database cannot hold"); }
  }
  const auto bad = std::ranges::count_if(m_pictures, [&](const std::string& picture) {
    return !report.attempt(picture, [&] { check_picture(picture, report); });
  });
  return bad == 0;
}

void AssetCommand::check_picture(const std::string& picture, Report& report) const
{
  if (!is_utf8(picture)) {
    throw InputError(picture, "store", "its name is not valid UTF-8, which the database cannot hold");
  }
  const SampledClip clip = sample_clip(picture, first_frame_options(decode_options(config())));
  if (!clip.is_picture && clip.frames_decoded > 1) {
    throw InputError(picture, "open", "is a video; vidcv sample --out writes its frames as pictures");
  }
  if (clip.frames.front().blank) {
    report.warning(one_line(picture) + ": the picture is blank and will never be found");
  }
}

void AssetCommand::add(Database& database, Report& report)
{
  const ProjectRecord project = m_another ? existing_project(database, m_project, m_folder_project)
                                          : project_or_folder(database, m_project, m_folder_project);
  if (project.manifest_id.empty()) { throw Error("--project", m_project, "has no manifest, where assets belong"); }
  std::vector<std::string> pictures;
  for (const std::string& picture : m_pictures) { pictures.push_back(absolute_path(picture).native()); }
  if (!m_another) { warn_of_replaced(database, project.manifest_id, pictures, report); }
  const AssetRecord asset = m_another ? add_pictures(database, project.manifest_id, m_tag, pictures)
                                      : put_asset(database, project.manifest_id, m_tag, pictures.front(), pictures);
  report.columns({"tag", "asset_id", "embedded", "picture"});
  report_asset(asset, report);
  ++report.totals().done;
}

/// An existing tag keeps its asset and gets these pictures in place of its old ones, which the user is warned of.
void AssetCommand::warn_of_replaced(Database& database, const std::string& manifest_id,
                                    const std::vector<std::string>& pictures, Report& report) const
{
  const auto known = find_asset(database, manifest_id, m_tag);
  if (!known || has_pictures(database, *known, pictures.front(), pictures)) { return; }
  const auto others = static_cast<std::int64_t>(other_pictures(database, known->id).size());
  report.warning(
      fmt::format("{}: the asset is there: its pictures ({}) are replaced, and the appearances that were found "
                  "by them ({}) are forgotten; --another adds pictures",
                  one_line(m_tag), others + (known->picture.empty() ? 0 : 1), count_matches(database, known->id)));
}

void AssetCommand::list(Database& database, Report& report)
{
  const ProjectRecord project = existing_project(database, m_project, m_folder_project);
  report.columns({"tag", "asset_id", "embedded", "picture"});
  for (AssetRecord& asset : assets_of(database, project.manifest_id)) {
    asset.has_blob = asset.has_blob || has_vector(database, asset.id, asset.picture);
    report_asset(asset, report);
    ++report.totals().done;
  }
}

void AssetCommand::show(Database& database, Report& report)
{
  const ProjectRecord project = existing_project(database, m_project, m_folder_project);
  report.columns({"tag", "asset_id", "embedded", "picture"});
  for (AssetRecord& asset : assets_of(database, project.manifest_id)) {
    if (asset.tag != m_tag) { continue; }
    asset.has_blob = asset.has_blob || has_vector(database, asset.id, asset.picture);
    report_asset(asset, report);
    for (const auto& [picture, embedded] : other_pictures(database, asset.id)) {
      asset.picture = picture;
      asset.has_blob = embedded;
      report_asset(asset, report);
    }
    ++report.totals().done;
  }
  if (report.totals().done == 0) { report.failure(InputError(m_tag, "store", "the project has no asset of that tag")); }
}

void AssetCommand::remove(Database& database, Report& report)
{
  const ProjectRecord project = existing_project(database, m_project, m_folder_project);
  report.attempt(m_tag, [&] {
    if (!remove_asset(database, project.manifest_id, m_tag)) {
      throw InputError(m_tag, "store", "the project has no asset of that tag");
    }
    ++report.totals().done;
  });
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
