#pragma once

#include <string>
#include <utility>
#include <vector>

namespace vidcv {

/// FFmpeg, SQLite and LibTorch with their versions, for `--version`. LibTorch is not loaded for it.
std::vector<std::pair<std::string, std::string>> library_versions();

}  // namespace vidcv
