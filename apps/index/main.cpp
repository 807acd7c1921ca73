#include "index_command.hpp"

int main(int argc, char** argv)
{
  vidcv::IndexCommand command;
  return vidcv::run_program(command, argc, argv);
}
