#pragma once

#include <vidcv/cli/command.hpp>

namespace vidcv {

class ConfigCommand : public Command {
 public:
  std::string_view name() const override { return "config"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
};

}  // namespace vidcv
