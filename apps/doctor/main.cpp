#include "doctor_command.hpp"

int main(int argc, char** argv)
{
  vidcv::DoctorCommand command;
  return vidcv::run_program(command, argc, argv);
}
