#include "list_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ListCommand command;
  return vidcv::run_program(command, argc, argv);
}
