#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace vidcv {

/// Whether a path matches one of the patterns: its name, the path as it is given, or absolute, and in a folder that was
/// named (`root`) the path below that folder, with its name in front or without. A `*` matches slashes too.
bool matches_any(const std::vector<std::string>& globs, const std::filesystem::path& path,
                 const std::filesystem::path& root = {});

}  // namespace vidcv
