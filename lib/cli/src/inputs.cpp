#include <vidcv/cli/inputs.hpp>

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/core/error.hpp>

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <system_error>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 52> k_extensions = {
    ".3g2",  ".3gp",  ".apng", ".asf",  ".avi",  ".avif", ".bmp",  ".dv",  ".f4v",  ".flv",  ".gif", ".h264", ".h265",
    ".heic", ".heif", ".hevc", ".ivf",  ".jfif", ".jpe",  ".jpeg", ".jpg", ".m1v",  ".m2ts", ".m2v", ".m4v",  ".mjpeg",
    ".mjpg", ".mkv",  ".mov",  ".mp4",  ".mpe",  ".mpeg", ".mpg",  ".mts", ".mxf",  ".nut",  ".obu", ".ogm",  ".ogv",
    ".png",  ".qt",   ".rm",   ".rmvb", ".tif",  ".tiff", ".ts",   ".vob", ".webm", ".webp", ".wmv", ".wtv",  ".y4m"};

// Folders that file servers and trash cans fill with copies and thumbnails.
constexpr std::array<std::string_view, 4> k_skipped_folders = {"@eaDir", "#recycle", "lost+found",
                                                               "System Volume Information"};

bool is_skipped_name(const fs::path& path, bool is_folder)
{
  const std::string name = path.filename().native();
  if (name.starts_with('.')) { return true; }
  return is_folder && std::ranges::find(k_skipped_folders, name) != k_skipped_folders.end();
}

}  // namespace

bool has_media_extension(const fs::path& file)
{
  std::string extension = file.extension().native();
  std::ranges::transform(extension, extension.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::find(k_extensions, extension) != k_extensions.end();
}

void InputOptions::declare(CommandLine& line, const std::string& name, const std::string& help)
{
  line.values(name, m_paths, help + ": files, folders (recursive), or - for a list on stdin").value_name("PATH");
  line.values("--exclude", m_excludes, "leave out what matches GLOB (name, or path as given); repeats")
      .value_name("GLOB");
  line.flag("-0,--null", m_nul_separated, "the list on stdin is NUL-separated");
}

bool InputOptions::excluded(const fs::path& path) const
{
  return std::ranges::any_of(m_excludes, [&](const std::string& glob) {
    return ::fnmatch(glob.c_str(), path.filename().c_str(), 0) == 0 || ::fnmatch(glob.c_str(), path.c_str(), 0) == 0;
  });
}

/// Folder by folder, so that one that cannot be read costs itself alone.
void InputOptions::add_folder(const fs::path& folder, std::vector<fs::path>& files, Report& report) const
{
  std::error_code error;
  std::vector<fs::path> found;
  std::vector<fs::path> folders;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    std::error_code ignored;  // a name that vanished meanwhile is no folder
    const bool is_folder = it->is_directory(ignored) && !it->is_symlink(ignored);
    if (is_skipped_name(it->path(), is_folder) || excluded(it->path())) { continue; }
    if (is_folder) {
      folders.push_back(it->path());
    } else if (has_media_extension(it->path())) {
      found.push_back(it->path());
    }
  }
  if (error) { report.failure(InputError(folder.native(), "open", error.message())); }
  for (const fs::path& inner : folders) { add_folder(inner, found, report); }
  files.insert(files.end(), found.begin(), found.end());
}

void InputOptions::add(const fs::path& path, std::vector<fs::path>& files, Report& report) const
{
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    add_folder(path, files, report);
    std::sort(files.begin() + first, files.end());
  } else if (!excluded(path)) {
    files.push_back(path);
  }
}

std::vector<fs::path> InputOptions::collect(std::istream& standard_input, Report& report) const
{
  std::vector<fs::path> files;
  for (const std::string& path : m_paths) {
    if (path != "-") {
      add(path, files, report);
      continue;
    }
    std::string line;
    while (std::getline(standard_input, line, m_nul_separated ? '\0' : '\n')) {
      if (!line.empty()) { add(line, files, report); }
    }
  }
  if (files.empty() && report.totals().failed == 0) {
    throw Error("", "", "nothing to work on: no pictures or videos in the inputs");
  }
  return files;
}

}  // namespace vidcv
