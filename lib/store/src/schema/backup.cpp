#include <vidcv/store/backup.hpp>

#include "database/statement.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>

#include <SQLiteCpp/Backup.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include <fstream>
#include <system_error>

namespace vidcv {
namespace {

namespace fs = std::filesystem;

fs::path free_name(const fs::path& database)
{
  const std::string name = database.native() + ".before-vidcv-" VIDCV_VERSION;
  fs::path free = name;
  for (int i = 2; fs::exists(fs::symlink_status(free)); ++i) { free = fmt::format("{}-{}", name, i); }
  return free;
}

void copy_pages(Database& database, const fs::path& copy)
{
  std::ofstream(copy).close();
  fs::permissions(copy, fs::status(database.path()).permissions());  // before there is anything to read
  SQLite::Database target(fs::absolute(copy).string(), SQLite::OPEN_READWRITE);
  // SQLite copies from no connection that is about to write; another one sees what was there before.
  SQLite::Database source(fs::absolute(database.path()).string(), SQLite::OPEN_READONLY);
  SQLite::Backup backup(target, source);
  if (const int status = backup.executeStep(-1); status != SQLITE_DONE) {
    throw SQLite::Exception(sqlite3_errstr(status), status);
  }
}

}  // namespace

fs::path back_up(Database& database)
{
  const fs::path name = free_name(database.path());
  const auto refuse = [&](std::string_view cause) -> StoreError {
    return {name.string(), "back up",
            fmt::format("{}; the database is unchanged (--no-backup leaves the copy out)", cause)};
  };
  try {
    replace_file(name, [&](const fs::path& copy) { copy_pages(database, copy); });
  } catch (const SQLite::Exception& failure) {
    throw refuse(failure.what());
  } catch (const StoreError& failure) {
    throw refuse(failure.cause());
  } catch (const std::system_error& failure) {
    throw refuse(failure.code().message());
  }
  return name;
}

}  // namespace vidcv
