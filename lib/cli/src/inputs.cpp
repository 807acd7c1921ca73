#include <vidcv/cli/inputs.hpp>

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/media_names.hpp>

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>
#include <system_error>

namespace vidcv {
namespace fs = std::filesystem;

void InputOptions::declare(CommandLine& line, const std::string& name, const std::string& help)
{
  line.values(name, m_paths, help + ": files, folders (recursive), or - for a list on stdin")
      .value_name("PATH")
      .not_empty();
  line.values("--exclude", m_excludes, "leave out what matches GLOB (name, or path as given); repeats")
      .value_name("GLOB")
      .not_empty();
  line.values("--include", m_includes, "of folders only files that match GLOB, whatever their extension; repeats")
      .value_name("GLOB")
      .not_empty();
  line.flag("-0,--null", m_nul_separated, "the list on stdin is NUL-separated");
}

void InputOptions::declare_shard(CommandLine& line)
{
  line.value("--shard", m_shard, "only part I (from 0) of N of the inputs; auto: as the scheduler's array says")
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
    } else if (!matches(m_options.m_excludes, path)) {
      add_file(path, path);
    }
  }

  /// @throws Error if there was nothing
  Inputs finish()
  {
    if (m_found == 0 && m_report.totals().failed == 0) {
      throw Error("", "", "nothing to work on: no pictures or videos in the inputs");
    }
    if (m_inputs.files.empty() && m_found > 0) {
      m_report.warning(fmt::format("none of the {} inputs belongs to part {}", m_found, m_shard.text()));
    }
    return std::move(m_inputs);
  }

 private:
  static bool matches(const std::vector<std::string>& globs, const fs::path& path)
  {
    return std::ranges::any_of(globs, [&](const std::string& glob) {
      return ::fnmatch(glob.c_str(), path.filename().c_str(), 0) == 0 || ::fnmatch(glob.c_str(), path.c_str(), 0) == 0;
    });
  }

  bool is_wanted(const fs::path& path) const
  {
    return m_options.m_includes.empty() ? kind_by_name(path).has_value() : matches(m_options.m_includes, path);
  }

  void add_file(const fs::path& path, const fs::path& below_root)
  {
    ++m_found;
    if (m_shard.is_whole()) { return m_inputs.files.push_back(path); }
    const bool is_first = m_seen.insert(absolute_path(path)).second;
    if (is_first && m_shard.has(below_root.native())) { m_inputs.files.push_back(path); }
  }

  /// Folder by folder, so that one that cannot be read costs itself alone. False if this one could not.
  bool add_folder(const fs::path& folder, const fs::path& root)
  {
    std::error_code error;
    std::vector<fs::path> folders;
    for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
      std::error_code ignored;  // a name that vanished meanwhile is no folder
      const bool is_folder = it->is_directory(ignored) && !it->is_symlink(ignored);
      if (is_passed_over(it->path()) || matches(m_options.m_excludes, it->path())) { continue; }
      if (is_folder) {
        folders.push_back(it->path());
      } else if (is_wanted(it->path())) {
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

Inputs InputOptions::collect(std::istream& standard_input, Report& report) const
{
  Collection collection(*this, report);
  for (const std::string& path : m_paths) {
    if (path != "-") {
      collection.add(path);
      continue;
    }
    std::string line;
    while (std::getline(standard_input, line, m_nul_separated ? '\0' : '\n')) {
      if (!line.empty()) { collection.add(line); }
    }
  }
  return collection.finish();
}

}  // namespace vidcv
