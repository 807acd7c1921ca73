#pragma once

#include <string>

namespace vidcv {

/// The part of a path behind its last slash.
std::string base_name(const std::string& path);

}  // namespace vidcv
