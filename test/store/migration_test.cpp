#include "store_fixture.hpp"

#include <vidcv/store/backup.hpp>
#include <vidcv/store/timeline.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>

using namespace vidcv;
using namespace vidcv::testing;
namespace fs = std::filesystem;

namespace {

std::set<std::string> ids_with(const std::vector<MigrationStep>& steps, StepStatus status)
{
  std::set<std::string> ids;
  for (const MigrationStep& step : steps) {
    if (step.status == status) { ids.insert(step.id); }
  }
  return ids;
}

const std::set<std::string> k_analysis_steps = {
    "0002.assets.clip_embedding", "0002.scene_manifests.cv_analysis_json", "0002.scene_manifests.continuity_score",
    "0002.asset_appearances",     "0002.ix_asset_appearances_asset_id",    "0002.ix_asset_appearances_project_id"};

/// Steps that take away what earlier schemas had.
const std::set<std::string> k_removals = {"0007.no_vidcv_timeline"};

/// What plan_migration says about the database that `sql` makes.
std::string refusal_of(const std::string& sql)
{
  const TempFolder folder;
  run_sql(folder / "a.db", sql);
  Database database = open_or_make(folder / "a.db");
  const std::string before = dump(database);
  const std::string message = store_error_of([&] { migrate(database); });
  CHECK(dump(database) == before);
  CHECK(store_error_of([&] { plan_migration(database); }) == message);
  const std::string start = (folder / "a.db").string() + ": migrate: ";
  return message.starts_with(start) ? message.substr(start.size()) : message;
}

std::string stage_8_with(const std::string& from, const std::string& to)
{
  std::string sql = k_stage_8;
  sql.replace(sql.find(from), from.size(), to);
  return sql.substr(0, sql.find("INSERT"));
}

}  // namespace

TEST_CASE("a new database gets everything, and the second time nothing", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "a.db");
  const auto planned = plan_migration(database);
  CHECK(ids_with(planned, StepStatus::present) == k_removals);
  CHECK(ids_with(migrate(database), StepStatus::applied).size() == planned.size() - k_removals.size());
  const std::string after = dump(database);
  CHECK(ids_with(migrate(database), StepStatus::present).size() == planned.size());
  CHECK(dump(database) == after);
  CHECK(rows_of(database, "SELECT version, applied_at LIKE '____-__-__ __:__:__' FROM vidcv_schema") ==
        std::to_string(schema_version()) + "|1\n");
}

TEST_CASE("a plan for a database that is empty or read-only changes no byte", "[store]")
{
  const TempFolder folder;
  write_text(folder / "empty.db", "");
  Database empty(folder / "empty.db", OpenMode::read_only, 1);
  CHECK(ids_with(plan_migration(empty), StepStatus::present) == k_removals);
  CHECK(std::filesystem::file_size(folder / "empty.db") == 0);
}

TEST_CASE("a service database gets what it lacks and keeps every row and every column", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  Database database = open_or_make(folder / "a.db");
  const std::string projects = rows_of(database, "SELECT * FROM projects");
  const std::string assets = rows_of(database, "SELECT *, NULL FROM assets");
  const std::string scenes = rows_of(database, "SELECT *, NULL, NULL FROM scene_manifests");
  auto steps = migrate(database);
  std::erase_if(steps, [](const MigrationStep& step) { return !step.service; });
  CHECK(ids_with(steps, StepStatus::applied) == k_analysis_steps);
  CHECK(rows_of(database, "SELECT * FROM projects") == projects);
  CHECK(rows_of(database, "SELECT * FROM assets") == assets);
  CHECK(rows_of(database, "SELECT * FROM scene_manifests") == scenes);
  const std::string after = dump(database);
  CHECK(ids_with(migrate(database), StepStatus::applied).empty());
  CHECK(dump(database) == after);
}

TEST_CASE("a database made by a program with other names for the same types is taken as it is", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  run_sql(folder / "a.db",
          "ALTER TABLE Assets ADD COLUMN CLIP_embedding blob;"
          "ALTER TABLE scene_manifests ADD COLUMN cv_analysis_json JSON;"
          "ALTER TABLE scene_manifests ADD COLUMN continuity_score FLOAT;");
  Database database = open_or_make(folder / "a.db");
  const auto applied = ids_with(migrate(database), StepStatus::applied);
  CHECK_FALSE(applied.contains("0002.assets.clip_embedding"));
  CHECK_FALSE(applied.contains("0002.scene_manifests.cv_analysis_json"));
  CHECK_FALSE(applied.contains("0002.scene_manifests.continuity_score"));
  CHECK(applied.contains("0002.asset_appearances"));
}

TEST_CASE("an object that was dropped is made again", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  database.handle().exec("DROP INDEX ix_asset_appearances_asset_id");
  CHECK(ids_with(migrate(database), StepStatus::applied) ==
        std::set<std::string>{"0002.ix_asset_appearances_asset_id"});
}

