#include "appear_command.hpp"

int main(int argc, char** argv)
{
  vidcv::AppearCommand command;
  return vidcv::run_program(command, argc, argv);
}
