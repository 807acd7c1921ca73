#include "reading.hpp"

#include <sys/stat.h>

using namespace vidcv;
using namespace vidcv::test;
namespace fs = std::filesystem;

TEST_CASE("each malformed line is named by its number, and the rest is used", "[pipeline]")
{
  const TemporaryFolder folder;
  write(folder / "d.jsonl", R"({"clip":"a.mp4","frame_number":3,"bbox":[1,2,30,40],"class":"car","confidence":0.5}
not json

[1]
{"clip":"a.mp4","frame_number":3,"bbox":[1,2,30],"confidence":0.5}
{"clip":"a.mp4","bbox":[1,2,30,40],"confidence":0.5}
{"clip":"a.mp4","frame_number":-1,"bbox":[1,2,30,40],"confidence":0.5}
{"clip":"a.mp4","frame_number":1.5,"bbox":[1,2,30,40],"confidence":0.5}
{"clip":"a.mp4","frame_number":1,"bbox":[1,2,30,40],"confidence":1.5}
{"clip":"a.mp4","frame_number":1,"bbox":[30,2,1,40],"confidence":0.5}
{"frame_number":1,"bbox":[1,2,30,40],"confidence":0.5}
{"clip":"a.mp4","frame_number":1,"bbox":[1,2,30,40]}
{"clip":"a.mp4","frame_number":1,"bbox":[1,2,30,40],"confidence":0.5,"face_embedding":[0,0]}
{"clip":"a.mp4","frame_number":1,"bbox":[1,2,1e400,40],"confidence":0.5}
{"clip":"a.mp4","timestamp_sec":1.5,"bbox":[0.25,0,1,1],"class":"man","confidence":1,"face_embedding":[3,4],"quality":7}
)");
  Reading reading(folder / "d.jsonl");
  CHECK(reading.errors ==
        std::vector<std::string>{
            "line 2: not JSON: byte 2: invalid literal", "line 4: not an object",
            "line 5: bbox is not a list of four numbers", "line 6: it has neither frame_number nor timestamp_sec",
            "line 7: frame_number is below 0", "line 8: frame_number is not a whole number, or too large",
            "line 9: confidence is not from 0 to 1", "line 10: bbox is empty: it is x1, y1, x2, y2",
            "line 11: it names no clip", "line 12: it has no confidence", "line 13: face_embedding has no direction",
            "line 14: number overflow parsing '1e400'"});
  const auto found = reading.of("/films/a.mp4");
  REQUIRE(found.size() == 2);
  CHECK(found[0].label == "car");
  CHECK(found[0].frame_number == 3);
  CHECK(found[0].box(100, 100) == Box{1, 2, 30, 40});
  CHECK(found[1].timestamp_s == 1.5);
  CHECK(found[1].box(200, 100) == Box{50, 0, 200, 100});
  CHECK(found[1].face[1] == Approx(0.8));
  CHECK(found[1].quality == 7);
}

TEST_CASE("a box is rounded outwards and cut off at the frame, and one beyond it is none", "[pipeline]")
{
  Detection detection;
  detection.corners = {-5, 10.5, 20.2, 300};
  CHECK(detection.box(100, 50) == Box{0, 10, 21, 50});
  detection.corners = {100, 0, 200, 10};
  CHECK_FALSE(detection.box(100, 50));
}

TEST_CASE("a clip is meant by the end of its path, with or without its ending, and never by half a name", "[pipeline]")
{
  const TemporaryFolder folder;
  const auto found_as = [&](const std::string& name, const std::vector<fs::path>& others = {}) {
    write(folder / "d.jsonl", R"({"frame_number":0,"bbox":[1,2,30,40],"confidence":0.5,"clip":")" + name + "\"}\n");
    Reading reading(folder / "d.jsonl");
    const bool found = reading.of("/films/one/a.mp4", others).size() == 1;
    return reading.unknown.empty() ? std::string(found ? "found" : "elsewhere") : reading.unknown.front();
  };
  CHECK(found_as("/films/one/a.mp4") == "found");
  CHECK(found_as("one/a.mp4") == "found");
  CHECK(found_as("a.mp4") == "found");
  CHECK(found_as("a") == "found");
  CHECK(found_as("ne/a.mp4") == "ne/a.mp4 1");
  CHECK(found_as("b.mp4") == "b.mp4 1");
  CHECK(found_as("a.mp4", {"/films/two/a.mp4"}) == "a.mp4 1 several");
  CHECK(found_as("one/a.mp4", {"/films/two/a.mp4"}) == "found");
  CHECK(found_as("a.mkv", {"/films/one/a.mkv"}) == "elsewhere");
}

TEST_CASE("label files of ultralytics are read with the names of their classes", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  write(folder / "classes.txt", "\xEF\xBB\xBFperson\r\nred car\r\n");
  write(folder / "labels/shot_3_25.txt",
        "1 0.5 0.5 0.5 1 0.75\n7 0.5 0.5 1 1 0.5 12\nx 0.5 0.5 1 1 0.5\n0 0.5 0.5 1\n");
  write(folder / "labels/film_0.txt", "0 0.5 0.5 1 1 1\n");
  Reading reading(folder / "labels/");
  CHECK(reading.errors ==
        std::vector<std::string>{"line 3: 'x' is not a number", "line 4: not 'class x y width height confidence'"});
  REQUIRE(reading.warnings.size() == 1);
  CHECK_THAT(reading.warnings[0], Catch::Contains("called by their number: 7;"));
  const auto found = reading.of("/films/shot_3.mp4");
  REQUIRE(found.size() == 2);
  CHECK(found[0].frame_number == 24);
  CHECK(found[0].label == "red car");
  CHECK(found[0].confidence == 0.75);
  CHECK(found[0].box(200, 100) == Box{50, 0, 150, 100});
  CHECK(found[1].label == "7");
  reading.errors.clear();
  CHECK(reading.of("/films/film.mp4").empty());
  CHECK(reading.errors == std::vector<std::string>{"line 1: its name is below that of the first frame, 1"});
  Reading from_zero(folder / "labels", 0);
  CHECK(from_zero.of("/films/film.mp4").at(0).frame_number == 0);
  CHECK(from_zero.of("/films/film.mp4").at(0).label == "person");
}

