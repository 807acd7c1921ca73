#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/pipeline/stored_findings.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// The database, and which of its findings are meant.
class FindingsOptions {
 public:
  /// `--db`, `--project`, `--tag` and `--root`.
  void declare(CommandLine& line);

  const std::string& database_file() const { return m_database_file; }
  /// Whether a project or an asset is named.
  bool is_restricted() const { return !m_project.empty() || !m_tags.empty(); }
  bool has_project() const { return !m_project.empty(); }
  FindingsFilter filter(const Database& database) const;

 private:
  std::string m_database_file;
  std::string m_project;
  std::vector<std::string> m_tags;
  std::string m_root;
};

/// The file that `--output` names, links followed. It may exist; it is neither a database, nor one of the database's
/// clips, nor anything but a regular file.
/// @throws UsageError about `--output`
std::filesystem::path output_file(const std::string& given, Database& database);

}  // namespace vidcv
