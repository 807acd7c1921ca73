#include "merge_command.hpp"

int main(int argc, char** argv)
{
  vidcv::MergeCommand command;
  return vidcv::run_program(command, argc, argv);
}
