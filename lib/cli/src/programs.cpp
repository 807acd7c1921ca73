#include <vidcv/cli/programs.hpp>

#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/report.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace vidcv {
namespace {

using std::filesystem::path;

/// Empty if it is nowhere.
path find_program(std::string_view command)
{
  const path here = program_folder();
  const std::string name = fmt::format("vidcv-{}", command);
  for (const path& candidate : {here / name, here / "../libexec/vidcv" / name}) {
    if (::access(candidate.c_str(), X_OK) == 0) { return candidate; }
  }
  return {};
}

}  // namespace

int become_program(std::string_view command, char** arguments)
{
  const bool is_word = command.find('/') == std::string_view::npos;
  const path program = is_word ? find_program(command) : path();
  if (program.empty()) {
    say(fmt::format("vidcv: {}: no such command (see vidcv help)\n", command));
    return k_exit_usage;
  }
  ::execv(program.c_str(), arguments);
  say(fmt::format("vidcv: {}: {}\n", program.native(), system_cause(errno)));
  return k_exit_failed;
}

}  // namespace vidcv
