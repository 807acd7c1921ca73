#include "config_command.hpp"

#include <vidcv/cli/command_line.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <variant>

namespace vidcv {

void ConfigCommand::declare(CommandLine& line)
{
  line.describe(
      "Show the effective settings and where each comes from: an option, a VIDCV_* variable, a file and line, or\n"
      "the default.",
      "Example:\n  vidcv config\n  vidcv config --config film.toml");
  for (const Setting& which : settings()) { declare_setting(line, which.key); }
}

void ConfigCommand::run(Report& report)
{
  report.columns({"setting", "value", "origin"});
  for (const Setting& which : settings()) {
    const std::string full_name = std::string(which.section) + "." + std::string(which.name);
    if (!report.json()) {
      report.row({full_name, config().literal(which.key), config().origin(which.key)});
      continue;
    }
    nlohmann::ordered_json value = {{"type", "setting"}, {"name", full_name}};
    std::visit([&](const auto& v) { value["value"] = v; }, config().value(which.key));
    value["origin"] = config().origin(which.key);
    report.object(value);
  }
  for (const auto& [name, threshold] : config().thresholds().named) {
    if (report.json()) {
      report.object({{"type", "setting"}, {"name", name}, {"value", threshold.first}, {"origin", threshold.second}});
    } else {
      report.row({name, fmt::format("{}", threshold.first), threshold.second});
    }
  }
}

}  // namespace vidcv
