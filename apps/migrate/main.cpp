#include "migrate_command.hpp"

int main(int argc, char** argv)
{
  vidcv::MigrateCommand command;
  return vidcv::run_program(command, argc, argv);
}
