#include "store_fixture.hpp"

#include <vidcv/store/service_records.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

namespace vidcv {
namespace {

using namespace testing;

constexpr const char* k_column = "SELECT hex(clip_embedding) FROM assets";
constexpr const char* k_first = "0000803F000000000000000000000000\n";
constexpr const char* k_second = "000000000000803F0000000000000000\n";

/// A service database with the asset CAR and two models.
struct Film {
  Film()
  {
    run_sql(folder / "a.db", k_stage_8);
    database = std::make_unique<Database>(make_migrated(folder / "a.db"));
    first = make_model(*database, "f1");
    second = make_model(*database, "f2");
  }

  AssetRecord car(std::int64_t model = 0) { return assets_of(*database, "a1", model).at(0); }

  void save(std::int64_t model, std::size_t axis, const std::string& hash, Column column = Column::keep)
  {
    save_asset_vector(*database, car(), {axis_vector(axis), false, PictureStamp{1, 2, hash}}, model, column);
  }

  void find(std::int64_t model, const std::vector<std::pair<std::string, double>>& seen)
  {
    std::vector<AppearanceRecord> rows;
    for (const auto& [id, confidence] : seen) { rows.push_back(row_of(id, confidence, model)); }
    for (const AppearanceRecord& row : findings_of(*database, "c1", 0, "hash")) {
      if (row.model_id != model && std::ranges::count(rows, row.id, &AppearanceRecord::id) == 0) {
        rows.push_back(row);
      }
    }
    save_scene(*database, {"c1", 0, {"clip_match"}, model, "hash"}, rows, "{}", std::nullopt);
  }

  static AppearanceRecord row_of(const std::string& id, double confidence, std::int64_t model)
  {
    AppearanceRecord row;
    row.id = id;
    row.asset_id = "b1";
    row.project_id = "c1";
    row.confidence = confidence;
    row.source = "clip_match";
    row.model_id = model;
    return row;
  }

  std::string rows() { return rows_of(*database, "SELECT id, confidence FROM asset_appearances ORDER BY id"); }

