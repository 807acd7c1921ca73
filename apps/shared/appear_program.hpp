#pragma once

#include <string_view>

namespace vidcv {

/// The program of a `vidcv appear` command line: `--list` has one of its own, which starts without FFmpeg.
/// @param arguments  null at the end
inline std::string_view appear_program(char** arguments)
{
  for (; *arguments != nullptr && std::string_view(*arguments) != "--"; ++arguments) {
    if (std::string_view(*arguments) == "--list") { return "appear-list"; }
  }
  return "appear";
}

}  // namespace vidcv
