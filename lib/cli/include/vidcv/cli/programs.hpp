#pragma once

#include <string_view>

namespace vidcv {

/// Becomes the program of `command`, `vidcv-COMMAND`: beside this program in the build tree, in libexec once installed.
/// @param arguments  its argv, null at the end
/// @returns only where that fails: the exit code, after a line on stderr
int become_program(std::string_view command, char** arguments);

}  // namespace vidcv
