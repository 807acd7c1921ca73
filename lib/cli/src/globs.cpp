#include <vidcv/cli/globs.hpp>

#include <vidcv/core/files.hpp>

#include <fnmatch.h>

#include <algorithm>

namespace vidcv {
namespace fs = std::filesystem;

bool matches_any(const std::vector<std::string>& globs, const fs::path& path, const fs::path& root)
{
  if (globs.empty()) { return false; }
  std::vector<std::string> names = {path.filename(), path, absolute_path(path)};
  if (!root.empty()) {
    const fs::path below = path.lexically_relative(root);
    const fs::path folder = absolute_path(root / "").parent_path().filename();
    names.insert(names.end(), {below, "/" + below.native(), folder / below});
  }
  return std::ranges::any_of(globs, [&](const std::string& glob) {
    return std::ranges::any_of(names,
                               [&](const std::string& name) { return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0; });
  });
}

}  // namespace vidcv
