#include "schema/schema_steps.hpp"

#include "schema/schema_files.hpp"

#include <vidcv/core/text.hpp>
#include <vidcv/store/migration.hpp>

#include <string_view>

namespace vidcv {
namespace {

constexpr std::string_view k_owner = "-- owner: ";
constexpr std::string_view k_step = "-- step: ";
constexpr std::string_view k_needs = "-- needs: ";

SchemaStep declared_step(std::string_view number, std::string_view declaration)
{
  const std::vector<std::string> words = split(declaration, ' ');
  SchemaStep step;
  step.id = std::string(number) + "." + words.at(1);
  step.name = words.at(1);
  step.table = step.name;
  if (words.front() == "column") {
    const std::size_t dot = step.name.find('.');
    step.thing = SchemaThing::column;
    step.table = step.name.substr(0, dot);
    step.name = step.name.substr(dot + 1);
    step.type = words.at(2);
  } else if (words.front() == "no") {
    step.thing = SchemaThing::no_view;
    step.name = words.at(2);
    step.table = step.name;
    step.id = std::string(number) + ".no_" + step.name;
  } else if (words.front() == "index") {
    step.thing = SchemaThing::index;
    step.table = words.at(3);
  }
  return step;
}

void add_needs(std::string_view declaration, std::vector<ColumnNeed>& needs)
{
  for (const std::string& item : split(declaration, ',')) {
    const std::string column = item.substr(item.find_first_not_of(' '));
    const std::size_t space = column.find(' ');
    needs.push_back({column.substr(0, space), space == std::string::npos ? "" : column.substr(space + 1)});
  }
}

/// Comments at the start of a line belong to the file; those further in belong to the statement and stay in the
/// database.
void read_steps(const SchemaFile& file, std::vector<SchemaStep>& steps)
{
  bool service = false;
  for (const std::string& line : split(file.text, '\n')) {
    const std::string_view text = line;
    if (text.starts_with(k_owner)) {
      service = text.substr(k_owner.size()) == "service";
    } else if (text.starts_with(k_step)) {
      steps.push_back(declared_step(file.number, text.substr(k_step.size())));
      steps.back().service = service;
    } else if (text.starts_with(k_needs)) {
      add_needs(text.substr(k_needs.size()), steps.back().needs);
    } else if (!text.empty() && !text.starts_with("--")) {
      std::string& sql = steps.back().sql;
      sql += (sql.empty() ? "" : "\n") + line;
    }
  }
}

}  // namespace

const std::vector<SchemaStep>& schema_steps()
{
  static const std::vector<SchemaStep> steps = [] {
    std::vector<SchemaStep> all;
    for (const SchemaFile& file : schema_files()) { read_steps(file, all); }
    return all;
  }();
  return steps;
}

int schema_version()
{
  return static_cast<int>(parse_integer(schema_files().back().number).value());
}

}  // namespace vidcv
