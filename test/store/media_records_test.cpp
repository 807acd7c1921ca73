#include "store_fixture.hpp"

#include <limits>

using namespace vidcv;
using namespace vidcv::testing;

namespace {

MediaRecord clip_of(const std::string& path = "/clips/a.mp4", std::int64_t size = 100)
{
  return {.id = 0,
          .stamp = {.path = path, .size = size, .mtime_ns = 1700000000123456789},
          .content_hash = "h" + std::to_string(size),
          .decoded = R"({"width":64})",
          .plan = "budget 8",
          .status = "done",
          .stage = {},
          .error = {}};
}

std::string refused_vector(Embedding embedding)
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const std::string before = dump(database);
  const std::string message =
      store_error_of([&] { save_clip(database, clip_of(), {frame_at(47, std::move(embedding))}, model); });
  CHECK(dump(database) == before);
  return message.substr(message.find("frame "));
}

/// What frames_of says after some other program wrote `blob` (an SQL literal) as the vector of frame 47.
std::string refused_blob(const std::string& blob)
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const auto media = save_clip(database, clip_of(), {frame_at(47, axis_vector(0))}, model);
  database.handle().exec("UPDATE vidcv_embeddings SET embedding = " + blob);
  try {
    frames_of(database, media, model);
  } catch (const InputError& error) {
    CHECK(error.thing() == "/clips/a.mp4");
    return error.cause();
  }
  return "was taken";
}

}  // namespace

TEST_CASE("a clip comes back as it was saved", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const auto id = save_clip(database, clip_of(), {frame_at(9, axis_vector(1)), frame_at(0, axis_vector(0))}, model);
  const auto media = find_media(database, "/clips/a.mp4").value();
  CHECK(media.id == id);
  CHECK(media.stamp == clip_of().stamp);
  CHECK(media.content_hash == "h100");
  CHECK(media.decoded == R"({"width":64})");
  CHECK(media.status == "done");
  const auto frames = frames_of(database, id, model);
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].frame_number == 0);
  CHECK_FALSE(frames[0].motion_ratio.has_value());
  CHECK(frames[0].embedding == axis_vector(0));
  CHECK(frames[1].timestamp_s == 0.375);
  CHECK(frames[1].motion_ratio == 0.25);
  CHECK(frames[1].kind == "motion");
  CHECK(frames[1].blank);
  CHECK(frames[0].detail == 0.5);
  CHECK_FALSE(find_media(database, "/clips/b.mp4").has_value());
}

TEST_CASE("a model has one row per fingerprint and precision", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database, "f1");
  CHECK(make_model(database, "f1", 99) == model);
  CHECK(make_model(database, "f2") != model);
  CHECK(ensure_model(database,
                     {.fingerprint = "f1", .name = "m", .dim = 4, .precision = "bf16", .description = "{}"}) != model);
  CHECK(rows_of(database, "SELECT dim FROM vidcv_models WHERE fingerprint = 'f1' AND precision = 'fp32'") == "4\n");
}

TEST_CASE("a clip is complete only for its stamp, its plan and a model that has all its vectors", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const auto stamp = clip_of().stamp;
  CHECK(CompletenessCheck(database, model).of(stamp, "budget 8") == Completeness::none);
  save_clip(database, clip_of(), {frame_at(0, axis_vector(0)), frame_at(9, {})}, model);
  CHECK(CompletenessCheck(database, model).of(stamp, "budget 8") == Completeness::none);
  save_clip(database, clip_of(), {frame_at(0, axis_vector(0)), frame_at(9, axis_vector(1))}, model);
  CHECK(CompletenessCheck(database, model).of(stamp, "budget 8") == Completeness::whole);
  database.handle().exec("UPDATE vidcv_frames SET detail = NULL WHERE frame_number = 9");
  CHECK(CompletenessCheck(database, model).of(stamp, "budget 8") == Completeness::unmeasured);
  database.handle().exec("UPDATE vidcv_frames SET detail = 0.5");
  CHECK(CompletenessCheck(database, model).of(stamp, "budget 9") == Completeness::none);
  CHECK(CompletenessCheck(database, model).of(clip_of("/clips/a.mp4", 101).stamp, "budget 8") == Completeness::none);
  CHECK(CompletenessCheck(database, make_model(database, "f2")).of(stamp, "budget 8") == Completeness::none);
  MediaRecord failed = clip_of();
  failed.stage = "decode";
  save_failure(database, failed);
  CHECK(CompletenessCheck(database, model).of(stamp, "budget 8") == Completeness::none);
}

