#include <vidcv/store/forget.hpp>

#include "store_fixture.hpp"

#include <vidcv/store/ledger.hpp>
#include <vidcv/store/service_records.hpp>

#include <catch2/catch.hpp>

namespace vidcv {
namespace {

using namespace testing;

/// A folder project with two clips and one asset that is seen in both, and a scene of the service that shows the first
/// clip.
struct Film {
  Film()
  {
    run_sql(folder / "a.db", k_stage_8);
    database = std::make_unique<Database>(make_migrated(folder / "a.db"));
    database->handle().exec("UPDATE video_clips SET local_path = '/film/a.mp4' WHERE id = 'e2'");
    project = ensure_folder_project(*database, "film");
    car = put_asset(*database, project.manifest_id, "CAR", "/car.png").id;
    model = make_model(*database);
    for (const char* path : {"/film/a.mp4", "/film/b.mp4"}) {
      const auto frame = add_file(path);
      look(ensure_scene(*database, project, path).scene_index, frame, project.id, car);
    }
    look(0, frame_of("/film/a.mp4"), "c1", "b1");
  }

  std::int64_t add_file(const std::string& path)
  {
    MediaRecord media;
    media.stamp = {path, 10, 20};
    media.content_hash = path;
    testing::save_clip(*database, media, {frame_at(0, axis_vector(0))}, model);
    return frame_of(path);
  }

  std::int64_t frame_of(const std::string& path)
  {
    return frames_of(*database, find_media(*database, path).value().id, 0).at(0).id;
  }

  void look(int scene, std::int64_t frame, const std::string& project_id, const std::string& asset)
  {
    const AppearanceRecord row{.id = project_id + std::to_string(scene),
                               .asset_id = asset,
                               .project_id = project_id,
                               .scene_index = scene,
                               .bbox = {},
                               .confidence = 0.9,
                               .source = "clip_match",
                               .frame_id = frame,
                               .model_id = model,
                               .margin = {}};
    save_scene(*database, {project_id, scene, {"clip_match"}, model, "hash"}, {row}, R"({"generator":"vidcv"})", 7.5);
  }

  /// One of the functions that work within a transaction, committed.
  template <typename Forget, typename... Names>
  std::vector<Forgotten> forget(Forget function, const Names&... names)
  {
    WriteTransaction transaction(*database);
    auto gone = function(transaction, names...);
    transaction.commit();
    return gone;
  }

  std::string count(const std::string& from) { return rows_of(*database, "SELECT count(*) FROM " + from); }

