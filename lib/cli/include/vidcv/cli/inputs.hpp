#pragma once

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/shard.hpp>

#include <filesystem>
#include <istream>
#include <string>
#include <vector>

namespace vidcv {

class Report;

/// What the inputs of a command turned out to be.
struct Inputs {
  std::vector<std::filesystem::path> files;
  std::vector<std::filesystem::path> folders;  ///< those that were named and could be read
};

/// The paths of a list on stdin.
/// @throws UsageError for a list with NUL bytes that is not NUL-separated
std::vector<std::string> read_path_list(std::istream& list, bool is_nul_separated);

enum class NoInputs {
  fail,
  pass,  ///< where a folder was named: what the database knows of it is work as well
};

/// The inputs of a command: files, folders (recursive), or `-` for a list on stdin.
class InputOptions {
 public:
  /// The positional argument `name` with `--exclude`, `--include` and `-0`.
  /// @returns the argument
  DeclaredOption declare(CommandLine& line, const std::string& name, const std::string& help);
  /// `--shard`, for commands whose results can be merged.
  DeclaredOption declare_shard(CommandLine& line);
  bool empty() const noexcept { return m_paths.empty(); }
  /// The part of the inputs that this run is to work on.
  /// @throws UsageError if --shard says none
  Shard shard() const { return m_shard.empty() ? Shard() : parse_shard(m_shard); }

  /// The files to work on: in the order given, those of a folder sorted by name. Named files are taken whatever they
  /// are, except for --exclude; in a folder those that --include names, or else have a known extension, without hidden
  /// ones. A folder that cannot be read is a failure in `report`. A part of the inputs that is empty is reported.
  /// @throws Error if there is nothing in any part; UsageError for a list with NUL bytes without -0
  Inputs collect(std::istream& standard_input, Report& report, NoInputs no_inputs = NoInputs::fail) const;

  /// Leaves out this folder where it lies below another one that is named.
  void leave_out(const std::filesystem::path& folder);

 private:
  class Collection;

  std::vector<std::string> m_paths;
  std::vector<std::string> m_excludes;
  std::vector<std::string> m_includes;
  std::filesystem::path m_left_out;
  std::string m_shard;
  bool m_nul_separated = false;
};

}  // namespace vidcv
