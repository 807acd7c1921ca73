#include "fake_encoder.hpp"

#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/embed_store.hpp>
#include <vidcv/pipeline/work_list.hpp>
#include <vidcv/store/migration.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <chrono>
#include <fstream>
#include <new>
#include <thread>

using namespace vidcv;
using namespace vidcv::test;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds k_for_ever = std::chrono::hours(1);

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
  EmbeddingRun embedding(jobs_for(files, {}), &encoder, {.stopping = stopping, .batch_patience = k_for_ever});
  JobOrder order;
  for (auto results = embedding.next(); !results.empty(); results = embedding.next()) {
    for (const EmbedResult& result : order.put(std::move(results))) {
      const std::string name = files[result.job].filename();
      if (const auto* failure = std::get_if<EmbedFailure>(&result.outcome)) {
        run.failed.push_back(name + ": " + failure->error.action());
      } else {
        run.done.push_back(name);
      }
    }
  }
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

TEST_CASE("a bad file fails alone", "[pipeline]")
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

namespace {

/// That many pictures of different colours.
std::vector<fs::path> many_pictures(const TemporaryFolder& folder, int count)
{
  std::vector<fs::path> files;
  for (int i = 0; i < count; ++i) {
    files.push_back(folder / (std::to_string(i) + ".png"));
    write_colour(files.back(), 250, static_cast<std::uint8_t>(i), 10);
  }
  return files;
}

constexpr int k_most_begun = 60;  // before the first result is seen: a queue of 32 items and what the threads hold

}  // namespace

TEST_CASE("a model that does not open ends the run before the other files are read", "[pipeline]")
{
  const TemporaryFolder folder;
  LazyEncoder encoder(tiny_model(), []() -> std::unique_ptr<ImageEncoder> { throw ModelError("m", "open", "gone"); });
  int begun = 0;
  const auto count = [&] { return ++begun, false; };
  {
    EmbeddingRun run(jobs_for(many_pictures(folder, 250), {}), &encoder, {.threads = 2, .stopping = count});
    CHECK_THROWS_AS(run.next(), ModelError);
  }
  CHECK(begun <= k_most_begun);
}

TEST_CASE("the end of a run's life begins no other file", "[pipeline]")
{
  const TemporaryFolder folder;
  int begun = 0;
  const auto count = [&] { return ++begun, false; };
  {
    EmbeddingRun run(jobs_for(many_pictures(folder, 250), {}), nullptr, {.threads = 2, .stopping = count});
    CHECK_FALSE(run.next().empty());
  }
  CHECK(begun <= k_most_begun);
}

TEST_CASE("a file that takes long holds up neither the work nor the results of others", "[pipeline]")
{
  const TemporaryFolder folder;
  std::vector<std::size_t> batches;
  LazyEncoder encoder(tiny_model(), [&] { return std::make_unique<MeanColour>(batches); });
  std::vector<EmbedJob> jobs = jobs_for(many_pictures(folder, 11), {});
  std::atomic<bool> may_end{false};
  EmbedOptions slow;
  slow.parts = [&](const Pick&, int width, int height) {
    may_end.wait(false);
    return std::vector{Box{0, 0, width, height}};
  };
  jobs.front().options = std::make_shared<const EmbedOptions>(slow);
  EmbeddingRun run(jobs, &encoder, {.threads = 2, .batch_patience = std::chrono::milliseconds(1)});
  std::vector<bool> done(jobs.size());
  for (std::ptrdiff_t others = 0; others < 10;) {  // the last of them are no full batch
    const auto results = run.next();
    others += std::ssize(results);
    for (const EmbedResult& result : results) { done[result.job] = true; }
  }
  CHECK_FALSE(done.front());
  may_end = true;
  may_end.notify_all();
  const auto last = run.next();
  REQUIRE(last.size() == 1);
  CHECK(last.front().job == 0);
  CHECK(run.next().empty());
}

TEST_CASE("a run that fails is ended in the ledger", "[pipeline][store]")
{
  const TemporaryFolder folder;
  Database database(folder / "x.db", OpenMode::create, 5);
  prepare_database(database);
  LazyEncoder encoder(tiny_model(), []() -> std::unique_ptr<ImageEncoder> { throw std::bad_alloc(); });
  {
    StoredRun run(database, jobs_for(many_pictures(folder, 1), {}), &encoder, ensure_model(database, encoder), {}, {});
    CHECK_THROWS_AS(run.next(), std::bad_alloc);
  }
  const auto runs = newest_runs(database, 1);
  REQUIRE(runs.size() == 1);
  CHECK(runs.front().ended_at.has_value());
}

TEST_CASE("a run that waits for a long file shows that it is alive", "[pipeline][store]")
{
  const TemporaryFolder folder;
  Database database(folder / "x.db", OpenMode::create, 5);
  prepare_database(database);
  std::vector<std::size_t> batches;
  LazyEncoder encoder(tiny_model(), [&] { return std::make_unique<MeanColour>(batches); });
  EmbedOptions slow;
  bool was_seen_alive = false;
  slow.parts = [&](const Pick&, int width, int height) {
    Database other(folder / "x.db", OpenMode::existing, 5);
    std::string before;
    for (int i = 0; i < 2000 && !was_seen_alive; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      const std::vector<RunRecord> runs = newest_runs(other, 1);
      if (before.empty() && !runs.empty()) { before = runs.front().last_change; }
      was_seen_alive = !before.empty() && runs.front().last_change != before;
    }
    return std::vector{Box{0, 0, width, height}};
  };
  std::vector<EmbedJob> jobs = jobs_for(many_pictures(folder, 1), {});
  jobs.front().options = std::make_shared<const EmbedOptions>(slow);
  StoredRun run(database, jobs, &encoder, ensure_model(database, encoder), {.heartbeat = std::chrono::milliseconds(20)},
                {});
  CHECK(run.next().size() == 1);
  CHECK(was_seen_alive);
  CHECK(run.next().empty());
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
  const EmbedOptions options;
  CHECK(work_list(database, {file}, options, model_id).todo.size() == 1);
  CHECK(store_all(database, {file}, options, encoder, model_id) == 0);
  CHECK(work_list(database, {file}, options, model_id).todo.empty());

  EmbedOptions other = options;
  other.sampling.plan.max_frames = 3;
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