TEST_CASE(
    "a label file STEM_N is of the picture of that name, or of a frame of STEM, and of neither where both are there",
    "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  write(folder / "labels/shot_0.txt", "0 0.5 0.5 1 1\n");
  Reading reading(folder / "labels");
  CHECK(reading.warnings.size() == 2);  // certain for want of a confidence, and a class without a name
  CHECK(reading.of("/films/shot_0.png").at(0).frame_number == 0);
  CHECK(reading.errors.empty());
  CHECK(reading.of("/films/shot_0.mp4").empty());  // a film's label files all have a number
  CHECK(reading.unknown == std::vector<std::string>{"shot 1"});
  reading.unknown.clear();
  CHECK(reading.of("/films/shot_0.png", {"/films/shot.mp4"}).empty());
  CHECK(reading.of("/a/shot_0.png", {"/b/shot_0.png"}).empty());
  CHECK(reading.unknown == std::vector<std::string>{"shot_0 1 several", "shot_0 1 several"});
}

TEST_CASE("anything but a regular file is not waited for", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  REQUIRE(::mkfifo((folder / "labels/a_1.txt").c_str(), 0600) == 0);
  CHECK(Reading(folder / "labels").errors.size() == 1);
  CHECK_THROWS_AS(Reading(folder / "labels/a_1.txt"), InputError);
}

TEST_CASE("COCO results name frames by their images, datasets by their own fields", "[pipeline]")
{
  const TemporaryFolder folder;
  write(folder / "results.json", R"([
    {"image_id": "film_10", "category_id": 3, "bbox": [10, 20, 30, 40], "score": 0.5},
    {"image_id": "film_10", "category_id": 3, "bbox": [10, 20, 30], "score": 0.5},
    {"image_id": "film_10", "category_id": 3, "bbox": [10, 20, 30, 40]}])");
  Reading results(folder / "results.json");
  CHECK(results.errors ==
        std::vector<std::string>{"entry 2: bbox is not a list of four numbers", "entry 3: it has no score"});
  const auto bare = results.of("/films/film.mp4");
  REQUIRE(bare.size() == 1);
  CHECK(bare[0].frame_number == 9);
  CHECK(bare[0].label == "3");
  CHECK(bare[0].box(100, 100) == Box{10, 20, 40, 60});

  write(folder / "dataset.json", R"({"images": [{"id": 1, "file_name": "film.mp4", "frame_number": 48},
      {"id": 2, "file_name": "frames/still.png"},
      {"id": 4, "file_name": "film_000050.jpg", "frame_number": 49}], "categories": [{"id": 3, "name": "car"}],
    "annotations": [{"image_id": 1, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1},
      {"image_id": 2, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1},
      {"image_id": 4, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1},
      {"image_id": 9, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 1}]})");
  Reading dataset(folder / "dataset.json");
  CHECK(dataset.errors == std::vector<std::string>{"entry 4: image_id 9 is not one of the images"});
  const auto named = dataset.of("/films/film.mp4", {"/films/frames/still.png"});
  REQUIRE(named.size() == 2);
  CHECK(named[1].frame_number == 49);
  CHECK(named[0].frame_number == 48);
  CHECK(named[0].label == "car");
  CHECK(dataset.of("/films/frames/still.png").size() == 1);
}

TEST_CASE("a line that names a clip alone says that nothing was seen in it", "[pipeline]")
{
  const TemporaryFolder folder;
  write(folder / "d.JSONL",
        "{\"clip\":\"a.mp4\"}\n{\"clip\":\"b.mp4\",\"frame_number\":3.0,\"bbox\":[0,0,8,8],\"score\":1}\n");
  Reading reading(folder / "d.JSONL");
  CHECK(reading.errors.empty());
  const auto by_file = reading.all_of({"/a.mp4", "/b.mp4"});
  REQUIRE(by_file.size() == 2);
  CHECK(by_file.at("/a.mp4").empty());
  CHECK(by_file.at("/b.mp4").at(0).frame_number == 3);
}

TEST_CASE("boxes of a reduced COCO image are scaled, and empty ones are reported as COCO has them", "[pipeline]")
{
  const TemporaryFolder folder;
  write(folder / "a.json",
        R"({"images": [{"id": 1, "file_name": "film.mp4", "frame_number": 0, "width": 300, "height": 100}],
    "annotations": [{"image_id": 1, "category_id": 3, "bbox": [30, 10, 70, 20], "score": 1},
      {"image_id": 1, "category_id": 3, "bbox": [30, 10, -7, 20], "score": 1}]})");
  Reading reading(folder / "a.json");
  CHECK(reading.errors == std::vector<std::string>{"entry 2: bbox is empty: it is x, y, width, height"});
  CHECK(reading.of("/film.mp4").at(0).box(600, 200) == Box{60, 20, 200, 60});
}

TEST_CASE("what holds no detections is refused by name", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "empty");
  write(folder / "a.json", R"({"a": 1})");
  write(folder / "a.txt", "0 0.5 0.5 1 1 1\n");
  for (const auto* name : {"gone.jsonl", "empty", "a.json", "a.txt"}) {
    CHECK_THROWS_AS(Reading(folder / name), InputError);
  }
}
