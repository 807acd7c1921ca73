#pragma once

#include <string>
#include <utility>
#include <vector>

namespace vidcv {

/// FFmpeg, SQLite and LibTorch with their versions, for `--version`: those of the libraries that are loaded. LibTorch
/// takes long to load, so its version is the build's.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace vidcv
