#include "export_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ExportCommand command;
  return vidcv::run_program(command, argc, argv);
}
