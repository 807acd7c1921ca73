#include "config_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/clip/model_places.hpp>
#include <vidcv/clip/threshold.hpp>
#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <variant>

namespace vidcv {

void ConfigCommand::declare(CommandLine& line)
{
  line.describe(
      "Show the effective settings and where each comes from: an option, a VIDCV_* variable, a file and line, the\n"
      "model, or the default.",
      "Example:\n  vidcv config\n  vidcv config --config film.toml\n  vidcv config --model clip");
  for (const Setting& which : settings()) { declare_setting(line, which.key); }
}

/// A setting that the model named here brings; it is read, not loaded.
ConfigCommand::Shown ConfigCommand::of_model(Report& report) const
{
  try {
    const ThresholdInForce found = threshold_in_force(config(), read_description(model_file(config())));
    return {found.value, literal_of(found.value), found.origin};
  } catch (const ModelError& error) {
    report.warning(fmt::format("what comes from the model is not known: {}", error.what()));
    return {nullptr, "-", "model"};
  }
}

void ConfigCommand::run(Report& report)
{
  for (const std::string& note : config().notes()) { report.warning(note); }
  report.columns({"setting", "value", "origin"});
  for (const Setting& which : settings()) {
    Shown shown{nullptr, config().literal(which.key), config().origin(which.key)};
    std::visit([&](const auto& value) { shown.value = value; }, config().value(which.key));
    if (comes_from_model(which.key) && !config().text(Key::model).empty()) { shown = of_model(report); }
    show(fmt::format("{}.{}", which.section, which.name), shown, report);
  }
  for (const auto& [name, threshold] : config().thresholds().named) {
    show(name, {threshold.first, fmt::format("{}", threshold.first), threshold.second}, report);
  }
}

void ConfigCommand::show(const std::string& name, const Shown& shown, Report& report)
{
  if (report.json()) {
    report.object({{"type", "setting"}, {"name", name}, {"value", shown.value}, {"origin", shown.origin}});
  } else {
    report.row({name, shown.literal, shown.origin});
  }
}

}  // namespace vidcv
