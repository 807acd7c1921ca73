#include "store_fixture.hpp"

#include <vidcv/store/service_records.hpp>

#include <limits>

using namespace vidcv;
using namespace vidcv::testing;

namespace {

Database make_service_database(const std::filesystem::path& file)
{
  run_sql(file, k_stage_8);
  return make_migrated(file);
}

}  // namespace

TEST_CASE("a scene of the service shows its newest clip that has a file", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  REQUIRE(projects(database).size() == 1);
  CHECK(projects(database)[0].manifest_id == "a1");
  CHECK(find_project(database, "c1").has_value());
  CHECK_FALSE(find_project(database, "c2").has_value());
  const auto scenes = scenes_of(database, "c1");
  REQUIRE(scenes.size() == 1);
  CHECK(scenes[0].local_path == "/clips/new.mp4");
  CHECK(scenes[0].gcs_uri == "gs://bucket/x");
}

TEST_CASE("a folder's project is made once and is never one of the service's", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  const std::string theirs = rows_of(database, "SELECT * FROM projects");
  CHECK_FALSE(find_folder_project(database, "Café").has_value());  // the name of the service's manifest
  const auto project = ensure_folder_project(database, "Café");
  CHECK(project.manifest_id != "a1");
  const std::string after = dump(database);
  CHECK(ensure_folder_project(database, "Café").id == project.id);
  CHECK(find_folder_project(database, "Café").value().id == project.id);
  CHECK(ensure_folder_project(database, "other").id != project.id);
  CHECK(rows_of(database, "SELECT * FROM projects WHERE id = 'c1'") == theirs);
  CHECK(rows_of(database, "SELECT prompt, style, aspect_ratio, status FROM projects WHERE id = '" + project.id + "'") ==
        "|||complete\n");
}

TEST_CASE("a renamed manifest does not keep a folder from a project of its own", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto project = ensure_folder_project(database, "films");
  database.handle().exec("UPDATE manifests SET name = 'renamed'");
  const auto again = ensure_folder_project(database, "films");
  CHECK(again.id != project.id);
  CHECK(ensure_folder_project(database, "films").id == again.id);
}

TEST_CASE("a scene's index is given at the first sight of its file and never changes", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto project = ensure_folder_project(database, "films");
  CHECK(ensure_scene(database, project, "/f/b.mp4").scene_index == 0);
  CHECK(ensure_scene(database, project, "/f/c.mp4").scene_index == 1);
  CHECK(ensure_scene(database, project, "/f/a.mp4").scene_index == 2);
  const std::string after = dump(database);
  CHECK(ensure_scene(database, project, "/f/c.mp4").scene_index == 1);
  CHECK(dump(database) == after);
  const auto scenes = scenes_of(database, project.id);
  REQUIRE(scenes.size() == 3);
  CHECK(scenes[2].local_path == "/f/a.mp4");
  CHECK(ensure_scene(database, ensure_folder_project(database, "other"), "/f/c.mp4").scene_index == 0);
  CHECK(rows_of(database, "SELECT DISTINCT manifest_json, new_asset_count, cv_analysis_json FROM scene_manifests") ==
        "{}|0|-\n");
}

TEST_CASE("two databases made from the same folder have the same ids", "[store]")
{
  const TempFolder folder;
  std::string ids[2];
  for (std::string& text : ids) {
    Database database = make_migrated(folder / (&text == &ids[0] ? "a.db" : "b.db"));
    const auto project = ensure_folder_project(database, "films");
    ensure_scene(database, project, "/f/b.mp4");
    text = project.id + put_asset(database, project.manifest_id, "CAR", "/p/car.png").id;
  }
  CHECK(ids[0] == ids[1]);
}

TEST_CASE("an asset keeps its id and loses its vector when it gets another picture", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  const auto model = make_model(database);
  const auto car = assets_of(database, "a1").at(0);
  CHECK(car.picture == "/pictures/car.png");
  CHECK_FALSE(car.has_blob);
  save_asset_vector(database, car, {axis_vector(2), false, {}}, model);
  const auto again = put_asset(database, "a1", "CAR", "/pictures/other.png");
  CHECK(again.id == car.id);
  CHECK(again.picture == "/pictures/other.png");
  CHECK_FALSE(again.has_blob);
  CHECK(rows_of(database, "SELECT count(*) FROM vidcv_asset_vectors") == "0\n");
  put_asset(database, "a1", "BUS", "/pictures/bus.png");
  const auto assets = assets_of(database, "a1");
  REQUIRE(assets.size() == 2);
  CHECK(assets[1].tag == "BUS");
  CHECK(rows_of(database, "SELECT asset_count FROM manifests") == "2\n");
}

