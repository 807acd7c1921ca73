#include "report_command.hpp"

int main(int argc, char** argv)
{
  vidcv::ReportCommand command;
  return vidcv::run_program(command, argc, argv);
}
