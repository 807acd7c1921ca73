#include <vidcv/store/ledger.hpp>

#include "store_fixture.hpp"

#include <vidcv/store/service_records.hpp>

#include <catch2/catch.hpp>

namespace vidcv {
namespace {

using namespace testing;

MediaRecord media_of(const std::string& path, std::int64_t run_id = 0)
{
  MediaRecord media;
  media.stamp = {path, 10, 20};
  media.content_hash = "00ff";
  media.plan = "budget 8";
  media.stage = "decode";
  media.error = "no picture could be decoded";
  media.run_id = run_id;
  return media;
}

TEST_CASE("each failure of a file counts until it is done", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto tries = [&] { return find_media(database, "/a.mp4").value().tries; };
  save_failure(database, media_of("/a.mp4"));
  CHECK(tries() == 1);
  save_failure(database, media_of("/a.mp4"));
  CHECK(tries() == 2);
  REQUIRE(failures_of(database).size() == 1);
  CHECK(failures_of(database).front().error == "no picture could be decoded");
  save_clip(database, media_of("/a.mp4"), {}, 0);
  CHECK(tries() == 0);
  CHECK(failures_of(database).empty());
}

TEST_CASE("a failure of another version of a file is its first", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  save_failure(database, media_of("/a.mp4"));
  save_failure(database, media_of("/a.mp4"));
  MediaRecord changed = media_of("/a.mp4");
  changed.stamp.size = 11;
  save_failure(database, changed);
  CHECK(find_media(database, "/a.mp4").value().tries == 1);
}

TEST_CASE("a run is identified by the files that it set last", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto first = begin_run(database, {.command = "embed", .shard = "1/4", .inputs = 3, .skipped = 7});
  save_clip(database, media_of("/a.mp4", first), {}, 0);
  save_failure(database, media_of("/b.mp4", first));
  RunRecord run = newest_runs(database, 3).at(0);
  CHECK_FALSE(run.ended_at.has_value());
  CHECK(run.done == 1);
  CHECK(run.failed == 1);
  CHECK(run.shard == "1/4");
  CHECK(run.skipped == 7);
  end_run(database, first, {.decode_s = 2, .encode_s = 1, .store_s = 0.5, .idle_s = 0.25});
  run = newest_runs(database, 3).at(0);
  CHECK(run.ended_at.has_value());
  CHECK(run.times.idle_s == 0.25);

  const auto second = begin_run(database, {.command = "appear", .inputs = 1});
  save_clip(database, media_of("/b.mp4", second), {}, 0);
  const auto runs = newest_runs(database, 3);
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].command == "appear");
  CHECK(runs[0].done == 1);
  CHECK(runs[1].failed == 0);
  CHECK(newest_runs(database, 1).size() == 1);
}

TEST_CASE("files below a folder are those in it and in folders of it", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  for (const char* path : {"/a/1.mp4", "/a/b/2.mp4", "/a-b/3.mp4", "/a0/4.mp4", "/a.mp4"}) {
    save_clip(database, media_of(path), {}, 0);
  }
  const auto known = known_at(database, "/a");
  REQUIRE(known.size() == 2);
  CHECK(known[0].path == "/a/1.mp4");
  CHECK(known_at(database, "/").size() == 5);

  mark_missing(database, {known[0].id}, {});
  CHECK(known_at(database, "/a")[0].is_missing);
  CHECK(count_ledger(database).missing == 1);
  mark_missing(database, {}, {known[0].id});
  CHECK(count_ledger(database).missing == 0);
  forget_media(database, {known[0].id, known[1].id});
  CHECK(count_ledger(database).done == 3);
}

TEST_CASE("a file that moved keeps its frames, and its scene in a folder project", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const auto id = save_clip(database, media_of("/a.mp4"), {frame_at(0, axis_vector(0))}, model);
  const ProjectRecord project = ensure_folder_project(database, "films");
  ensure_scene(database, project, "/first.mp4");
  const SceneRecord scene = ensure_scene(database, project, "/a.mp4");
  move_media(database, {{id, {"/b/a.mp4", 10, 30}}});
  CHECK_FALSE(find_media(database, "/a.mp4").has_value());
  const MediaRecord moved = find_media(database, "/b/a.mp4").value();
  CHECK(moved.id == id);
  CHECK(moved.stamp.mtime_ns == 30);
  CHECK(frames_of(database, id, model).size() == 1);
  CHECK(ensure_scene(database, project, "/b/a.mp4").scene_index == scene.scene_index);
  CHECK(scenes_of(database, project.id).at(1).local_path == "/b/a.mp4");
}

}  // namespace
}  // namespace vidcv