TEST_CASE("an asset's vector is vidcv's only as long as nobody changed the blob", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  const auto model = make_model(database);
  save_asset_vector(database, assets_of(database, "a1").at(0), {axis_vector(2), true, {}}, model);
  auto car = assets_of(database, "a1").at(0);
  CHECK(car.model_id == model);
  CHECK(car.embedding == axis_vector(2));
  CHECK(car.blank);
  database.handle().exec("UPDATE assets SET clip_embedding = x'0000803f000000000000000000000000'");
  car = assets_of(database, "a1").at(0);
  CHECK_FALSE(car.model_id.has_value());
  CHECK(car.embedding == axis_vector(0));
  CHECK_FALSE(car.blank);
  database.handle().exec("UPDATE assets SET clip_embedding = x'00'");
  CHECK(assets_of(database, "a1").at(0).has_blob);
  CHECK(assets_of(database, "a1").at(0).embedding.empty());
}

TEST_CASE("a bad vector for an asset is refused by the asset's tag", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  const auto model = make_model(database);
  const auto car = assets_of(database, "a1").at(0);
  const auto refusal = [&](Embedding vector) {
    return store_error_of([&] { save_asset_vector(database, car, {vector, false, {}}, model); });
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(refusal({1, 0, 0}).ends_with("asset CAR: the vector has 3 numbers, the model's have 4"));
  CHECK(refusal({nan, 0, 0, 0}).ends_with("asset CAR: the vector has a number that is not finite"));
  CHECK(refusal({2, 0, 0, 0}).ends_with("asset CAR: the vector is not of unit length"));
  CHECK_FALSE(assets_of(database, "a1").at(0).has_blob);
}

TEST_CASE("removing an asset takes its appearances and vidcv's records, and nothing of the others", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  const auto model = make_model(database);
  const auto bus = put_asset(database, "a1", "BUS", "/pictures/bus.png");
  for (const AssetRecord& asset : assets_of(database, "a1")) {
    save_asset_vector(database, asset, {axis_vector(0), false, {}}, model);
  }
  const auto seen = [](const std::string& id, const std::string& asset) {
    return AppearanceRecord{
        .id = id, .asset_id = asset, .project_id = {}, .bbox = {}, .confidence = 0.9, .source = {}, .margin = {}};
  };
  save_scene(database, {"c1", 0, {"clip_match"}}, {seen("f1", "b1"), seen("f2", bus.id)}, "{}", 5.0);
  CHECK(remove_asset(database, "a1", "CAR"));
  CHECK_FALSE(remove_asset(database, "a1", "CAR"));
  CHECK(rows_of(database, "SELECT id FROM asset_appearances") == "f2\n");
  CHECK(rows_of(database, "SELECT appearance_id FROM vidcv_appearances") == "f2\n");
  CHECK(rows_of(database, "SELECT asset_id FROM vidcv_asset_vectors") == bus.id + "\n");
  CHECK(rows_of(database, "SELECT asset_count FROM manifests") == "1\n");
}

TEST_CASE("an asset that another was made from stays", "[store]")
{
  const TempFolder folder;
  Database database = make_service_database(folder / "a.db");
  const auto bus = put_asset(database, "a1", "BUS", "/pictures/bus.png");
  database.handle().exec("UPDATE assets SET source_asset_id = '" + bus.id + "' WHERE manifest_tag = 'CAR'");
  CHECK_THROWS_WITH(remove_asset(database, "a1", "BUS"),
                    "BUS: store: CAR was made from it (source_asset_id): remove that one first");
  CHECK(assets_of(database, "a1").size() == 2);
}

TEST_CASE("a scene expects its asset tags, or the tags of its placements where there is no list of them", "[store]")
{
  const TempFolder folder;
  run_sql(folder / "a.db", k_stage_8);
  Database database = make_migrated(folder / "a.db");
  const auto expected = [&](const std::string& tags, const std::string& manifest) {
    run_sql(folder / "a.db",
            "UPDATE scene_manifests SET asset_tags = " + tags + ", manifest_json = '" + manifest + "'");
    return scenes_of(database, "c1").at(0).expected_tags;
  };
  const std::string placements =
      R"({"placements":[{"asset_tag":"CAR"},{"asset_tag":"MAN"},{"asset_tag":"CAR"},{"asset_tag":7},{},"x"]})";
  using Tags = std::vector<std::string>;
  CHECK(expected(R"('["HERO", 5, null]')", placements) == Tags{"HERO"});
  CHECK(expected("'[]'", placements).empty());
  for (const char* none : {"NULL", "'null'", "'no json'", "'{}'"}) {
    CHECK(expected(none, placements) == Tags{"CAR", "MAN"});
  }
  for (const char* odd : {"{}", "null", "no json", R"({"placements":5})", "[]"}) {
    CHECK(expected("NULL", odd).empty());
  }
}
