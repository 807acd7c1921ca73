#pragma once

#include <filesystem>
#include <memory>

namespace SQLite {
class Database;
}

namespace vidcv {

enum class OpenMode {
  read_only,  ///< nothing is written, not even a -wal file that was not there
  locked,    ///< for long reads: nothing is written, but others see that somebody reads; as read_only where they cannot
  existing,  ///< read and write; a missing file is an error
  create,    ///< read and write; an empty database is made where there is none
  as_found,  ///< the same, without the switch to WAL: not a byte changes before use_wal() or the first write
};

/// One connection: WAL (but see as_found), foreign keys on, waits `busy_timeout_s` for other writers. Not for use by
/// two threads at once.
class Database {
 public:
  /// @throws StoreError naming the file: missing, no database, corrupt, read-only, held by another program, or on a
  ///         network file system (where WAL is unsafe; the message says the way out)
  Database(const std::filesystem::path& file, OpenMode mode, double busy_timeout_s);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  const std::filesystem::path& path() const noexcept { return m_path; }
  double busy_timeout_s() const noexcept { return m_busy_timeout_s; }
  /// Switches the database to WAL, for good; nothing where it is.
  /// @throws StoreError
  void use_wal();
  /// For lib/store alone: SQLiteCpp is not part of the store's interface.
  SQLite::Database& handle() noexcept { return *m_handle; }

 private:
  std::filesystem::path m_path;
  double m_busy_timeout_s;
  std::unique_ptr<SQLite::Database> m_handle;
};

/// A write transaction (BEGIN IMMEDIATE), of which a connection has one at a time. commit() is called by name and last;
/// without it the destructor rolls back. Functions that take one write within it and leave the commit to the caller.
class WriteTransaction {
 public:
  explicit WriteTransaction(Database& database);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  void commit();

  Database& database() const noexcept { return m_database; }

 private:
  Database& m_database;
  bool m_open = true;
};

/// A read transaction: what other programs write meanwhile is not seen. The destructor ends it.
class ReadTransaction {
 public:
  explicit ReadTransaction(Database& database);
  ~ReadTransaction();
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;

 private:
  Database& m_database;
};

/// The version of SQLite at run time.
const char* sqlite_version() noexcept;

}  // namespace vidcv