TEST_CASE("what stands in the way of a migration is refused by name and nothing changes", "[store]")
{
  const std::string stage_8 = stage_8_with("", "");
  CHECK(refusal_of(stage_8 + "ALTER TABLE assets ADD COLUMN clip_embedding TEXT") ==
        "column assets.clip_embedding is declared TEXT, vidcv needs BLOB");
  CHECK(refusal_of(stage_8 + "ALTER TABLE assets ADD COLUMN clip_embedding") ==
        "column assets.clip_embedding is declared without a type, vidcv needs BLOB");
  CHECK(refusal_of(stage_8 + "ALTER TABLE scene_manifests ADD COLUMN cv_analysis_json BLOB") ==
        "column scene_manifests.cv_analysis_json is declared BLOB, vidcv needs TEXT");
  CHECK(refusal_of(stage_8 + "ALTER TABLE scene_manifests ADD COLUMN continuity_score INTEGER") ==
        "column scene_manifests.continuity_score is declared INTEGER, vidcv needs REAL");
  CHECK(refusal_of(stage_8 + "CREATE VIEW asset_appearances AS SELECT 1") ==
        "asset_appearances is a view, vidcv needs a table of that name");
  CHECK(refusal_of(stage_8 + "CREATE VIEW vidcv_frames AS SELECT 1") ==
        "vidcv_frames is a view, vidcv needs a table of that name");
  CHECK(refusal_of(stage_8 + "CREATE INDEX ix_asset_appearances_asset_id ON assets (name)") ==
        "index ix_asset_appearances_asset_id on assets is in the way of the index on asset_appearances");
  CHECK(refusal_of(stage_8 + "CREATE TABLE asset_appearances (id CHAR(32), asset_id CHAR(32))") ==
        "column asset_appearances.project_id is missing: not a table of the service");
  CHECK(refusal_of(stage_8_with("manifest_tag VARCHAR(50) NOT NULL,", "")) ==
        "column assets.manifest_tag is missing: not a table of the service");
  CHECK(refusal_of(stage_8_with("scenes (id CHAR(32)", "scenes (id INTEGER")) ==
        "column scenes.id is declared INTEGER, vidcv needs CHAR");
}

TEST_CASE("a schema newer than the program is refused", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  database.handle().exec("INSERT INTO vidcv_schema (version, applied_at, applied_by) VALUES (4000, '', 'vidcv 99')");
  const std::string message = store_error_of([&] { plan_migration(database); });
  CHECK(message.find("schema version 4000 is newer than this program knows") != std::string::npos);
  CHECK(store_error_of([&] { migrate(database); }) == message);
  CHECK(store_error_of([&] { prepare_database(database); }) == message);
}

TEST_CASE("programs that make the same database at the same moment all end well", "[store]")
{
  const TempFolder folder;
  for (int round = 0; round < 10; ++round) {
    const auto file = folder / ("round" + std::to_string(round) + ".db");
    std::vector<pid_t> programs;
    for (int n = 0; n < 4; ++n) {
      const pid_t child = ::fork();
      if (child == 0) {
        ::_exit(store_error_of([&] { make_migrated(file); }).empty() ? 0 : 1);
      }
      programs.push_back(child);
    }
    for (const pid_t program : programs) {
      int status = 1;
      ::waitpid(program, &status, 0);
      CHECK(status == 0);
    }
    Database database = open_or_make(file);
    CHECK(rows_of(database, "SELECT count(*) FROM vidcv_schema") == "1\n");
  }
}

TEST_CASE("two connections of one program that migrate at the same moment both end well", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  std::vector<std::string> errors(2);
  {
    std::jthread first([&] { errors[0] = store_error_of([&] { make_migrated(folder / "a.db"); }); });
    std::jthread second([&] { errors[1] = store_error_of([&] { make_migrated(folder / "a.db"); }); });
  }
  CHECK(errors == std::vector<std::string>(2));
  Database database = open_or_make(folder / "a.db");
  CHECK(ids_with(plan_migration(database), StepStatus::pending).empty());
}

TEST_CASE("preparing an empty database makes all of it", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "a.db");
  prepare_database(database);
  CHECK(ids_with(plan_migration(database), StepStatus::pending).empty());
}

TEST_CASE("preparing a service database with pending steps is refused with the way out", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  Database database = open_or_make(folder / "a.db");
  const std::string before = dump(database);
  const std::string message = store_error_of([&] { prepare_database(database); });
  CHECK(message.ends_with("run vidcv migrate " + (folder / "a.db").string()));
  CHECK(dump(database) == before);
}

TEST_CASE("preparing a service database that lacks only vidcv's own tables adds them", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  database.handle().exec("DROP TABLE vidcv_appearances; DROP TABLE vidcv_asset_vectors");
  prepare_database(database);
  CHECK(ids_with(plan_migration(database), StepStatus::pending).empty());
}

