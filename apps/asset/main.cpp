#include "asset_command.hpp"

int main(int argc, char** argv)
{
  vidcv::AssetCommand command;
  return vidcv::run_program(command, argc, argv);
}
