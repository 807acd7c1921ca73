#include "store_fixture.hpp"

#include <vidcv/store/backup.hpp>
#include <vidcv/store/detection_records.hpp>
#include <vidcv/store/service_records.hpp>

#include <sqlite3.h>

#include <atomic>
#include <functional>
#include <map>
#include <regex>

using namespace vidcv;
using namespace vidcv::testing;
namespace fs = std::filesystem;

namespace {

/// A disk that takes so many writes and then fails, once or for good: SQLite's own file system with other methods for
/// writing. The default of this program from the first use on.
class FailingDisk {
 public:
  static FailingDisk& instance()
  {
    static FailingDisk disk;
    return disk;
  }

  void arm(int writes, bool for_good)
  {
    m_left = writes;
    m_for_good = for_good;
    m_failed = 0;
  }
  void repair() { m_left = k_never; }
  int failed() const { return m_failed; }

 private:
  static constexpr int k_never = -1;

  FailingDisk()
  {
    sqlite3_initialize();
    m_real = sqlite3_vfs_find(nullptr);
    m_vfs = *m_real;
    m_vfs.zName = "failing";
    m_vfs.pNext = nullptr;
    m_vfs.xOpen = [](sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out) {
      return instance().open(name, file, flags, out);
    };
    sqlite3_vfs_register(&m_vfs, 1);
  }

  int open(const char* name, sqlite3_file* file, int flags, int* out)
  {
    const int status = m_real->xOpen(m_real, name, file, flags, out);
    if (status != SQLITE_OK || file->pMethods == nullptr) { return status; }
    const auto [known, is_new] = m_methods.try_emplace(file->pMethods, *file->pMethods);
    if (is_new) { replace(known->second); }
    file->pMethods = &known->second;
    return status;
  }

  /// Files of one kind share their methods, and all kinds the functions that write.
  void replace(sqlite3_io_methods& methods)
  {
    m_write = methods.xWrite;
    m_truncate = methods.xTruncate;
    methods.xWrite = [](sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
      return instance().fails() ? SQLITE_IOERR_WRITE : instance().m_write(file, data, size, at);
    };
    methods.xSync = [](sqlite3_file*, int) {
      return instance().fails() ? SQLITE_IOERR_FSYNC : SQLITE_OK;  // nothing here outlives the power
    };
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
      return instance().fails() ? SQLITE_IOERR_TRUNCATE : instance().m_truncate(file, size);
    };
  }

  bool fails()
  {
    if (m_left == k_never) { return false; }
    if (m_left > 0) {
      --m_left;
      return false;
    }
    ++m_failed;
    if (!m_for_good) { m_left = k_never; }
    return true;
  }

  sqlite3_vfs* m_real = nullptr;
  sqlite3_vfs m_vfs = {};
  std::map<const sqlite3_io_methods*, sqlite3_io_methods> m_methods;
  decltype(sqlite3_io_methods::xWrite) m_write = nullptr;
  decltype(sqlite3_io_methods::xTruncate) m_truncate = nullptr;
  std::atomic<int> m_left = k_never;
  bool m_for_good = false;
  int m_failed = 0;
};

/// What is in the database, with its moments made equal.
std::string contents(const fs::path& file)
{
  Database database(file, OpenMode::existing, 1);
  CHECK(rows_of(database, "PRAGMA integrity_check") == "ok\n");
  return std::regex_replace(dump(database), std::regex(R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"), "T");
}

/// Runs `job` on copies of `before` with a disk that fails at its first write, its second one, and so on until all
/// succeed. Each time the database is as before or as after, and the message says so where the job did not end.
void fail_everywhere(const fs::path& before, const std::function<void(Database&)>& job)
{
  FailingDisk& disk = FailingDisk::instance();
  const fs::path file = before.parent_path() / "copy.db";
  const auto run = [&] {
    return store_error_of([&] {
      Database database(file, OpenMode::as_found, 1);
      job(database);
    });
  };
  const auto begin_anew = [&] {
    for (const char* end : {"", "-wal", "-shm", "-journal"}) { fs::remove(file.native() + end); }
    fs::copy_file(before, file);
  };
  begin_anew();
  const std::string old_contents = contents(file);
  begin_anew();
  REQUIRE(run().empty());
  const std::string new_contents = contents(file);
  REQUIRE(new_contents != old_contents);
  for (const bool for_good : {false, true}) {
    int writes = 0;
    for (bool failed = true; failed; ++writes) {
      begin_anew();
      disk.arm(writes, for_good);
      const std::string message = run();
      failed = disk.failed() > 0;
      disk.repair();
      const std::string now = contents(file);
      CHECK((now == old_contents || now == new_contents));
      if (message.empty()) { CHECK(now == new_contents); }
      if (!message.empty()) { CHECK(message.find("what was stored before is as it was") != std::string::npos); }
      REQUIRE(writes < 1000);
    }
    CHECK(writes > 3);  // it did fail in several places
  }
}

/// A migrated service database with a sampled clip, at rest.
fs::path make_film(const TempFolder& folder)
{
  run_sql(folder / "film.db", k_stage_8);
  Database database = make_migrated(folder / "film.db");
  make_model(database);
  MediaRecord media;
  media.stamp = {"/a.mp4", 100, 5};
  save_clip(database, media, {}, 1);
  return folder / "film.db";
}

}  // namespace

TEST_CASE("a disk that fails while a database is migrated leaves it as it was", "[store][disk]")
{
  FailingDisk::instance();
  const TempFolder folder;
  run_sql(folder / "film.db", k_stage_8);
  fail_everywhere(folder / "film.db", [](Database& database) { migrate(database); });
}

TEST_CASE("a disk that fails while a clip is stored leaves what was there", "[store][disk]")
{
  FailingDisk::instance();
  const TempFolder folder;
  fail_everywhere(make_film(folder), [](Database& database) {
    MediaRecord media;
    media.stamp = {"/b.mp4", 100, 5};
    media.plan = "budget";
    FrameRecord frame{
        .frame_number = 3, .timestamp_s = 0.125, .kind = "base", .motion_ratio = 0.5, .embedding = axis_vector(0)};
    frame.regions = {{{0, 0, 32, 32}, axis_vector(1)}, {{32, 0, 64, 32}, {}}};
    save_clip(database, media, {frame}, 1);
  });
}

TEST_CASE("a disk that fails while a scene, an asset or detections are stored leaves what was there", "[store][disk]")
{
  FailingDisk::instance();
  const TempFolder folder;
  const fs::path film = make_film(folder);
  fail_everywhere(film, [](Database& database) {
    AppearanceRecord row;
    row.id = "r1";
    row.asset_id = "b1";
    row.confidence = 0.75;
    row.source = "clip_match";
    save_scene(database, {"c1", 0, {"clip_match"}}, {row}, R"({"version":1})", 7.5);
  });
  fail_everywhere(film, [](Database& database) {
    save_asset_vector(database, assets_of(database, "a1").at(0), {axis_vector(0), false, {}}, 1);
  });
  fail_everywhere(film, [](Database& database) {
    save_detections(database, 1, "d1", {{.box = {0, 0, 8, 8}, .label = "car", .embedding = axis_vector(0)}}, 1);
  });
}