  TempFolder folder;
  std::unique_ptr<Database> database;
  std::int64_t first = 0;
  std::int64_t second = 0;
};

TEST_CASE("an asset has a vector of each model, and the service's column keeps the one that was there", "[store]")
{
  Film film;
  film.save(film.first, 0, "aa");
  film.save(film.second, 1, "aa");
  CHECK(film.car(film.first).own.embedding == axis_vector(0));
  CHECK(film.car(film.second).own.embedding == axis_vector(1));
  CHECK(film.car(film.second).own.made_of == PictureStamp{1, 2, "aa"});
  CHECK(film.car().own.embedding.empty());
  CHECK(rows_of(*film.database, k_column) == k_first);
  CHECK(film.car().model_id == film.first);
  film.save(film.second, 1, "aa", Column::take);
  CHECK(rows_of(*film.database, k_column) == k_second);
  CHECK(film.car(film.first).own.embedding == axis_vector(0));
}

TEST_CASE("a vector that another program put into the column stays there", "[store]")
{
  Film film;
  film.database->handle().exec("UPDATE assets SET clip_embedding = x'0102'");
  film.save(film.first, 0, "aa");
  CHECK(rows_of(*film.database, k_column) == "0102\n");
  CHECK(film.car(film.first).own.embedding == axis_vector(0));
}

TEST_CASE("of a picture that changed no model's vector stays, nor what was found by them", "[store]")
{
  Film film;
  film.save(film.first, 0, "aa");
  film.find(film.first, {{"r1", 0.9}});
  film.save(film.second, 1, "bb");
  CHECK(film.car(film.first).own.embedding.empty());
  CHECK(rows_of(*film.database, k_column) == k_second);
  CHECK(findings_of(*film.database, "c1", 0, "hash").empty());
  CHECK(film.rows() == "r1|0.9\n");  // until its scene is looked at
  film.find(film.second, {});
  CHECK(film.rows().empty());
}

TEST_CASE("what a model found stays while it has a vector of another picture of the asset", "[store]")
{
  Film film;
  film.save(film.first, 0, "aa");
  add_pictures(*film.database, "a1", film.car().tag, {"b.png"});
  save_picture_vector(*film.database, {film.car().id, "b.png", axis_vector(2), false, PictureStamp{1, 2, "cc"}},
                      film.first);
  film.find(film.first, {{"r1", 0.9}});
  film.save(film.second, 1, "bb");
  CHECK(film.car(film.first).own.embedding.empty());
  CHECK(findings_of(*film.database, "c1", 0, "hash").size() == 1);
}

TEST_CASE("a finding that could not be compared stays below another model's of the same row", "[store]")
{
  Film film;
  film.find(film.first, {{"r1", 0.9}});
  film.find(film.second, {{"r1", 0.7}});
  SceneScope scope{"c1", 0, {"clip_match"}, film.first, "hash"};
  scope.kept_findings = {"r1"};
  save_scene(*film.database, scope, {Film::row_of("r1", 0.7, film.second)}, "{}", std::nullopt);
  film.find(film.second, {});
  CHECK(film.rows() == "r1|0.9\n");
}

TEST_CASE("a vector of another crop of the picture goes as well", "[store]")
{
  Film film;
  save_asset_vector(*film.database, film.car(), {axis_vector(0), false, PictureStamp{1, 2, "aa", "[0]"}}, film.first);
  film.save(film.second, 1, "aa");
  CHECK(film.car(film.first).own.embedding.empty());
}

TEST_CASE("what a model found stays when another model finds nothing, or the same, or loses that again", "[store]")
{
  Film film;
  film.find(film.first, {{"r1", 0.9}, {"r2", 0.8}});
  film.find(film.second, {});
  CHECK(film.rows() == "r1|0.9\nr2|0.8\n");
  film.find(film.second, {{"r1", 0.7}, {"r3", 0.6}});
  CHECK(film.rows() == "r1|0.7\nr2|0.8\nr3|0.6\n");
  film.find(film.second, {});
  CHECK(film.rows() == "r1|0.9\nr2|0.8\n");
  film.find(film.first, {{"r2", 0.8}});
  CHECK(film.rows() == "r2|0.8\n");
  film.find(film.first, {});
  CHECK(film.rows().empty());
  CHECK(rows_of(*film.database, "SELECT count(*) FROM vidcv_findings") == "0\n");
}

TEST_CASE("what was found in another content of the file is not kept", "[store]")
{
  Film film;
  film.find(film.first, {{"r1", 0.9}});
  CHECK(findings_of(*film.database, "c1", 0, "another").empty());
  CHECK(findings_of(*film.database, "c1", 0, "hash").size() == 1);
}

TEST_CASE("an appearance that the service deleted does not come back as another model's finding", "[store]")
{
  Film film;
  film.find(film.first, {{"r1", 0.9}});
  film.database->handle().exec("DELETE FROM asset_appearances");
  film.find(film.second, {{"r1", 0.7}});
  film.find(film.second, {});
  CHECK(film.rows().empty());
}

TEST_CASE("an asset that gets the pictures that it has keeps vectors and appearances; other pictures cost both",
          "[store]")
{
  Film film;
  film.save(film.first, 0, "aa");
  film.find(film.first, {{"r1", 0.9}});
  CHECK(count_matches(*film.database, "b1") == 1);
  const std::string before = dump(*film.database);
  put_asset(*film.database, "a1", "CAR", "/pictures/car.png", {"/pictures/car.png"});
  CHECK(dump(*film.database) == before);
  put_asset(*film.database, "a1", "CAR", "/pictures/car.png", {"/pictures/side.png"});
  CHECK(film.rows().empty());
  CHECK(count_matches(*film.database, "b1") == 0);
  CHECK(film.car(film.first).own.embedding.empty());
}

TEST_CASE("assets and their pictures are read in one snapshot, whatever others write meanwhile", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const ProjectRecord project = ensure_folder_project(database, "film");
  const auto model = make_model(database, "f1");
  std::atomic<bool> is_over{false};
  std::jthread writer([&] {
    Database other = open_or_make(folder / "a.db");
    for (int i = 0; !is_over; ++i) { put_asset(other, project.manifest_id, std::to_string(i), "a.png", {"b.png"}); }
  });
  std::size_t seen = 0;
  int strangers = 0;
  while (seen < 50) {
    const AssetsWithPictures known = assets_with_pictures(database, project.manifest_id, model);
    seen = known.assets.size();
    std::set<std::string> ids;
    for (const AssetRecord& asset : known.assets) { ids.insert(asset.id); }
    for (const AssetPicture& picture : known.pictures) { strangers += ids.contains(picture.asset_id) ? 0 : 1; }
  }
  is_over = true;
  CHECK(strangers == 0);
}

}  // namespace
}  // namespace vidcv
