#pragma once

#include <vidcv/core/error.hpp>
#include <vidcv/store/database.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace vidcv {

/// What SQLite said, in words that name a way out where there is one.
std::string cause_of(const SQLite::Exception& failure, double busy_timeout_s);

/// The message about a damaged database, with the way out.
std::string damage_cause(const std::string& what);

/// Calls `work`; what SQLite refuses becomes a StoreError that names the database.
template <typename Work>
auto with_store_errors(Database& database, Work&& work)
{
  try {
    return work();
  } catch (const SQLite::Exception& failure) {
    throw StoreError(database.path().string(), "store", cause_of(failure, database.busy_timeout_s()));
  }
}

/// Runs statements that take no values and give no rows.
void execute(Database& database, const std::string& sql);

/// One prepared statement. Values are bound, never written into its text.
class Statement {
 public:
  Statement(Database& database, const std::string& sql);

  /// Starts again with these values for `?1`, `?2`, ...
  template <typename... Values>
  Statement& bind(const Values&... values)
  {
    with_store_errors(m_database, [&] {
      m_statement.reset();
      int position = 0;
      (put(++position, values), ...);
    });
    return *this;
  }

  /// Goes to the next row. False when there is none.
  bool next();

  /// Binds, runs to the end, and returns how many rows were changed.
  template <typename... Values>
  int run(const Values&... values)
  {
    bind(values...);
    return finish();
  }

  /// Lets go of the database until the next bind(): a statement in the middle of its rows holds a read transaction.
  void reset();

  bool is_null(int column);
  std::int64_t integer(int column);
  int small(int column) { return static_cast<int>(integer(column)); }
  double number(int column);
  std::optional<double> optional_number(int column);
  std::string text(int column);                 ///< NULL is empty
  std::span<const std::byte> blob(int column);  ///< valid until the next row; any other type is empty

 private:
  int finish();
  void put(int position, int value) { m_statement.bind(position, value); }
  void put(int position, std::int64_t value) { m_statement.bind(position, value); }
  void put(int position, double value) { m_statement.bind(position, value); }
  void put(int position, const std::string& value) { m_statement.bind(position, value); }
  void put(int position, std::span<const std::byte> value);
  template <typename T>
  void put(int position, const std::optional<T>& value)
  {
    if (value) {
      put(position, *value);
    } else {
      m_statement.bind(position);
    }
  }

  Database& m_database;
  SQLite::Statement m_statement;
};

/// NULL for an empty text.
std::optional<std::string> text_or_null(const std::string& text);

/// NULL for the id 0.
std::optional<std::int64_t> id_or_null(std::int64_t id);

}  // namespace vidcv
