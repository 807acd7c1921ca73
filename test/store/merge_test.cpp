#include <vidcv/store/merge.hpp>

#include "store_fixture.hpp"

#include <vidcv/store/detection_records.hpp>
#include <vidcv/store/ledger.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace vidcv {
namespace {

namespace fs = std::filesystem;
using namespace testing;

MediaRecord media_of(const std::string& path, std::int64_t mtime_ns = 20)
{
  MediaRecord media;
  media.stamp = {path, 10, mtime_ns};
  media.content_hash = "00ff";
  media.plan = "budget 8";
  media.stage = "decode";
  media.error = "no picture could be decoded";
  return media;
}

/// All that a database knows of files, without the ids, which differ with the order in which rows came.
std::string knowledge(Database& database)
{
  return rows_of(database, R"(
           SELECT m.path, m.mtime_ns, m.plan, m.status, m.stage, m.tries, m.missing_since, r.uuid, f.frame_number,
             o.fingerprint, hex(e.embedding), f.kind, f.blank, f.quality, f.motion_ratio
           FROM vidcv_media m LEFT JOIN vidcv_runs r ON r.id = m.run_id LEFT JOIN vidcv_frames f ON f.media_id = m.id
           LEFT JOIN vidcv_embeddings e ON e.frame_id = f.id LEFT JOIN vidcv_models o ON o.id = e.model_id
           ORDER BY 1, 9, 10)") +
         rows_of(database, R"(
           SELECT m.path, f.frame_number, x1, y1, x2, y2, hex(embedding) FROM vidcv_regions g
           JOIN vidcv_frames f ON f.id = g.frame_id JOIN vidcv_media m ON m.id = f.media_id ORDER BY 1, 2, 3, 4, 5)") +
         rows_of(database, R"(
           SELECT m.path, s.digest, d.position, d.class, o.fingerprint, hex(v.embedding) FROM vidcv_media m
           JOIN vidcv_detection_sets s ON s.media_id = m.id LEFT JOIN vidcv_detections d ON d.media_id = m.id
           LEFT JOIN vidcv_detection_vectors v ON v.detection_id = d.id LEFT JOIN vidcv_models o ON o.id = v.model_id
           ORDER BY 1, 3, 5)") +
         rows_of(database, R"(SELECT text, fingerprint, hex(embedding) FROM vidcv_texts JOIN vidcv_models m
           ON m.id = model_id ORDER BY 1, 2)") +
         rows_of(database, "SELECT uuid, command, shard, inputs, ended_at IS NULL FROM vidcv_runs ORDER BY uuid");
}

/// What merging these, in this order, gives.
std::string merged(const std::vector<fs::path>& parts)
{
  const TempFolder folder;
  Database out = make_migrated(folder / "out.db");
  for (const fs::path& part : parts) { merge_database(out, part); }
  return knowledge(out);
}

/// Three databases that agree and disagree about files in every way.
struct Parts {
  TempFolder folder;
  std::vector<fs::path> files = {folder / "a.db", folder / "b.db", folder / "c.db"};

