#include "commands.hpp"
#include "shared/appear_program.hpp"

#include <vidcv/cli/exit_code.hpp>
#include <vidcv/cli/programs.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

/// The program that a command line is for.
std::string_view program_of(std::string_view command, char** arguments)
{
  return command == "appear" ? vidcv::appear_program(arguments) : command;
}

void print_help(std::FILE* out)
{
  std::string text =
      "vidcv says which known things are seen in which videos, and when.\n\nUsage: vidcv COMMAND [OPTIONS] ...\n\n";
  for (const auto& [name, does] : vidcv::k_commands) { text += fmt::format("  {:<8} {}\n", name, does); }
  text +=
      "\n  help [COMMAND]   this text, or a command's own\n  --version        the versions of vidcv and its "
      "libraries\n\n"
      "Example:\n"
      "  vidcv asset add --db film.db CAR car.jpg\n"
      "  vidcv appear --db film.db --model model.pt clips/\n";
  std::fputs(text.c_str(), out);
}

/// The program that is linked with every library knows all versions.
int print_version()
{
  std::string name = "vidcv-embed";
  std::string option = "--version";
  std::array<char*, 3> arguments = {name.data(), option.data(), nullptr};
  return vidcv::become_program("embed", arguments.data());
}

int help(int argc, char** argv)
{
  if (argc < 3) {
    print_help(stdout);
    return 0;
  }
  std::string option = "--help";
  std::array<char*, 3> arguments = {argv[2], option.data(), nullptr};
  return vidcv::become_program(argv[2], arguments.data());
}

}  // namespace

int main(int argc, char** argv)
{
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command.empty()) {
    print_help(stderr);
    return vidcv::k_exit_usage;
  }
  if (command == "--help" || command == "-h") { return help(2, argv); }
  if (command == "help") { return help(argc, argv); }
  if (command == "--version") { return print_version(); }
  return vidcv::become_program(program_of(command, argv + 1), argv + 1);
}