TEST_CASE("a database that somebody else made is copied before its first change, and only then", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  fs::permissions(folder / "a.db", fs::perms::owner_read | fs::perms::owner_write);
  Database database = open_or_make(folder / "a.db");
  const std::string before = dump(database);
  std::vector<fs::path> copies;
  const auto keep = [&] { copies.push_back(back_up(database)); };
  migrate(database, keep);
  migrate(database, keep);
  REQUIRE(copies.size() == 1);
  CHECK(copies[0].native().starts_with((folder / "a.db.before-vidcv-").native()));
  CHECK(fs::status(copies[0]).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
  Database copy(copies[0], OpenMode::read_only, 1);
  CHECK(dump(copy) == before);
  CHECK(std::distance(fs::directory_iterator(folder.path()), {}) <= 4);  // the database, its -wal and -shm, the copy
  CHECK(back_up(database).native() == copies[0].native() + "-2");        // which never takes the first one's place
}

TEST_CASE("the copy is made before the database is switched to WAL", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  const auto bytes_of = [](const fs::path& name) {
    std::ifstream file(name, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = bytes_of(folder / "a.db");
  fs::path copy;
  Database database(folder / "a.db", OpenMode::as_found, k_patience_s);
  plan_migration(database);
  CHECK(bytes_of(folder / "a.db") == before);
  migrate(database, [&] { copy = back_up(database); });
  CHECK(rows_of(database, "PRAGMA journal_mode") == "wal\n");
  constexpr std::size_t k_read_version = 19;
  CHECK(bytes_of(copy).at(k_read_version) == before.at(k_read_version));
  CHECK(bytes_of(folder / "a.db").at(k_read_version) != before.at(k_read_version));
}

TEST_CASE("a database that is damaged where no migration looks is refused all the same", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", std::string(k_stage_8) +
                               "CREATE TABLE others (x); INSERT INTO others SELECT hex(randomblob(500)) FROM "
                               "(VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12));");
  std::fstream file(folder / "a.db", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-2000, std::ios::end);
  file << std::string(1900, '\x55');
  file.seekp(-4096, std::ios::end);
  file << std::string(64, '\x55');
  file.close();
  Database database(folder / "a.db", OpenMode::as_found, 1);
  const std::string message = store_error_of([&] { migrate(database, [] { FAIL("nothing is copied"); }); });
  CHECK(message.find("the database is damaged") != std::string::npos);
  CHECK(message.find(".recover") != std::string::npos);
}

TEST_CASE("a backup that cannot be written leaves the database as it was", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  Database database = open_or_make(folder / "a.db");
  const std::string before = dump(database);
  CHECK_THROWS_AS(migrate(database, [] { throw StoreError("a.db", "back up", "disk full"); }), StoreError);
  CHECK(dump(database) == before);
}

TEST_CASE("a new database needs no backup", "[store]")
{
  const TempFolder folder;
  Database database = open_or_make(folder / "a.db");
  migrate(database, [] { FAIL("there is nothing to keep"); });
}

TEST_CASE("a database of each earlier schema is carried forward with all its rows, twice with the same result",
          "[store]")
{
  int earlier = 0;
  for (const auto& fixture : fs::directory_iterator(VIDCV_SOURCE_DIR "/test/store/data")) {
    const TempFolder folder;
    std::ifstream file(fixture.path());
    run_sql(folder / "a.db", {std::istreambuf_iterator<char>(file), {}});
    Database database = open_or_make(folder / "a.db");
    const auto rows = [&] {
      return rows_of(database, R"(
        SELECT s.id, s.path, s.size, s.mtime_ns, s.content_hash, s.decoded, s.plan, s.status, s.stage, s.error, f.id, f.media_id, f.frame_number, f.timestamp_sec, f.kind,
          f.motion_ratio, f.quality, f.blank, hex(e.embedding), t.text, v.sha256, a.appearance_id, a.margin, p.confidence, m.continuity_score
        FROM vidcv_media s, vidcv_frames f, vidcv_embeddings e, vidcv_texts t, vidcv_asset_vectors v, vidcv_appearances a,
          asset_appearances p, scene_manifests m)");
    };
    const std::string before = rows();
    CHECK_FALSE(before.empty());
    migrate(database, [] { FAIL("vidcv made it"); });
    CHECK(rows() == before);
    const std::string after = dump(database);
    migrate(database);
    CHECK(dump(database) == after);
    std::string seen;
    read_timeline(database, {}, [&](const TimelineRow& row) { seen += row.tag + "|" + row.clip + " "; });
    CHECK(seen == "CAR|/clips/1.mp4 MAN|/clips/1.mp4 ");
    CHECK(rows_of(database, "SELECT name FROM sqlite_master WHERE type IN ('view', 'trigger')").empty());
    ++earlier;
  }
  CHECK(earlier == schema_version() - 3);  // from schema 3 on
}

TEST_CASE(
    "an index that the service's own migrations dropped does not keep a database from being read, and is made again",
    "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  database.handle().exec("DROP INDEX vidcv_scenes_scene");
  CHECK(store_error_of([&] { require_current(database); }).empty());
  prepare_database(database);
  CHECK(ids_with(plan_migration(database), StepStatus::pending).empty());
  database.handle().exec("DROP TABLE vidcv_findings");
  CHECK(store_error_of([&] { require_current(database); }).ends_with("run vidcv migrate " + database.path().string()));
}
