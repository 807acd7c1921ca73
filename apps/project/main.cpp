#include "project_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ProjectCommand command;
  return vidcv::run_program(command, argc, argv);
}
