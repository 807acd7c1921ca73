#include "fake_encoder.hpp"

#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/store/migration.hpp>

#include <catch2/catch.hpp>

using namespace vidcv;
using namespace vidcv::test;
namespace fs = std::filesystem;

namespace {

/// A database with a folder project: assets RED and GREEN, and one scene that shows the red picture.
struct Film {
  explicit Film(const TemporaryFolder& folder)
      : database(folder / "film.db", OpenMode::create, 5),
        encoder(tiny_model(), [this] { return std::make_unique<MeanColour>(batches); })
  {
    prepare_database(database);
    settings = {tiny_model(), ensure_model(database, encoder), 0.98};
    project = ensure_folder_project(database, "film");
    write_colour(folder / "red.png", 220, 0, 0);
    write_colour(folder / "green.png", 0, 220, 0);
    write_colour(folder / "scene.png", 210, 0, 0);
    put_asset(database, project.manifest_id, "RED", folder / "red.png");
    put_asset(database, project.manifest_id, "GREEN", folder / "green.png");
    clip = {ensure_scene(database, project, stored_path(folder / "scene.png")), folder / "scene.png"};
  }

  void embed_all()
  {
    fill_asset_vectors(database, project.manifest_id, encoder, settings.model_id, {}, false,
                       {[](const AssetRecord&) {}, [](const AssetRecord&, const InputError& e) { FAIL(e.what()); },
                        [] { return false; }});
    const SampleOptions options;
    EmbedEvents events;
    events.stopping = [] { return false; };
    events.done = [](const EmbeddedClip&) {};
    events.failed = [](const fs::path&, const InputError& e) { FAIL(e.what()); };
    embed_into(database, {clip.file}, options, encoder, settings.model_id, events);
  }

  std::optional<SceneResult> find()
  {
    return find_appearances(database, clip, assets_of(database, project.manifest_id), settings);
  }

  std::vector<std::size_t> batches;
  Database database;
  LazyEncoder encoder;
  MatchSettings settings;
  ProjectRecord project;
  SceneClip clip;
};

}  // namespace

TEST_CASE("a scene shows the asset that looks like it and no other", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  CHECK_FALSE(film.find());  // nothing is stored yet
  film.embed_all();
  const auto result = film.find();
  REQUIRE(result);
  REQUIRE(result->seen.size() == 1);
  CHECK(result->seen[0].tag == "RED");
  CHECK(result->seen[0].row.margin.value() > 0);
  REQUIRE(result->intervals.size() == 1);
  CHECK(result->intervals[0].tag == "RED");
}

TEST_CASE("looking twice gives the same rows", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  const auto first = film.find();
  const auto second = film.find();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->seen[0].row.id == second->seen[0].row.id);
  CHECK(analysis_json(*first, film.settings) == analysis_json(*second, film.settings));
}

TEST_CASE("a score equal to the threshold counts", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  film.settings.threshold = film.find().value().seen.at(0).row.confidence;
  CHECK(film.find().value().seen.size() == 1);
}

TEST_CASE("a blank asset picture is never found", "[pipeline]")
{
  const TemporaryFolder folder;
  Film film(folder);
  film.embed_all();
  const AssetRecord red = assets_of(film.database, film.project.manifest_id).at(0);
  REQUIRE(red.tag == "RED");
  save_asset_vector(film.database, red, red.embedding, film.settings.model_id, true);
  CHECK(film.find().value().seen.empty());
}
