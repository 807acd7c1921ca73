#include "database/database_file.hpp"
#include "database/statement.hpp"
#include "store_fixture.hpp"

#include <sys/stat.h>

#include <chrono>
#include <set>
#include <thread>

using namespace vidcv;
using namespace vidcv::testing;

namespace {

std::string open_error(const std::filesystem::path& file, OpenMode mode, double patience_s = 1)
{
  return store_error_of([&] { Database(file, mode, patience_s); });
}

std::set<std::string> names_in(const std::filesystem::path& folder)
{
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

}  // namespace

TEST_CASE("a file that is not a database is refused with its path and the cause, in every mode", "[store]")
{
  const TempFolder folder;
  write_text(folder / "short.txt", "hello");
  write_text(folder / "long.txt", std::string(10000, 'x'));
  ::mkfifo((folder / "pipe").c_str(), 0600);
  const OpenMode mode = GENERATE(OpenMode::read_only, OpenMode::existing, OpenMode::create);
  const auto told = [&](const std::string& name, const std::string& cause) {
    CHECK(open_error(folder / name, mode) == (folder / name).string() + ": open: " + cause);
  };
  told("short.txt", "file is not a database");
  told("long.txt", "file is not a database");
  told("pipe", "not a regular file");
  CHECK(open_error(folder.path(), mode) == folder.path().string() + ": open: Is a directory");
  CHECK(open_error(folder / "no/such/folder.db", mode).ends_with("open: No such file or directory"));
  CHECK(std::filesystem::file_size(folder / "short.txt") == 5);
}

TEST_CASE("only create makes a database where there is none", "[store]")
{
  const TempFolder folder;
  const auto file = folder / "new.db";
  CHECK(open_error(file, OpenMode::read_only).ends_with("open: No such file or directory"));
  CHECK(open_error(file, OpenMode::existing).ends_with("open: No such file or directory"));
  CHECK(names_in(folder.path()).empty());
  CHECK(open_error(file, OpenMode::create).empty());
  CHECK(names_in(folder.path()) == std::set<std::string>{"new.db"});
}

TEST_CASE("the schema of a database is not trusted, and is not written to directly", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "service.db");
  Statement trusted(database, "PRAGMA trusted_schema");
  CHECK((trusted.next() && trusted.integer(0) == 0));
  const std::string refusal = store_error_of([&] {
    execute(database, "PRAGMA writable_schema = ON");
    execute(database, "UPDATE sqlite_master SET sql = 'x'");
  });
  CHECK(refusal.ends_with("table sqlite_master may not be modified"));
}

TEST_CASE("an empty file is an empty database", "[store]")
{
  const TempFolder folder;
  write_text(folder / "empty.db", "");
  CHECK(open_error(folder / "empty.db", OpenMode::read_only).empty());
  CHECK(open_error(folder / "empty.db", OpenMode::existing).empty());
}

TEST_CASE("a truncated database is called malformed", "[store]")
{
  const TempFolder folder;
  {
    const Database database = make_migrated(folder / "cut.db");
  }
  std::filesystem::resize_file(folder / "cut.db", 8192);
  CHECK(open_error(folder / "cut.db", OpenMode::existing).find("open: the database is damaged") != std::string::npos);
  CHECK(open_error(folder / "cut.db", OpenMode::read_only).find("open: the database is damaged") != std::string::npos);
}

TEST_CASE("a name that SQLite would take for a command is a file", "[store]")
{
  const TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  for (const char* name : {":memory:", "file:x?mode=memory", "100%.db"}) {
    {
      const Database database = make_migrated(name);
    }
    CHECK(names_in(folder.path()).contains(name));
    Database reader(name, OpenMode::read_only, 1);
    CHECK(plan_migration(reader).front().status == StepStatus::present);
  }
  std::filesystem::current_path(before);
}

