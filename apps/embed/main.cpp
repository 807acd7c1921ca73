#include "embed_command.hpp"

int main(int argc, char** argv)
{
  vidcv::EmbedCommand command;
  return vidcv::run_program(command, argc, argv);
}
