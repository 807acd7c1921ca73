#pragma once

#include <filesystem>
#include <optional>

namespace vidcv {

// Where files are looked for that nobody names by a path: the one rule for configuration, models and caches. A place is
// absolute or it does not count, so that no working folder can put a file into one.

/// An absolute folder that a variable names; nothing if the variable is not set, empty or relative.
std::optional<std::filesystem::path> folder_of_variable(const char* variable);

/// `HOME`, else the home folder of the password file, else nothing.
std::optional<std::filesystem::path> home_folder();

/// A base folder of the XDG specification: that of the variable, else `below_home` in the home folder, else nothing.
std::optional<std::filesystem::path> base_folder(const char* variable, const std::filesystem::path& below_home);

}  // namespace vidcv
