#include "store_fixture.hpp"

#include <vidcv/store/detection_records.hpp>

using namespace vidcv;
using namespace vidcv::testing;

namespace {

DetectionRecord seen(std::int64_t frame, const std::string& label)
{
  return {.frame_number = frame,
          .timestamp_s = static_cast<double>(frame) / 24,
          .box = {1, 2, 30, 40},
          .label = label,
          .confidence = 0.5,
          .quality = 7,
          .face = axis_vector(0, 3),
          .embedding = axis_vector(1)};
}

/// A database with a clip, and two models.
struct Film {
  Film() : database(make_migrated(folder / "a.db")), model(make_model(database)), other(make_model(database, "f2", 2))
  {
    media_id = sample({"/a.mp4", 100, 5});
  }

  std::int64_t sample(const FileStamp& stamp)
  {
    MediaRecord media;
    media.stamp = stamp;
    media.plan = "budget";
    return save_clip(database, media, {}, model);
  }

  const TempFolder folder;
  Database database;
  std::int64_t model;
  std::int64_t other;
  std::int64_t media_id = 0;
};

}  // namespace

TEST_CASE("detections come back by frame, each as it was saved", "[store]")
{
  Film film;
  CHECK_FALSE(detection_digest(film.database, film.media_id, 0));
  save_detections(film.database, film.media_id, "d1", {seen(48, "car"), seen(3, "Mädchen"), seen(48, "dog")},
                  film.model);
  const auto found = detections_of(film.database, film.media_id, film.model);
  REQUIRE(found.size() == 3);
  CHECK(found[0].label == "Mädchen");
  CHECK(found[1].label == "car");
  CHECK(found[2].label == "dog");
  CHECK(found[1].box == Box{1, 2, 30, 40});
  CHECK(found[1].face == axis_vector(0, 3));
  CHECK(found[1].embedding == axis_vector(1));
  CHECK(detection_digest(film.database, film.media_id, film.model) == "d1");
}

TEST_CASE("another model's vectors are added to the same detections, other detections take their place", "[store]")
{
  Film film;
  save_detections(film.database, film.media_id, "d1", {seen(3, "car")}, film.model);
  CHECK_FALSE(detection_digest(film.database, film.media_id, film.other));
  CHECK(detection_digest(film.database, film.media_id, 0) == "d1");
  DetectionRecord again = seen(3, "car");
  again.embedding = {};  // without content
  save_detections(film.database, film.media_id, "d1", {again}, film.other);
  CHECK(detection_digest(film.database, film.media_id, film.other) == "d1");
  CHECK(detections_of(film.database, film.media_id, film.model).at(0).embedding == axis_vector(1));
  CHECK(detections_of(film.database, film.media_id, film.other).at(0).embedding.empty());
  save_detections(film.database, film.media_id, "d2", {}, 0);
  CHECK(detections_of(film.database, film.media_id, film.model).empty());
  CHECK(rows_of(film.database, "SELECT count(*) FROM vidcv_detection_vectors") == "0\n");
}

TEST_CASE("detections go with the bytes that they are about, and stay under another plan", "[store]")
{
  Film film;
  save_detections(film.database, film.media_id, "d1", {seen(3, "car")}, film.model);
  MediaRecord media;
  media.stamp = {"/a.mp4", 100, 5};
  media.plan = "every 1";
  save_clip(film.database, media, {}, film.model);
  CHECK(detections_of(film.database, film.media_id, film.model).size() == 1);
  CHECK(film.sample({"/a.mp4", 101, 5}) == film.media_id);
  CHECK(detections_of(film.database, film.media_id, film.model).empty());
}

TEST_CASE("a bad vector of a detection is refused, and a damaged one is named", "[store]")
{
  Film film;
  DetectionRecord bad = seen(3, "car");
  bad.embedding = axis_vector(0, 3);
  const std::string refused =
      store_error_of([&] { save_detections(film.database, film.media_id, "d1", {bad}, film.model); });
  CHECK(refused.find("a detection in frame 3: the vector has 3 numbers, the model's have 4") != std::string::npos);
  CHECK_FALSE(detection_digest(film.database, film.media_id, 0));
  save_detections(film.database, film.media_id, "d1", {seen(3, "car")}, film.model);
  film.database.handle().exec("UPDATE vidcv_detection_vectors SET embedding = x'00'");
  CHECK_THROWS_WITH(detections_of(film.database, film.media_id, film.model),
                    "/a.mp4: store: frame 3 in the database: the vector has 1 bytes, no float32 numbers");
}
