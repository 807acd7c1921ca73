#include "store_fixture.hpp"

#include <vidcv/store/service_records.hpp>

using namespace vidcv;
using namespace vidcv::testing;

namespace {

constexpr const char* k_source = "clip_match";

/// A service database whose rows are old, with a row that the service wrote itself.
Database make_scene_database(const std::filesystem::path& file)
{
  run_sql(file, k_stage_8);
  Database database = make_migrated(file);
  database.handle().exec(
      "INSERT INTO asset_appearances VALUES ('theirs', 'b1', 'c1', 0, 3, NULL, 'null', 0.5, 'clip_match', '2025-01-01 "
      "00:00:00')");
  return database;
}

AppearanceRecord seen(const std::string& id, double confidence, const std::string& bbox = {})
{
  return {.id = id,
          .asset_id = "b1",
          .project_id = "c1",
          .timestamp_s = 2.5,
          .bbox = bbox,
          .confidence = confidence,
          .source = k_source,
          .margin = 0.125};
}

void save(Database& database, const std::vector<AppearanceRecord>& rows, int scene_index = 0)
{
  save_scene(database, {"c1", scene_index, {k_source}}, rows, R"({"version":1})", 7.5);
}

void make_rows_old(Database& database)
{
  database.handle().exec("UPDATE asset_appearances SET created_at = '2025-01-01 00:00:00'");
}

std::string ids_of(Database& database)
{
  return rows_of(database, "SELECT id FROM asset_appearances ORDER BY id");
}

}  // namespace

TEST_CASE("a frame that was replaced after it was looked at is known by its number alone", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  AppearanceRecord row = seen("r1", 0.75);
  row.frame_id = 99;
  row.frame_number = 7;
  save(database, {row});
  CHECK(rows_of(database, "SELECT frame_id, frame_number FROM vidcv_appearances") == "-|7\n");
}

TEST_CASE("saving a scene a second time changes nothing, not even created_at", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  save(database, {seen("r1", 0.75), seen("r2", 0.9, "[0, 0, 4, 4]")});
  CHECK(rows_of(database,
                "SELECT frame_index, timestamp_sec, bbox, confidence, source, created_at LIKE '____-__-__ __:__:__' "
                "FROM asset_appearances WHERE id = 'r1'") == "0|2.5|-|0.75|clip_match|1\n");
  make_rows_old(database);
  const std::string before = dump(database);
  save(database, {seen("r1", 0.75), seen("r2", 0.9, "[0, 0, 4, 4]")});
  CHECK(dump(database) == before);
}

TEST_CASE("a row that changed is new, one that is gone is removed, and other programs' rows stay", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  save(database, {seen("r1", 0.75), seen("r2", 0.75), seen("r3", 0.75)});
  make_rows_old(database);
  save(database, {seen("r1", 0.75), seen("r2", 0.8)});
  CHECK(rows_of(database,
                "SELECT id, confidence, created_at = '2025-01-01 00:00:00' FROM asset_appearances ORDER BY id") ==
        "r1|0.75|1\nr2|0.8|0\ntheirs|0.5|1\n");
  CHECK(rows_of(database, "SELECT appearance_id FROM vidcv_appearances ORDER BY 1") == "r1\nr2\n");
  save(database, {});
  CHECK(ids_of(database) == "theirs\n");
}

TEST_CASE("a scene's rows are replaced for their source and scene alone", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  save(database, {seen("r1", 0.75)});
  save(database, {seen("r2", 0.75)}, 1);
  AppearanceRecord face = seen("r3", 0.75);
  face.source = "face_match";
  save_scene(database, {"c1", 0, {"face_match"}}, {face}, "", std::nullopt);
  save(database, {});
  CHECK(ids_of(database) == "r2\nr3\ntheirs\n");
}

TEST_CASE("our rows are still known as ours after their frames were sampled again", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  const auto model = make_model(database);
  MediaRecord clip;
  clip.stamp.path = "/clips/new.mp4";
  FrameRecord frame;
  frame.embedding = axis_vector(0);
  const auto media = save_clip(database, clip, {frame}, model);
  AppearanceRecord row = seen("r1", 0.75);
  row.frame_id = frames_of(database, media, model).at(0).id;
  row.model_id = model;
  save(database, {row});
  clip.plan = "another";
  save_clip(database, clip, {}, model);
  CHECK(rows_of(database, "SELECT appearance_id, frame_id FROM vidcv_appearances") == "r1|-\n");
  save(database, {});
  CHECK(ids_of(database) == "theirs\n");
}

TEST_CASE("the analysis is written beside what the scene manifest has, or to a new one", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  save(database, {});
  save(database, {}, 4);
  CHECK(rows_of(database,
                "SELECT scene_index, manifest_json, asset_tags, rewritten_video_prompt, cv_analysis_json, "
                "continuity_score FROM scene_manifests ORDER BY scene_index") ==
        "0|{\"placements\":[]}|[\"CAR\"]|rewritten|{\"version\":1}|7.5\n4|{}|-|-|{\"version\":1}|7.5\n");
}

TEST_CASE("records of rows that the service deleted go with the next run", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  save(database, {seen("r1", 0.75)});
  database.handle().exec("DELETE FROM asset_appearances WHERE id = 'r1'");
  save(database, {});
  CHECK(rows_of(database, "SELECT count(*) FROM vidcv_appearances") == "0\n");
}

TEST_CASE("a row for a missing asset leaves the scene as it was", "[store]")
{
  const TempFolder folder;
  Database database = make_scene_database(folder / "a.db");
  save(database, {seen("r1", 0.75)});
  const std::string before = dump(database);
  AppearanceRecord stray = seen("r2", 0.75);
  stray.asset_id = "nobody";
  CHECK(store_error_of([&] {
          save(database, {stray});
        }).ends_with("(FOREIGN KEY constraint failed); nothing was changed"));
  CHECK(dump(database) == before);
}
