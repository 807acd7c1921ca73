#pragma once

#include <vidcv/cli/command.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace vidcv {

class ConfigCommand : public Command {
 public:
  std::string_view name() const override { return "config"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;

 private:
  struct Shown {
    nlohmann::ordered_json value;
    std::string literal;  ///< as a configuration file would have it
    std::string origin;
  };
  Shown of_model(Report& report) const;
  static void show(const std::string& name, const Shown& shown, Report& report);
};

}  // namespace vidcv
