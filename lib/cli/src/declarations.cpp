#include "declarations.hpp"

#include <vidcv/core/text.hpp>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace vidcv {
namespace {

using json = nlohmann::ordered_json;

/// `auto|cpu|cuda` are words to choose from; `NUMBER` is not.
json words_of(const std::string& type)
{
  return type.find('|') == std::string::npos ? json::array() : json(split(type, '|'));
}

json option_json(const CLI::Option& option)
{
  json names = json::array();
  if (option.get_positional()) {
    names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) { names.push_back("-" + name); }
    for (const std::string& name : option.get_lnames()) { names.push_back("--" + name); }
  }
  const bool takes_value = option.get_items_expected_max() > 0;
  const std::string type = takes_value ? option.get_type_name() : std::string();
  return {{"names", names},
          {"value", type},
          {"words", words_of(type)},
          {"help", option.get_description()},
          {"default", option.get_default_str()},
          {"required", option.get_required()},
          {"repeatable", takes_value && option.get_expected_max() > 1}};
}

json app_json(const CLI::App& app)
{
  json value = {{"name", app.get_name()},
                {"description", app.get_description()},
                {"examples", app.get_footer()},
                {"options", json::array()},
                {"actions", json::array()}};
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) { value["options"].push_back(option_json(*option)); }  // hidden ones have none
  }
  for (const CLI::App* action : app.get_subcommands(nullptr)) { value["actions"].push_back(app_json(*action)); }
  return value;
}

}  // namespace

std::string declarations_json(const CLI::App& app)
{
  return app_json(app).dump();
}

}  // namespace vidcv
