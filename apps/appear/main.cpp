#include "appear_command.hpp"

#include "shared/appear_program.hpp"

#include <vidcv/cli/programs.hpp>

int main(int argc, char** argv)
{
  const auto program = vidcv::appear_program(argv);
  if (program != "appear") { return vidcv::become_program(program, argv); }
  vidcv::AppearCommand command;
  return vidcv::run_program(command, argc, argv);
}
