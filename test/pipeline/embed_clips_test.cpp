#include "fake_encoder.hpp"

#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/work_list.hpp>
#include <vidcv/store/migration.hpp>

#include <catch2/catch.hpp>

#include <fstream>

using namespace vidcv;
using namespace vidcv::test;
namespace fs = std::filesystem;

namespace {

struct Run {
  std::vector<std::string> done;
  std::vector<std::string> failed;
  std::vector<std::size_t> batches;
  int opened = 0;
};

Run embed(const std::vector<fs::path>& files, const std::function<bool()>& stopping = [] { return false; })
{
  Run run;
  LazyEncoder encoder(tiny_model(), [&] {
    ++run.opened;
    return std::make_unique<MeanColour>(run.batches);
  });
  EmbedEvents events;
  events.stopping = stopping;
  events.done = [&](const EmbeddedClip& clip) { run.done.push_back(clip.clip.file.filename()); };
  events.failed = [&](const fs::path& file, const InputError& error) {
    run.failed.push_back(file.filename().string() + ": " + error.action());
  };
  embed_clips(files, SampleOptions{}, encoder, events);
  return run;
}

}  // namespace

TEST_CASE("pictures of several clips share full batches and come back in order", "[pipeline]")
{
  const TemporaryFolder folder;
  std::vector<fs::path> files;
  for (int i = 0; i < 10; ++i) {
    files.push_back(folder / (std::to_string(i) + ".png"));
    write_colour(files.back(), 250, static_cast<std::uint8_t>(20 * i), 10);
  }
  const Run run = embed(files);
  CHECK(run.batches == std::vector<std::size_t>{4, 4, 2});
  CHECK(run.opened == 1);
  REQUIRE(run.done.size() == 10);
  for (int i = 0; i < 10; ++i) { CHECK(run.done[static_cast<std::size_t>(i)] == std::to_string(i) + ".png"); }
}

TEST_CASE("a bad file costs itself alone", "[pipeline]")
{
  const TemporaryFolder folder;
  write_colour(folder / "good.png", 200, 0, 0);
  write_colour(folder / "also.png", 0, 200, 0);
  std::ofstream(folder / "text.png") << "no picture";
  const Run run = embed({folder / "good.png", folder / "gone.png", folder / "text.png", folder / "also.png"});
  CHECK(run.done == std::vector<std::string>{"good.png", "also.png"});
  CHECK(run.failed == std::vector<std::string>{"gone.png: open", "text.png: open"});
}

TEST_CASE("no model is opened when no picture could be read", "[pipeline]")
{
  const TemporaryFolder folder;
  CHECK(embed({folder / "gone.png"}).opened == 0);
}

TEST_CASE("a stop is asked for between clips and what was begun is finished", "[pipeline]")
{
  const TemporaryFolder folder;
  write_colour(folder / "a.png", 200, 0, 0);
  write_colour(folder / "b.png", 200, 9, 0);
  int asked = 0;
  const Run run = embed({folder / "a.png", folder / "b.png"}, [&] { return asked++ > 0; });
  CHECK(run.done == std::vector<std::string>{"a.png"});
}

TEST_CASE("what is stored unchanged is not missing, and a touched file is", "[pipeline][store]")
{
  const TemporaryFolder folder;
  const fs::path file = folder / "a.png";
  write_colour(file, 200, 0, 0);
  Database database(folder / "x.db", OpenMode::create, 5);
  prepare_database(database);
  std::vector<std::size_t> batches;
  LazyEncoder encoder(tiny_model(), [&] { return std::make_unique<MeanColour>(batches); });
  const std::int64_t model_id = ensure_model(database, encoder);
  const SampleOptions options;
  EmbedEvents events;
  events.stopping = [] { return false; };
  events.done = [](const EmbeddedClip&) {};
  events.failed = [](const fs::path&, const InputError&) { FAIL("no file is bad"); };
  CHECK(work_list(database, {file}, options, model_id).todo.size() == 1);
  embed_into(database, {file}, options, encoder, {model_id}, events);
  CHECK(work_list(database, {file}, options, model_id).todo.empty());

  SampleOptions other = options;
  other.plan.max_frames = 3;
  CHECK(work_list(database, {file}, other, model_id).todo.size() == 1);
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(1));
  CHECK(work_list(database, {file}, options, model_id).todo.size() == 1);
}

TEST_CASE("an asset's picture may be a path, a relative path or a file URL, and nothing else", "[pipeline]")
{
  AssetRecord asset;
  asset.tag = "CAR";
  const fs::path base = "/data";
  asset.picture = "pictures/car.jpg";
  CHECK(picture_file(asset.picture, asset.tag, base) == "/data/pictures/car.jpg");
  asset.picture = "/elsewhere/car.jpg";
  CHECK(picture_file(asset.picture, asset.tag, base) == "/elsewhere/car.jpg");
  asset.picture = "file:///elsewhere/car.jpg";
  CHECK(picture_file(asset.picture, asset.tag, base) == "/elsewhere/car.jpg");
  asset.picture = "gs://bucket/car.jpg";
  CHECK_THROWS_AS(picture_file(asset.picture, asset.tag, base), InputError);
  asset.picture = "FILE://localhost/else%20where/car%.jpg";
  CHECK(picture_file(asset.picture, asset.tag, base) == "/else where/car%.jpg");
  asset.picture = "file://server/car.jpg";
  CHECK_THROWS_AS(picture_file(asset.picture, asset.tag, base), InputError);
  asset.picture.clear();
  CHECK_THROWS_AS(picture_file(asset.picture, asset.tag, base), InputError);
}

TEST_CASE("a vector of unknown origin counts as the reference model's only if it looks like one", "[pipeline]")
{
  ModelDescription clip = tiny_model();
  clip.architecture = "clip-vit-base-patch32";
  AssetRecord asset;
  CHECK(origin_of(asset, clip, 1) == VectorOrigin::none);
  asset.has_blob = true;
  asset.embedding.assign(512, 0);
  asset.embedding[7] = 1;
  CHECK(origin_of(asset, clip, 1) == VectorOrigin::ours);
  CHECK(origin_of(asset, tiny_model(), 1) == VectorOrigin::foreign);
  asset.embedding[8] = 1;  // no unit length
  CHECK(origin_of(asset, clip, 1) == VectorOrigin::foreign);
  asset.model_id = 2;
  CHECK(origin_of(asset, clip, 1) == VectorOrigin::foreign);
  CHECK(origin_of(asset, tiny_model(), 2) == VectorOrigin::ours);
}
