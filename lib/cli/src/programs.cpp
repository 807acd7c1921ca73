#include <vidcv/cli/programs.hpp>

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

constexpr int k_exit_failed = 1;
constexpr int k_exit_usage = 2;

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

std::string_view program_for(std::string_view command, char** arguments)
{
  if (command != "appear") { return command; }
  for (; *arguments != nullptr && std::string_view(*arguments) != "--"; ++arguments) {
    if (std::string_view(*arguments) == "--list") { return "appear-list"; }
  }
  return command;
}

}  // namespace vidcv
