#include "shared/findings_options.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_job.hpp>
#include <vidcv/store/media_records.hpp>

#include <array>
#include <fstream>
#include <string_view>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

bool is_database(const fs::path& file)
{
  constexpr std::string_view k_magic = "SQLite format 3";
  std::array<char, k_magic.size()> start{};
  std::ifstream(file, std::ios::binary).read(start.data(), start.size());
  return std::string_view(start.data(), start.size()) == k_magic;
}

/// The file that a link leads to, also one that does not exist yet.
fs::path behind_links(fs::path file)
{
  constexpr int k_most_links = 40;  // as the kernel allows
  std::error_code none;
  for (int i = 0; i < k_most_links; ++i) {
    const fs::path target = fs::read_symlink(file, none);
    if (none) { break; }
    file = absolute_path(file.parent_path() / target);
  }
  return file;
}

}  // namespace

void FindingsOptions::declare(CommandLine& line)
{
  line.value("--db", m_database_file, "the database").required().value_name("DB").not_empty();
  line.value("--project", m_project, "only the clips and assets of this project, by its id")
      .value_name("ID")
      .not_empty();
  line.values("--tag", m_tags, "only this asset; repeatable").value_name("TAG").not_empty();
  line.value("--root", m_root, "start of relative paths in the database; default: the database's folder")
      .value_name("DIR")
      .not_empty();
}

FindingsFilter FindingsOptions::filter(const Database& database) const
{
  return {m_project, m_tags, base_folder(database, m_root), {}};
}

fs::path output_file(const std::string& given, Database& database)
{
  const auto refuse = [&](const char* cause) -> UsageError { return {"--output", given, cause}; };
  const fs::path file = behind_links(absolute_path(given));
  std::error_code unknown;
  if (!fs::is_directory(file.parent_path(), unknown)) { throw refuse("its folder does not exist"); }
  if (fs::is_directory(file, unknown)) { throw refuse("is a folder: name a file"); }
  if (!fs::exists(file, unknown)) { return file; }
  if (!fs::is_regular_file(file, unknown)) { throw refuse("is not a regular file: name another"); }
  if (is_database(file)) { throw refuse("is a database: name another file"); }
  if (find_media(database, stored_path(file)) || find_media(database, stored_path(given))) {
    throw refuse("is a clip of the database: name another file");
  }
  return file;
}

}  // namespace vidcv
