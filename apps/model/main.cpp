#include "model_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ModelCommand command;
  return vidcv::run_program(command, argc, argv);
}
