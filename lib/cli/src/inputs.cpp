#include <vidcv/cli/inputs.hpp>

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/globs.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/media_names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <system_error>

namespace vidcv {
namespace fs = std::filesystem;

DeclaredOption InputOptions::declare(CommandLine& line, const std::string& name, const std::string& help)
{
  const DeclaredOption paths =
      line.values(name, m_paths, help + ": files, folders (recursive), or - for a list on stdin")
          .value_name("PATH")
          .not_empty();
  const DeclaredOption exclude =
      line.values("--exclude", m_excludes, "skip what matches GLOB: a name, or a path below the folder; repeatable")
          .value_name("GLOB")
          .not_empty();
  const DeclaredOption include =
      line.values("--include", m_includes,
                  "in folders, only files that match GLOB, whatever their extension; repeatable")
          .value_name("GLOB")
          .not_empty();
  const DeclaredOption null = line.flag("-0,--null", m_nul_separated, "the list on stdin is NUL-separated");
  for (const DeclaredOption& option : {exclude, include}) { line.only_with(option, {paths}); }
  line.refuse_if([this, null] {
    const bool has_list = std::ranges::find(m_paths, "-") != m_paths.end();
    return null.is_given() && !has_list ? null.name() + " has no effect without -, a list on stdin" : "";
  });
  return paths;
}

DeclaredOption InputOptions::declare_shard(CommandLine& line)
{
  return line.value("--shard", m_shard, "only part I (from 0) of N of the inputs; auto: from the scheduler's job array")
      .value_name("I/N")
      .not_empty();
}

/// The inputs as they are found.
class InputOptions::Collection {
 public:
  Collection(const InputOptions& options, Report& report)
      : m_options(options), m_shard(options.shard()), m_report(report)
  {
  }

  void add(const fs::path& path)
  {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      const auto first = static_cast<std::ptrdiff_t>(m_inputs.files.size());
      if (add_folder(path, path)) { m_inputs.folders.push_back(path); }
      std::sort(m_inputs.files.begin() + first, m_inputs.files.end());
    } else if (!matches_any(m_options.m_excludes, path, {})) {
      add_file(path, path);
    }
  }

  /// @throws Error if there was nothing
  Inputs finish(NoInputs no_inputs)
  {
    const bool may_be_empty = no_inputs == NoInputs::pass && !m_inputs.folders.empty();
    if (m_found == 0 && m_report.totals().failed == 0 && !may_be_empty) {
      throw Error("", "", "nothing to work on: no pictures or videos in the inputs");
    }
    if (m_inputs.files.empty() && m_found > 0) {
      m_report.warning(fmt::format("none of the {} inputs belongs to part {}", m_found, m_shard.text()));
    }
    return std::move(m_inputs);
  }

 private:
  bool is_wanted(const fs::path& path, const fs::path& root) const
  {
    return m_options.m_includes.empty() ? kind_by_name(path).has_value()
                                        : matches_any(m_options.m_includes, path, root);
  }

  void add_file(const fs::path& path, const fs::path& below_root)
  {
    ++m_found;
    if (m_shard.is_whole()) { return m_inputs.files.push_back(path); }
    const bool is_first = m_seen.insert(absolute_path(path)).second;
    if (is_first && m_shard.has(below_root.native())) { m_inputs.files.push_back(path); }
  }

  /// Folder by folder, so that an unreadable one is skipped alone. False if this one is unreadable.
  bool add_folder(const fs::path& folder, const fs::path& root)
  {
    std::error_code error;
    std::vector<fs::path> folders;
    for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
      std::error_code ignored;  // a name that vanished meanwhile is not a folder
      const bool is_folder = it->is_directory(ignored) && !it->is_symlink(ignored);
      if (is_passed_over(it->path()) || matches_any(m_options.m_excludes, it->path(), root)) { continue; }
      if (is_folder) {
        if (absolute_path(it->path()) != m_options.m_left_out) { folders.push_back(it->path()); }
      } else if (is_wanted(it->path(), root)) {
        add_file(it->path(), m_shard.is_whole() ? it->path() : it->path().lexically_relative(root));
      }
    }
    if (error) { m_report.failure(InputError(folder.native(), "open", error.message())); }
    for (const fs::path& inner : folders) { add_folder(inner, root); }
    return !error;
  }

  const InputOptions& m_options;
  Shard m_shard;
  Report& m_report;
  Inputs m_inputs;
  std::size_t m_found = 0;    // in all parts
  std::set<fs::path> m_seen;  // where there are parts: by which folder it is named first decides
};

std::vector<std::string> read_path_list(std::istream& list, bool is_nul_separated)
{
  std::vector<std::string> paths;
  for (std::string line; std::getline(list, line, is_nul_separated ? '\0' : '\n');) {
    if (line.find('\0') != std::string::npos) {
      throw UsageError("-", "", "the list on stdin has NUL bytes, which no path has: -0?");
    }
    if (!line.empty()) { paths.push_back(line); }
  }
  return paths;
}

Inputs InputOptions::collect(std::istream& standard_input, Report& report, NoInputs no_inputs) const
{
  Collection collection(*this, report);
  for (const std::string& path : m_paths) {
    if (path != "-") {
      collection.add(path);
      continue;
    }
    for (const std::string& listed : read_path_list(standard_input, m_nul_separated)) { collection.add(listed); }
  }
  return collection.finish(no_inputs);
}

void InputOptions::leave_out(const std::filesystem::path& folder)
{
  m_left_out = absolute_path(folder / "").parent_path();
}

}  // namespace vidcv
