#include "config_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ConfigCommand command;
  return vidcv::run_program(command, argc, argv);
}
