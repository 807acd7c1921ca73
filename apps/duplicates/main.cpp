#include "duplicates_command.hpp"

int main(int argc, char** argv)
{
  vidcv::DuplicatesCommand command;
  return vidcv::run_program(command, argc, argv);
}
