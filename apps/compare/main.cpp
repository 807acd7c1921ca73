#include "compare_command.hpp"

int main(int argc, char** argv)
{
  vidcv::CompareCommand command;
  return vidcv::run_program(command, argc, argv);
}
