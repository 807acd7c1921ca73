#pragma once

#include "fake_encoder.hpp"

#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_detections.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/store/migration.hpp>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

namespace vidcv::test {
namespace fs = std::filesystem;

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
    fill_asset_vectors(database, {.manifest_id = project.manifest_id, .model_id = settings.model_id, .base = "/"},
                       encoder, {.failed = [](const AssetRecord&, const InputError& e) { FAIL(e.what()); }});
    EmbedOptions options;
    options.regions = settings.regions == Regions::yes;
    if (store_all(database, {clip.file}, options, encoder, settings.model_id) != 0) { FAIL("no file is bad"); }
  }

  std::optional<SceneResult> find() { return AppearanceFinder(database, project.manifest_id, settings).find(clip); }

  /// Looks at detections in the clip of the scene; what cannot be used is in `errors`.
  void detect(const std::vector<Detection>& detections)
  {
    DetectionJob job;
    job.files = {clip.file};
    if (!detections.empty()) { job.by_file[clip.file] = detections; }
    job.model_id = settings.model_id;
    job.failed = [this](const InputError& error) { errors.push_back(error.cause()); };
    embed_detections(database, job, settings.model_id == 0 ? nullptr : &encoder);
  }

  std::vector<std::string> errors;
  std::vector<std::size_t> batches;
  Database database;
  LazyEncoder encoder;
  MatchSettings settings;
  ProjectRecord project;
  SceneClip clip;
};

}  // namespace vidcv::test
