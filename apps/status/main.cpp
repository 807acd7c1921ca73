#include "status_command.hpp"

int main(int argc, char** argv)
{
  vidcv::StatusCommand command;
  return vidcv::run_program(command, argc, argv);
}