  TempFolder folder;
  std::unique_ptr<Database> database;
  ProjectRecord project;
  std::string car;
  std::int64_t model = 0;
};

std::string names_of(const std::vector<Forgotten>& gone)
{
  std::string text;
  for (const Forgotten& thing : gone) {
    text += thing.what + " " + thing.name + (thing.is_kept ? " stays" : "") + "\n";
  }
  return text;
}

TEST_CASE("a forgotten file takes its scene, and what vidcv found in it, and leaves the service's rows", "[store]")
{
  Film film;
  const std::string theirs = rows_of(*film.database, "SELECT * FROM scenes WHERE project_id = 'c1'");
  CHECK(names_of(film.forget(forget_files, "/film/a.mp4", Findings::go)) ==
        "scene film/0\nfindings c1/0\nfile /film/a.mp4\n");
  CHECK(rows_of(*film.database, "SELECT local_path FROM video_clips WHERE scene_id <> 'd1'") == "/film/b.mp4\n");
  CHECK(rows_of(*film.database, "SELECT * FROM scenes WHERE project_id = 'c1'") == theirs);
  CHECK(rows_of(*film.database,
                "SELECT manifest_json, asset_tags, cv_analysis_json, continuity_score FROM "
                "scene_manifests WHERE project_id = 'c1'") == "{\"placements\":[]}|[\"CAR\"]|-|-\n");
  CHECK(film.count("asset_appearances") == "1\n");
  CHECK(film.count("vidcv_findings") == "1\n");
  CHECK(rows_of(*film.database, "SELECT target_scene_count FROM projects ORDER BY id = 'c1'") == "1\n1\n");
  CHECK(scenes_of(*film.database, film.project.id).size() == 1);
}

TEST_CASE("a folder is forgotten with the scenes of files that the ledger no longer knows", "[store]")
{
  Film film;
  film.database->handle().exec("DELETE FROM vidcv_media");
  CHECK(names_of(film.forget(forget_files, "/film/", Findings::go)) == "scene film/0\nscene film/1\n");
  CHECK(film.forget(forget_files, "/film/", Findings::go).empty());
  CHECK(film.forget(forget_files, "/fil", Findings::go).empty());
}

TEST_CASE("a scene in which another program has an appearance stays until it is named", "[store]")
{
  Film film;
  run_sql(film.folder / "a.db",
          "INSERT INTO asset_appearances (id, asset_id, project_id, scene_index, frame_index, "
          "confidence, source) VALUES ('theirs', '" +
              film.car + "', '" + film.project.id + "', 1, 0, 0.5, 'manual')");
  CHECK(names_of(film.forget(forget_files, "/film", Findings::go)) ==
        "scene film/0\nscene film/1 stays\nfindings c1/0\nfile /film/a.mp4\nfindings " + film.project.id +
            "/1\nfile /film/b.mp4\n");
  CHECK(rows_of(*film.database, "SELECT id FROM asset_appearances") == "theirs\n");
  CHECK(names_of(film.forget(forget_scene, film.project.id, 1)) == "scene " + film.project.id + "/1\n");
  CHECK(film.count("asset_appearances") == "0\n");
}

TEST_CASE("files that are gone take their scenes in vidcv's projects, and leave findings in the service's", "[store]")
{
  Film film;
  forget_gone_files(*film.database, {"/film/a.mp4", "/film/never.mp4"});
  CHECK(rows_of(*film.database, "SELECT path FROM vidcv_media") == "/film/b.mp4\n");
  CHECK(scenes_of(*film.database, film.project.id).size() == 1);
  CHECK(rows_of(*film.database, "SELECT count(*) FROM asset_appearances WHERE project_id = 'c1'") == "1\n");
}

TEST_CASE("a project of vidcv's goes with its manifest and assets, one of the service's without", "[store]")
{
  Film film;
  CHECK(names_of(film.forget(forget_project, film.project.id)) == "scene " + film.project.id + "/0\nscene " +
                                                                      film.project.id + "/1\nasset CAR\nproject " +
                                                                      film.project.id + "\n");
  CHECK(rows_of(*film.database, "SELECT id FROM manifests") == "a1\n");
  CHECK(film.count("vidcv_media") == "2\n");
  CHECK(names_of(film.forget(forget_project, "c1")) == "scene c1/0\nproject c1\n");
  CHECK(rows_of(*film.database, "SELECT id FROM manifests") == "a1\n");
  CHECK(rows_of(*film.database, "SELECT id FROM assets") == "b1\n");
  for (const char* table : {"projects", "scenes", "scene_manifests", "video_clips", "asset_appearances",
                            "vidcv_appearances", "vidcv_findings"}) {
    CHECK(film.count(table) == "0\n");
  }
}

TEST_CASE("a manifest that another project has stays with its assets", "[store]")
{
  Film film;
  film.database->handle().exec("UPDATE projects SET manifest_id = '" + film.project.manifest_id + "' WHERE id = 'c1'");
  film.forget(forget_project, film.project.id);
  CHECK(film.count("manifests") == "2\n");
  CHECK(rows_of(*film.database, "SELECT manifest_tag FROM assets ORDER BY id = 'b1'") == "CAR\nCAR\n");
}

TEST_CASE("a forgotten model leaves what another model found, and vectors that nobody knows to be its own", "[store]")
{
  Film film;
  const auto other = make_model(*film.database, "f2");
  const AppearanceRecord again{.id = film.project.id + "0",
                               .asset_id = film.car,
                               .project_id = film.project.id,
                               .bbox = {},
                               .confidence = 0.7,
                               .source = "clip_match",
                               .model_id = other,
                               .margin = 0.1};
  save_scene(*film.database, {film.project.id, 0, {"clip_match"}, other, "hash"}, {again}, "{}", std::nullopt);
  save_asset_vector(*film.database, assets_of(*film.database, film.project.manifest_id).at(0),
                    {axis_vector(0), false, {}}, other);
  film.database->handle().exec("UPDATE assets SET clip_embedding = x'00' WHERE id = 'b1'");
  CHECK(names_of(film.forget(forget_model, "f2")) == "model f2\n");
  CHECK(rows_of(*film.database, "SELECT id, confidence FROM asset_appearances WHERE project_id <> 'c1'") ==
        film.project.id + "0|0.9\n" + film.project.id + "1|0.9\n");
  CHECK(rows_of(*film.database, "SELECT manifest_id = 'a1' FROM assets WHERE clip_embedding IS NOT NULL") == "1\n");
  CHECK(film.count("vidcv_embeddings") == "2\n");
  CHECK(names_of(film.forget(forget_model, "m")) == "model f1\n");
  CHECK(film.count("vidcv_embeddings") == "0\n");
  CHECK(film.count("asset_appearances") == "0\n");
  CHECK(film.count("vidcv_frames") == "2\n");
  CHECK(film.forget(forget_model, "m").empty());
}

TEST_CASE("a name that several models have forgets none of them", "[store]")
{
  Film film;
  make_model(*film.database, "f2");
  CHECK_THROWS_AS(film.forget(forget_model, "m"), InputError);
  CHECK_THROWS_AS(film.forget(forget_model, "f"), InputError);
  CHECK(film.count("vidcv_models") == "2\n");
}

}  // namespace
}  // namespace vidcv
