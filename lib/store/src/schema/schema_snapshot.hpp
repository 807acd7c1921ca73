#pragma once

#include <vidcv/store/database.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace vidcv {

/// What a database holds, according to sqlite_master and PRAGMA table_xinfo. Names are compared without case, as SQLite
/// does.
class SchemaSnapshot {
 public:
  struct Entry {
    std::string type;   ///< `table`, `index`, `view`, `trigger`
    std::string table;  ///< to which an index belongs
  };

  explicit SchemaSnapshot(Database& database);

  bool is_empty() const noexcept { return m_entries.empty(); }
  const Entry* find(const std::string& name) const;
  /// The declared type of a column; nothing where there is no such column.
  std::optional<std::string> column_type(const std::string& table, const std::string& column);

 private:
  using Columns = std::map<std::string, std::string>;
  const Columns& columns_of(const std::string& table);

  Database& m_database;
  std::map<std::string, Entry> m_entries;
  std::map<std::string, Columns> m_columns;
};

/// Whether a column that is declared as `declared` serves where vidcv would declare `wanted`: who made the database
/// decided between CHAR(32), VARCHAR and TEXT, JSON and TEXT, FLOAT and REAL.
bool is_accepted_type(std::string_view declared, std::string_view wanted);

}  // namespace vidcv