  Parts()
  {
    Database a = make_migrated(files[0]);
    const auto model_a = make_model(a);
    const auto run = begin_run(a, {.command = "embed", .shard = "0/3", .inputs = 4});
    MediaRecord both = media_of("/both.mp4");
    both.run_id = run;
    save_clip(a, both, {frame_at(0, axis_vector(0)), frame_at(9, axis_vector(1))}, model_a);
    save_clip(a, media_of("/changed.mp4", 20), {frame_at(0, axis_vector(0))}, model_a);
    save_clip(a, media_of("/look.mp4"), {frame_at(9, axis_vector(2))}, model_a);
    save_failure(a, media_of("/failed.mp4"));
    save_failure(a, media_of("/failed.mp4"));
    save_failure(a, media_of("/repaired.mp4"));
    end_run(a, run, {});

    Database b = make_migrated(files[1]);
    make_model(b, "f0");  // so that ids differ
    const auto model_b = make_model(b);
    const auto other = make_model(b, "f2", 3);
    save_clip(b, media_of("/both.mp4"), {frame_at(0, axis_vector(0)), frame_at(9, axis_vector(2))}, model_b);
    save_clip(b, media_of("/both.mp4"), {frame_at(0, axis_vector(1, 3)), frame_at(9, axis_vector(0, 3))}, other);
    save_clip(b, media_of("/changed.mp4", 30), {frame_at(5, axis_vector(1))}, model_b);
    save_failure(b, media_of("/failed.mp4"));
    FrameRecord other_stats = frame_at(9, axis_vector(3));
    other_stats.kind = "base";
    other_stats.blank = false;
    other_stats.quality = 4.5;
    other_stats.motion_ratio = std::nullopt;
    save_clip(b, media_of("/look.mp4"), {other_stats}, model_b);
    FrameRecord regions = frame_at(0, axis_vector(1));
    regions.regions = {{{0, 0, 10, 10}, axis_vector(2)}, {{5, 0, 15, 10}, {}}};
    save_clip(b, media_of("/repaired.mp4"), {regions}, model_b);

    Database c = make_migrated(files[2]);
    const auto model_c = make_model(c);
    MediaRecord plan = media_of("/both.mp4");
    plan.plan = "budget 4";
    save_clip(c, plan, {frame_at(3, axis_vector(3))}, model_c);
    save_clip(c, media_of("/only.mp4"), {frame_at(0, axis_vector(0))}, model_c);
    mark_missing(c, {find_media(c, "/only.mp4").value().id}, {});
  }
};

std::string bytes_of(const fs::path& file)
{
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("databases give the same when they are merged in any order, and again", "[store]")
{
  Parts parts;
  std::ranges::sort(parts.files);
  const std::string first = merged(parts.files);
  CHECK(first.find("/both.mp4|20|budget 8|done") != std::string::npos);
  CHECK(first.find("budget 4") == std::string::npos);
  CHECK(first.find("/changed.mp4|30") != std::string::npos);
  CHECK(first.find("/changed.mp4|20") == std::string::npos);
  CHECK(first.find("/failed.mp4|20|budget 8|failed|decode|2") != std::string::npos);
  CHECK(first.find("/repaired.mp4|20|budget 8|done") != std::string::npos);
  CHECK(first.find("|f2|") != std::string::npos);
  do {
    CHECK(merged(parts.files) == first);
  } while (std::ranges::next_permutation(parts.files).found);
  std::vector<fs::path> twice = parts.files;
  twice.insert(twice.end(), parts.files.begin(), parts.files.end());
  CHECK(merged(twice) == first);
}

TEST_CASE("of two sets of detections the complete one stays", "[store]")
{
  const TempFolder folder;
  DetectionRecord car;
  car.box = {0, 0, 10, 10};
  car.label = "car";
  const auto make = [&](const char* name, const std::string& digest, const std::vector<DetectionRecord>& seen) {
    Database database = make_migrated(folder / name);
    save_detections(database, save_clip(database, media_of("/a.mp4"), {}, 0), digest, seen, 0);
  };
  make("whole.db", "ff", {car, car});
  make("part.db", "incomplete ff", {car});
  for (const auto& order : {std::pair("whole.db", "part.db"), std::pair("part.db", "whole.db")}) {
    Database out = make_migrated(folder / (std::string("of-") + order.first));
    merge_database(out, folder / order.first);
    merge_database(out, folder / order.second);
    CHECK(rows_of(out, "SELECT digest, count(*) FROM vidcv_detection_sets, vidcv_detections") == "ff|2\n");
  }
}

TEST_CASE("a merge tells what it took and changes nothing of its source", "[store]")
{
  const Parts parts;
  const std::string before = bytes_of(parts.files[1]);
  const TempFolder folder;
  Database out = make_migrated(folder / "out.db");
  MergeCounts counts = merge_database(out, parts.files[0]);
  CHECK(counts.files == 3);
  CHECK(counts.failures == 2);
  CHECK(counts.vectors == 4);
  counts = merge_database(out, parts.files[1]);
  CHECK(counts.files == 2);    // the later file, and the one that failed in the first
  CHECK(counts.vectors == 4);  // theirs, and two of the other model
  CHECK(counts.present == 2);
  counts = merge_database(out, parts.files[1]);
  CHECK(counts.files + counts.failures + counts.vectors == 0);
  CHECK(bytes_of(parts.files[1]) == before);
}

TEST_CASE("databases of every older schema can be merged", "[store]")
{
  int merged_schemas = 0;
  for (const auto& fixture : fs::directory_iterator(VIDCV_SOURCE_DIR "/test/store/data")) {
    const TempFolder folder;
    run_sql(folder / "old.db", bytes_of(fixture.path()));
    Database out = make_migrated(folder / "out.db");
    const MergeCounts counts = merge_database(out, folder / "old.db");
    INFO(fixture.path().string());
    CHECK(counts.files == 1);
    CHECK(counts.left > 0);
    CHECK(count_ledger(out).frames > 0);
    ++merged_schemas;
  }
  CHECK(merged_schemas >= 3);
}

TEST_CASE("a database of another program, a newer one, or the same file is refused", "[store]")
{
  const TempFolder folder;
  Database out = make_migrated(folder / "out.db");
  CHECK(store_error_of([&] { merge_database(out, folder / "out.db"); }).find("into itself") != std::string::npos);
  CHECK(store_error_of([&] { merge_database(out, folder / "gone.db"); }).find("gone.db: open") != std::string::npos);
  run_sql(folder / "other.db", "CREATE TABLE t (x)");
  CHECK(store_error_of([&] { merge_database(out, folder / "other.db"); }).find("no database of vidcv") !=
        std::string::npos);
  make_migrated(folder / "new.db");
  run_sql(folder / "new.db", "INSERT INTO vidcv_schema (version, applied_at, applied_by) VALUES (999, 'x', 'y')");
  CHECK(store_error_of([&] { merge_database(out, folder / "new.db"); }).find("newer") != std::string::npos);
}

}  // namespace vidcv
