#include <vidcv/cli/programs.hpp>

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace {

constexpr int k_exit_usage = 2;

struct CommandText {
  std::string_view name;
  std::string_view does;
};

constexpr std::array<CommandText, 13> k_commands = {{
    {"sample", "choose the frames of each clip that are worth looking at"},
    {"embed", "turn frames and pictures into vectors, in a database or on stdout"},
    {"asset", "add, list and remove the things to look for"},
    {"appear", "say which asset is seen in which clip, when and how surely"},
    {"model", "import CLIP weights, and tell about model files"},
    {"compare", "the cosine of two pictures"},
    {"status", "what a database knows of its files: done, failed and why, how fast"},
    {"project", "list, show and remove projects"},
    {"forget", "remove what a database knows of files, scenes, projects and models"},
    {"merge", "join the databases of several runs, such as the parts of a cluster's job"},
    {"migrate", "create a database or bring an existing one up to date"},
    {"doctor", "whether all that vidcv needs is well, or how to mend it"},
    {"config", "the effective settings, and where each comes from"},
}};

void print_help(std::FILE* out)
{
  std::string text =
      "vidcv says which known things are seen in which videos, and when.\n\nUsage: vidcv COMMAND [OPTIONS] ...\n\n";
  for (const auto& [name, does] : k_commands) { text += fmt::format("  {:<8} {}\n", name, does); }
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
    return k_exit_usage;
  }
  if (command == "--help" || command == "-h") { return help(2, argv); }
  if (command == "help") { return help(argc, argv); }
  if (command == "--version") { return print_version(); }
  return vidcv::become_program(vidcv::program_for(command, argv + 1), argv + 1);
}
