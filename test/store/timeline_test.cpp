#include "store_fixture.hpp"

#include <vidcv/store/service_records.hpp>
#include <vidcv/store/timeline.hpp>

#include <sqlite3.h>

using namespace vidcv;
using namespace vidcv::testing;

namespace {

std::string tags_and_frames(Database& database, const TimelineFilter& filter)
{
  std::string text;
  read_timeline(database, filter, [&](const TimelineRow& row) {
    text += row.tag + std::to_string(row.scene_index) + "/" + std::to_string(row.frame_index) + " ";
  });
  return text;
}

/// Two scenes with two assets, and a row that another program wrote.
struct Film {
  Film() : database(make_migrated(folder / "a.db"))
  {
    project = ensure_folder_project(database, "film");
    put_asset(database, project.manifest_id, "CAR", "/car.png");
    put_asset(database, project.manifest_id, "O'Neil; --", "/man.png");
    const auto assets = assets_of(database, project.manifest_id);
    for (const int scene : {0, 1}) {
      ensure_scene(database, project, "/clips/" + std::to_string(scene) + ".mp4");
      save_scene(database, {project.id, scene, {"clip_match"}},
                 {row_of(assets[0].id, scene, 1, 0.7), row_of(assets[1].id, scene, 1, 0.9)}, "{}", std::nullopt);
    }
    run_sql(folder / "a.db", "INSERT INTO asset_appearances VALUES ('zz', '" + assets[0].id + "', '" + project.id +
                                 "', 1, 0, NULL, NULL, 0.5, 'manual', datetime('now'))");
  }

  AppearanceRecord row_of(const std::string& asset, int scene, int frame, double confidence) const
  {
    AppearanceRecord row;
    row.id = asset + std::to_string(scene);
    row.asset_id = asset;
    row.project_id = project.id;
    row.frame_index = frame;
    row.frame_number = 48;
    row.source = "clip_match";
    row.confidence = confidence;
    row.bbox = "[1, 2, 3, 4]";
    return row;
  }

  TempFolder folder;
  Database database;
  ProjectRecord project;
};

}  // namespace

TEST_CASE("the timeline comes by scene and frame, best first, with the rows of other programs", "[store]")
{
  Film film;
  CHECK(tags_and_frames(film.database, {}) == "O'Neil; --0/1 CAR0/1 CAR1/0 O'Neil; --1/1 CAR1/1 ");
}

TEST_CASE("the timeline of an asset, of a scene, of a project", "[store]")
{
  Film film;
  CHECK(tags_and_frames(film.database, {.project_id = {}, .tag = "CAR"}) == "CAR0/1 CAR1/0 CAR1/1 ");
  CHECK(tags_and_frames(film.database, {.project_id = {}, .tag = "O'Neil; --", .scenes = {1}}) == "O'Neil; --1/1 ");
  CHECK(tags_and_frames(film.database, {.project_id = film.project.id, .tag = "CAR", .scenes = {0, 1}}) ==
        "CAR0/1 CAR1/0 CAR1/1 ");
  CHECK(tags_and_frames(film.database, {.project_id = "none", .tag = {}}).empty());
}

TEST_CASE("a row of the timeline names its clip, its box and its frame", "[store]")
{
  Film film;
  std::vector<TimelineRow> rows;
  read_timeline(film.database, {.project_id = {}, .tag = "CAR"}, [&](const TimelineRow& row) { rows.push_back(row); });
  REQUIRE(rows.size() == 3);
  CHECK(rows[0].clip == "/clips/0.mp4");
  CHECK(rows[0].bbox == "[1, 2, 3, 4]");
  CHECK(rows[0].frame_number.value() == 48);
  CHECK_FALSE(rows[1].timestamp_s.has_value());
  CHECK_FALSE(rows[1].frame_number.has_value());
  CHECK(rows[1].source == "manual");
}

TEST_CASE("many rows of an asset are found by index alone", "[store]")
{
  Film film;
  std::string asked;
  sqlite3_trace_v2(
      film.database.handle().getHandle(), SQLITE_TRACE_STMT,
      [](unsigned, void* text, void*, void* sql) {
        *static_cast<std::string*>(text) = static_cast<const char*>(sql);
        return 0;
      },
      &asked);
  tags_and_frames(film.database, {.project_id = {}, .tag = "CAR"});
  sqlite3_trace_v2(film.database.handle().getHandle(), 0, nullptr, nullptr);
  const std::string plan = rows_of(film.database, "EXPLAIN QUERY PLAN " + asked);
  CHECK(plan.find("SEARCH p USING INDEX ix_asset_appearances_asset_id") != std::string::npos);
  CHECK(plan.find("SCAN p") == std::string::npos);
  CHECK(plan.find("SCAN v") == std::string::npos);
  CHECK(plan.find("SEARCH s USING INDEX vidcv_scenes_scene") != std::string::npos);
}

TEST_CASE("the view of docs/schema.md has the rows of the timeline, and is of one session alone", "[store]")
{
  Film film;
  std::ifstream page(VIDCV_SOURCE_DIR "/docs/schema.md");
  const std::string text{std::istreambuf_iterator<char>(page), {}};
  const std::size_t begin = text.find("CREATE TEMP VIEW vidcv_timeline");
  REQUIRE(begin != std::string::npos);
  film.database.handle().exec(text.substr(begin, text.find(';', begin) - begin));
  CHECK(rows_of(film.database, "SELECT tag, clip, frame_number, source FROM vidcv_timeline ORDER BY 1, 2, 4") ==
        "CAR|/clips/0.mp4|48|clip_match\nCAR|/clips/1.mp4|48|clip_match\nCAR|/clips/1.mp4|-|manual\n"
        "O'Neil; --|/clips/0.mp4|48|clip_match\nO'Neil; --|/clips/1.mp4|48|clip_match\n");
  CHECK(rows_of(film.database, "SELECT name FROM sqlite_master WHERE type = 'view'").empty());
}
