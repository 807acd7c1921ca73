#pragma once

#include <vidcv/store/database.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>

namespace vidcv {

/// Rows that were changed since it was made, those that went with a foreign key among them.
class RowCount {
 public:
  explicit RowCount(Database& database) : m_database(database), m_before(total()) {}
  std::int64_t rows() const { return total() - m_before; }

 private:
  std::int64_t total() const { return m_database.handle().getTotalChanges(); }

  Database& m_database;
  std::int64_t m_before;
};

}  // namespace vidcv
