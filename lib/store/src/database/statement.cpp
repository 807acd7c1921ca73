#include "database/statement.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

namespace vidcv {

std::string damage_cause(const std::string& what)
{
  return fmt::format("the database is damaged ({}): sqlite3's .recover saves what can be read", what);
}

std::string cause_of(const SQLite::Exception& failure, double busy_timeout_s)
{
  if (failure.getExtendedErrorCode() == SQLITE_CONSTRAINT_FOREIGNKEY) {
    return "a reference between rows would break (FOREIGN KEY constraint failed); nothing was changed";
  }
  switch (failure.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("another program holds the database (waited {} s); nothing was changed, try again later",
                         busy_timeout_s);
    case SQLITE_READONLY:
      if (failure.getExtendedErrorCode() == SQLITE_READONLY_ROLLBACK) {
        return "a write was cut short and must be undone before reading: open it for writing once";
      }
      return "the database is read-only; what was stored before is as it was";
    case SQLITE_CORRUPT:
      return damage_cause(failure.what());
    case SQLITE_FULL:
      return "the disk is full; what was stored before is as it was: make room and run again";
    case SQLITE_IOERR:
      return fmt::format("the disk failed ({}, code {}); what was stored before is as it was", failure.what(),
                         failure.getExtendedErrorCode());
    default:
      return failure.what();
  }
}

void execute(Database& database, const std::string& sql)
{
  with_store_errors(database, [&] { database.handle().exec(sql); });
}

Statement::Statement(Database& database, const std::string& sql)
    : m_database(database),
      m_statement(with_store_errors(database, [&] { return SQLite::Statement(database.handle(), sql); }))
{
}

bool Statement::next()
{
  return with_store_errors(m_database, [&] { return m_statement.executeStep(); });
}

void Statement::reset()
{
  with_store_errors(m_database, [&] { m_statement.reset(); });
}

int Statement::finish()
{
  while (next()) {}
  return m_database.handle().getChanges();
}

bool Statement::is_null(int column)
{
  return with_store_errors(m_database, [&] { return m_statement.isColumnNull(column); });
}
std::int64_t Statement::integer(int column)
{
  return with_store_errors(m_database, [&] { return m_statement.getColumn(column).getInt64(); });
}
double Statement::number(int column)
{
  return with_store_errors(m_database, [&] { return m_statement.getColumn(column).getDouble(); });
}
std::string Statement::text(int column)
{
  return with_store_errors(m_database, [&] { return m_statement.getColumn(column).getString(); });
}

std::optional<double> Statement::optional_number(int column)
{
  if (is_null(column)) { return std::nullopt; }
  return number(column);
}

std::span<const std::byte> Statement::blob(int column)
{
  const SQLite::Column value = with_store_errors(m_database, [&] { return m_statement.getColumn(column); });
  if (!value.isBlob()) { return {}; }
  return {static_cast<const std::byte*>(value.getBlob()), static_cast<std::size_t>(value.getBytes())};
}

void Statement::put(int position, std::span<const std::byte> value)
{
  m_statement.bind(position, value.data(), static_cast<int>(value.size()));
}

std::optional<std::string> text_or_null(const std::string& text)
{
  if (text.empty()) { return std::nullopt; }
  return text;
}

std::optional<std::int64_t> id_or_null(std::int64_t id)
{
  if (id == 0) { return std::nullopt; }
  return id;
}

}  // namespace vidcv
