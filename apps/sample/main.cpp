#include "sample_command.hpp"

int main(int argc, char** argv)
{
  vidcv::SampleCommand command;
  return vidcv::run_program(command, argc, argv);
}
