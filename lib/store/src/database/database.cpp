#include <vidcv/store/database.hpp>

#include "database/database_file.hpp"
#include "database/statement.hpp"

#include <vidcv/core/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <string_view>
#include <thread>

namespace vidcv {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto k_retry_pause = std::chrono::milliseconds(10);
constexpr double k_ms_per_s = 1000;
constexpr int k_header_wal_offset = 19;  // "file format read version", https://sqlite.org/fileformat2.html
constexpr unsigned char k_header_wal = 2;

using Handle = std::unique_ptr<SQLite::Database>;

/// The file as a URI that makes SQLite read it as it is: no lock, no -wal, no -shm.
std::string immutable_uri(const std::string& file)
{
  std::string uri = "file:";
  for (const char c : file) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) != 0 || std::string_view("/-._~").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri + "?immutable=1";
}

/// Whether it is a WAL database that nobody has open. The header is read through SQLite's own file, see
/// require_usable_file() for why.
bool is_wal_at_rest(sqlite3* handle)
{
  sqlite3_file* bytes = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&bytes));
  unsigned char version = 0;
  const bool read = bytes != nullptr && bytes->pMethods != nullptr &&
                    bytes->pMethods->xRead(bytes, &version, 1, k_header_wal_offset) == SQLITE_OK;
  const char* wal = sqlite3_filename_wal(sqlite3_db_filename(handle, "main"));
  return read && version == k_header_wal && ::access(wal, F_OK) != 0;
}

/// SQLite would make a -wal and a -shm to read a WAL database, and leave them. One that is at rest needs neither. Such
/// a reader takes no lock: it sees what was there, and is for short reads, since a writer that comes meanwhile moves
/// its pages into the file when its -wal is full (1000 pages) or it ends.
Handle open_to_read(const std::string& file, int busy_timeout_ms)
{
  auto handle = std::make_unique<SQLite::Database>(file, SQLite::OPEN_READONLY, busy_timeout_ms);
  if (!is_wal_at_rest(handle->getHandle())) { return handle; }
  return std::make_unique<SQLite::Database>(immutable_uri(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI,
                                            busy_timeout_ms);
}

Handle open_handle(const std::filesystem::path& path, OpenMode mode, double busy_timeout_s)
{
  // Absolute, so that neither `:memory:` nor `file:x` means anything but a file of that name.
  const std::string file = std::filesystem::absolute(path).string();
  const int busy_timeout_ms = static_cast<int>(busy_timeout_s * k_ms_per_s);
  if (mode == OpenMode::read_only) { return open_to_read(file, busy_timeout_ms); }
  const int create = mode == OpenMode::existing || mode == OpenMode::locked ? 0 : SQLite::OPEN_CREATE;
  return std::make_unique<SQLite::Database>(file, SQLite::OPEN_READWRITE | create, busy_timeout_ms);
}

bool is_wal(SQLite::Database& handle, const char* pragma)
{
  return handle.execAndGet(pragma).getString() == "wal";
}

/// Two programs that switch a new database at the same moment get "busy" at once, without SQLite's own waiting.
void switch_to_wal(SQLite::Database& handle, double busy_timeout_s)
{
  const auto deadline = Clock::now() + std::chrono::duration<double>(busy_timeout_s);
  while (!is_wal(handle, "PRAGMA journal_mode")) {
    try {
      if (is_wal(handle, "PRAGMA journal_mode = WAL")) { return; }
      throw SQLite::Exception("SQLite cannot keep a WAL here");
    } catch (const SQLite::Exception& failure) {
      if (failure.getErrorCode() != SQLITE_BUSY || Clock::now() >= deadline) { throw; }
    }
    std::this_thread::sleep_for(k_retry_pause);
  }
}

/// In pages of SQLite's usual 4096 bytes a vector of 512 numbers would have one for itself. An existing database
/// keeps its page size.
constexpr const char* k_page_size = "PRAGMA page_size = 16384";

/// The schema is another program's: its views and triggers call no function that acts outside the database, and no
/// statement writes to the tables that SQLite itself relies on.
void distrust_schema(SQLite::Database& handle)
{
  handle.exec("PRAGMA trusted_schema = OFF");
  sqlite3_db_config(handle.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

void configure(SQLite::Database& handle, OpenMode mode, double busy_timeout_s)
{
  distrust_schema(handle);
  handle.exec("PRAGMA foreign_keys = ON");
  if (mode == OpenMode::create || mode == OpenMode::as_found) { handle.exec(k_page_size); }
  handle.execAndGet("SELECT count(*) FROM sqlite_master");  // the first read: fails for anything but a database
  if (mode == OpenMode::locked) { handle.exec("PRAGMA query_only = ON"); }
  if (mode == OpenMode::read_only || mode == OpenMode::locked) { return; }
  // SQLite opens for reading what it may not write, and says nothing.
  if (sqlite3_db_readonly(handle.getHandle(), "main") != 0) { throw SQLite::Exception("", SQLITE_READONLY); }
  if (mode != OpenMode::as_found) { switch_to_wal(handle, busy_timeout_s); }
}

}  // namespace

Database::Database(const std::filesystem::path& file, OpenMode wanted, double busy_timeout_s)
    : m_path(file), m_busy_timeout_s(busy_timeout_s)
{
  const OpenMode mode = mode_for(file, wanted);
  require_usable_file(file, mode);
  try {
    m_handle = open_handle(file, mode, busy_timeout_s);
    configure(*m_handle, mode, busy_timeout_s);
  } catch (const SQLite::Exception& failure) {
    throw StoreError(file.string(), "open", cause_of(failure, busy_timeout_s));
  }
}

void Database::use_wal()
{
  with_store_errors(*this, [&] { switch_to_wal(*m_handle, m_busy_timeout_s); });
}

Database::~Database() = default;
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;

WriteTransaction::WriteTransaction(Database& database) : m_database(database)
{
  execute(database, "BEGIN IMMEDIATE");
}

WriteTransaction::~WriteTransaction()
{
  if (m_open) { m_database.handle().tryExec("ROLLBACK"); }  // an error: SQLite has done so already
}

void WriteTransaction::commit()
{
  execute(m_database, "COMMIT");
  m_open = false;
}

ReadTransaction::ReadTransaction(Database& database) : m_database(database)
{
  execute(database, "BEGIN");
}

ReadTransaction::~ReadTransaction()
{
  m_database.handle().tryExec("ROLLBACK");
}

const char* sqlite_version() noexcept
{
  return sqlite3_libversion();
}

}  // namespace vidcv
