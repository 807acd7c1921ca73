#include "search_command.hpp"

int main(int argc, char** argv)
{
  vidcv::SearchCommand command;
  return vidcv::run_program(command, argc, argv);
}