TEST_CASE("reading a database in WAL mode leaves no file beside it", "[store]")
{
  const TempFolder folder;
  {
    const Database database = make_migrated(folder / "a.db");
  }
  {
    Database reader(folder / "a.db", OpenMode::read_only, 1);
    CHECK(plan_migration(reader).back().status == StepStatus::present);
    CHECK(names_in(folder.path()) == std::set<std::string>{"a.db"});
    CHECK_FALSE(store_error_of([&] {
                  const WriteTransaction transaction(reader);
                  ensure_model(reader, {});
                }).empty());
  }
  CHECK(names_in(folder.path()) == std::set<std::string>{"a.db"});
}

TEST_CASE("a reader sees what a program that has the database open has committed", "[store]")
{
  const TempFolder folder;
  Database writer = make_migrated(folder / "a.db");
  make_model(writer, "seen");
  Database reader(folder / "a.db", OpenMode::read_only, 1);
  CHECK(rows_of(reader, "SELECT fingerprint FROM vidcv_models") == "seen\n");
}

TEST_CASE("a database that another program holds is an error once the timeout is over", "[store]")
{
  const TempFolder folder;
  Database holder = make_migrated(folder / "a.db");
  const WriteTransaction held(holder);
  Database waiter(folder / "a.db", OpenMode::existing, 0.05);
  const std::string message = store_error_of([&] { const WriteTransaction transaction(waiter); });
  CHECK(message.find("another program holds the database (waited 0.05 s)") != std::string::npos);
}

TEST_CASE("a database in the old journal mode that another program writes to is an error once the timeout is over",
          "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  SQLite::Database holder((folder / "a.db").string(), SQLite::OPEN_READWRITE);
  holder.exec("BEGIN IMMEDIATE");
  CHECK(open_error(folder / "a.db", OpenMode::existing, 0.05).find("open: another program holds") != std::string::npos);
  holder.exec("COMMIT");
  CHECK(open_error(folder / "a.db", OpenMode::existing).empty());
}

TEST_CASE("opening waits for a program that writes in the old journal mode", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  SQLite::Database holder((folder / "a.db").string(), SQLite::OPEN_READWRITE);
  holder.exec("BEGIN IMMEDIATE");
  std::jthread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    holder.exec("COMMIT");
  });
  CHECK(open_error(folder / "a.db", OpenMode::existing, k_patience_s).empty());
}

TEST_CASE("a write transaction without commit leaves nothing", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const std::string before = dump(database);
  {
    const WriteTransaction transaction(database);
    database.handle().exec(
        "INSERT INTO manifests (id, name, category, status, asset_count, version) VALUES ('x','x','x','x',0,1)");
  }
  CHECK(dump(database) == before);
  WriteTransaction transaction(database);  // the one before is over
  transaction.commit();
}

TEST_CASE("a writer keeps a WAL and checks foreign keys", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "a.db");
  CHECK(rows_of(database, "PRAGMA journal_mode") == "wal\n");
  CHECK(rows_of(database, "PRAGMA foreign_keys") == "1\n");
  CHECK(database.busy_timeout_s() == k_patience_s);
}

TEST_CASE("network file systems are known by their type", "[store]")
{
  for (const long type : {0x6969L, 0x517BL, 0xFF534D42L, 0xFE534D42L, 0x00C36400L, 0x01021997L}) {
    CHECK(is_network_file_system(type));
  }
  for (const long type : {0xEF53L, 0x01021994L, 0x58465342L, 0x794C7630L}) {
    CHECK_FALSE(is_network_file_system(type));
  }
}

TEST_CASE("a second transaction at a time is refused and leaves the first as it was", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "a.db");
  run_sql(folder / "a.db", "CREATE TABLE t (x)");
  WriteTransaction first(database);
  rows_of(database, "INSERT INTO t VALUES (1)");
  CHECK_THROWS_AS(WriteTransaction(database), StoreError);
  first.commit();
  CHECK(rows_of(database, "SELECT * FROM t") == "1\n");
}

TEST_CASE("a transaction that follows a committed one in its scope is one of its own", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "a.db");
  run_sql(folder / "a.db", "CREATE TABLE t (x)");
  WriteTransaction first(database);
  first.commit();
  {
    const WriteTransaction second(database);
    rows_of(database, "INSERT INTO t VALUES (1)");
  }
  CHECK(rows_of(database, "SELECT * FROM t").empty());
}