TEST_CASE("saving an unchanged clip keeps frame ids and the vectors of other models", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto first = make_model(database, "f1");
  const auto second = make_model(database, "f2", 2);
  const auto id = save_clip(database, clip_of(), {frame_at(0, axis_vector(0)), frame_at(9, axis_vector(1))}, first);
  const auto before = frames_of(database, id, first);
  CHECK(save_clip(database, clip_of(), {frame_at(0, axis_vector(0, 2)), frame_at(9, axis_vector(1, 2))}, second) == id);
  const auto after = frames_of(database, id, second);
  REQUIRE(after.size() == 2);
  CHECK(after[0].id == before[0].id);
  CHECK(after[1].id == before[1].id);
  CHECK(after[1].embedding == axis_vector(1, 2));
  CHECK(frames_of(database, id, first)[1].embedding == axis_vector(1));
}

TEST_CASE("a clip of another plan or content loses its old frames and all their vectors", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto first = make_model(database, "f1");
  const auto second = make_model(database, "f2");
  const auto id = save_clip(database, clip_of(), {frame_at(0, axis_vector(0)), frame_at(9, axis_vector(1))}, first);
  MediaRecord other = clip_of();
  SECTION("another plan")
  {
    other.plan = "budget 1";
  }
  SECTION("another size")
  {
    other = clip_of("/clips/a.mp4", 101);
  }
  SECTION("another time")
  {
    other.stamp.mtime_ns += 1;
  }
  CHECK(save_clip(database, other, {frame_at(0, axis_vector(2))}, second) == id);
  CHECK(rows_of(database, "SELECT frame_number FROM vidcv_frames") == "0\n");
  CHECK(rows_of(database, "SELECT model_id FROM vidcv_embeddings") == std::to_string(second) + "\n");
}

TEST_CASE("a failure is recorded and takes what the file gave only if the file changed", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  const auto id = save_clip(database, clip_of(), {frame_at(0, axis_vector(0))}, model);
  MediaRecord failed = clip_of();
  failed.plan = "another";
  failed.stage = "encode";
  failed.error = "out of memory";
  save_failure(database, failed);
  CHECK(frames_of(database, id, model).size() == 1);
  CHECK(rows_of(database, "SELECT status, stage, error, plan FROM vidcv_media") ==
        "failed|encode|out of memory|budget 8\n");
  failed.stamp.size = 7;
  save_failure(database, failed);
  CHECK(frames_of(database, id, model).empty());
  CHECK(rows_of(database, "SELECT id, size, status FROM vidcv_media") == std::to_string(id) + "|7|failed\n");
  save_clip(database, clip_of(), {}, model);
  CHECK(rows_of(database, "SELECT status, stage, error FROM vidcv_media") == "done||\n");
}

TEST_CASE("a bad vector is refused by its frame and nothing of the clip is saved", "[store]")
{
  CHECK(refused_vector({1, 0, 0}) == "frame 47 of /clips/a.mp4: the vector has 3 numbers, the model's have 4");
  CHECK(refused_vector({0.5F, 0, 0, 0}) == "frame 47 of /clips/a.mp4: the vector is not of unit length");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(refused_vector({1, nan, 0, 0}) == "frame 47 of /clips/a.mp4: the vector has a number that is not finite");
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(refused_vector({1, 0, -infinity, 0}) == "frame 47 of /clips/a.mp4: the vector has a number that is not finite");
}

TEST_CASE("a damaged blob is refused by its frame and file", "[store]")
{
  CHECK(refused_blob("x'00'") == "frame 47 in the database: the vector has 1 bytes, no float32 numbers");
  CHECK(refused_blob("x''") == "frame 47 in the database: the vector has 0 numbers, the model's have 4");
  CHECK(refused_blob("x'0000803f'") == "frame 47 in the database: the vector has 1 numbers, the model's have 4");
  CHECK(refused_blob("x'0000c07f0000803f0000000000000000'") ==
        "frame 47 in the database: the vector has a number that is not finite");
}

TEST_CASE("a clip with a vector of another width is not complete, so that the next run renews it", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto model = make_model(database);
  save_clip(database, clip_of(), {frame_at(47, axis_vector(0))}, model);
  CHECK(CompletenessCheck(database, model).of(clip_of().stamp, clip_of().plan) == Completeness::whole);
  database.handle().exec("UPDATE vidcv_embeddings SET embedding = x'00'");
  CHECK(CompletenessCheck(database, model).of(clip_of().stamp, clip_of().plan) == Completeness::none);
}

TEST_CASE("vectors of a missing model are refused", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  CHECK(store_error_of([&] { save_clip(database, clip_of(), {}, 7); }).ends_with("no model 7 in vidcv_models"));
  CHECK(store_error_of([&] { frames_of(database, 1, 7); }).ends_with("no model 7 in vidcv_models"));
}
