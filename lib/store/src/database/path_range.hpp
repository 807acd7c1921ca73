#pragma once

#include <string>

namespace vidcv {

/// A file or folder, as conditions on a column of paths: those below `/a` are from `/a/` to before `/a0`, as 0 follows
/// the slash.
struct PathRange {
  /// @param path  with or without a slash at its end
  explicit PathRange(const std::string& path)
      : file(path.ends_with('/') ? path.substr(0, path.size() - 1) : path),
        first_below(file + "/"),
        end_below(file + "0")
  {
  }

  std::string file;
  std::string first_below;
  std::string end_below;
};

}  // namespace vidcv
