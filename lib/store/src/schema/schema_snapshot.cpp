#include "schema/schema_snapshot.hpp"

#include "database/statement.hpp"

#include <vidcv/core/text.hpp>

#include <algorithm>
#include <iterator>

namespace vidcv {

bool is_accepted_type(std::string_view declared, std::string_view wanted)
{
  // "VARCHAR (32)" is VARCHAR.
  std::string type = lower_case(declared.substr(0, declared.find('(')));
  type.erase(type.find_last_not_of(' ') + 1);
  if (wanted == "CHAR") { return type == "char" || type == "varchar" || type == "text"; }
  if (wanted == "TEXT") { return type == "text" || type == "json"; }
  if (wanted == "REAL") { return type == "real" || type == "float"; }
  return type == lower_case(wanted);
}

SchemaSnapshot::SchemaSnapshot(Database& database) : m_database(database)
{
  Statement entries(database,
                    "SELECT name, type, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (entries.next()) { m_entries[lower_case(entries.text(0))] = {entries.text(1), lower_case(entries.text(2))}; }
}

const SchemaSnapshot::Entry* SchemaSnapshot::find(const std::string& name) const
{
  const auto found = m_entries.find(lower_case(name));
  return found == m_entries.end() ? nullptr : &found->second;
}

std::optional<std::string> SchemaSnapshot::column_type(const std::string& table, const std::string& column)
{
  const Columns& columns = columns_of(table);
  const auto found = columns.find(lower_case(column));
  if (found == columns.end()) { return std::nullopt; }
  return found->second;
}

const SchemaSnapshot::Columns& SchemaSnapshot::columns_of(const std::string& table)
{
  const auto [place, is_new] = m_columns.try_emplace(table);
  if (is_new) {
    Statement columns(m_database, "SELECT name, type FROM pragma_table_xinfo(?1)");  // xinfo: generated ones too
    columns.bind(table);
    while (columns.next()) { place->second[lower_case(columns.text(0))] = columns.text(1); }
  }
  return place->second;
}

}  // namespace vidcv
