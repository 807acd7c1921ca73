#pragma once

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace vidcv {

class CommandLine;
class Report;

/// The inputs of a command: files, folders (recursive), or `-` for a list on stdin.
class InputOptions {
 public:
  /// The positional argument `name` with `--exclude` and `-0`.
  void declare(CommandLine& line, const std::string& name, const std::string& help);
  bool empty() const noexcept { return m_paths.empty(); }

  /// The files to work on: in the order given, those of a folder sorted by name. Named files are taken whatever they
  /// are, but for --exclude; in a folder those with a known extension, without hidden ones. A folder that cannot be
  /// read is a failure in `report`.
  /// @throws Error if that leaves nothing
  std::vector<std::filesystem::path> collect(std::istream& standard_input, Report& report) const;

 private:
  void add(const std::filesystem::path& path, std::vector<std::filesystem::path>& files, Report& report) const;
  void add_folder(const std::filesystem::path& folder, std::vector<std::filesystem::path>& files, Report& report) const;
  bool excluded(const std::filesystem::path& path) const;

  std::vector<std::string> m_paths;
  std::vector<std::string> m_excludes;
  bool m_nul_separated = false;
};

/// Whether a folder's file of this name is a picture or a video by its extension, in any case.
bool has_media_extension(const std::filesystem::path& file);

}  // namespace vidcv
