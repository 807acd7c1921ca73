#include "forget_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ForgetCommand command;
  return vidcv::run_program(command, argc, argv);
}
