#include "reading.hpp"

using namespace vidcv;
using namespace vidcv::test;
namespace fs = std::filesystem;

TEST_CASE("an empty label file says that nothing was found in its frame", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  write(folder / "labels/clip_1.txt", "");
  write(folder / "labels/clip_2.txt", " \r\n\n");
  write(folder / "labels/other_1.txt", "0 .5 .5 1 1 .9\n");
  write(folder / "labels/other_2.txt", "");
  write(folder / "labels/wrong_1.txt", "0 .5\n");
  write(folder / "labels/early_0.txt", "");
  Reading reading(folder / "labels");
  CHECK(reading.errors.size() == 1);
  const auto found = reading.all_of({"/f/clip.mp4", "/f/other.mp4", "/f/wrong.mp4", "/f/early.mp4"});
  REQUIRE(found.contains("/f/clip.mp4"));
  CHECK(found.at("/f/clip.mp4").empty());
  CHECK(found.at("/f/other.mp4").size() == 1);
  CHECK_FALSE(found.contains("/f/wrong.mp4"));  // something was found, which cannot be used
  CHECK_FALSE(found.contains("/f/early.mp4"));
  CHECK(reading.errors.back() == "line 1: its name is below that of the first frame, 1");
}

TEST_CASE("an image of a COCO dataset without annotations says that nothing was found in it", "[pipeline]")
{
  const TemporaryFolder folder;
  write(folder / "a.json", R"({"images": [{"id": 1, "file_name": "clip_1.jpg"}, {"id": 2, "file_name": "other_1.jpg"},
      {"id": 3, "file_name": "still.png"}, {"id": 4}],
    "annotations": [{"image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4], "score": NaN}]})");
  Reading reading(folder / "a.json");
  CHECK(reading.is_about("/f/clip.mp4"));
  CHECK(reading.is_about("/f/still.png"));
  CHECK_FALSE(reading.is_about("/f/other.mp4"));  // something was found, which cannot be used
}

TEST_CASE("a polygon of three points is not a box with a confidence and a track", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  write(folder / "labels/clip_1.txt", "0 .1 .1 .3 .1 .3 .4\n0 .5 .5 .2 .2 .9 12\n0 .5 .5 .2 .2 .9 -1\n");
  Reading reading(folder / "labels");
  CHECK(reading.errors ==
        std::vector<std::string>{"line 1: the track behind the confidence is not a whole number from 0 on",
                                 "line 3: the track behind the confidence is not a whole number from 0 on"});
  CHECK(reading.of("/f/clip.mp4").size() == 1);
}

TEST_CASE("a number that JSON does not have costs its entry and not the file", "[pipeline]")
{
  const TemporaryFolder folder;
  write(folder / "a.json", R"([{"image_id": "clip_1", "category_id": 1, "bbox": [1, 2, 3, 4], "score": NaN},
    {"image_id": "clip_1", "category_id": 1, "bbox": [1, 2, Infinity, 4], "score": 1},
    {"image_id": "clip_1", "category_id": 1, "bbox": [1, 2, 3, 4], "score": -Infinity},
    {"image_id": "clip_1", "category_id": "a \"NaN\" b", "bbox": [1, 2, 3, 4], "score": 1, "area": NaN}])");
  Reading coco(folder / "a.json");
  CHECK(coco.errors == std::vector<std::string>{"entry 1: score is not a number",
                                                "entry 2: bbox is not a list of four numbers",
                                                "entry 3: score is not a number"});
  REQUIRE(coco.of("/f/clip.mp4").size() == 1);
  CHECK(coco.of("/f/clip.mp4")[0].label == "a \"NaN\" b");
  write(folder / "d.jsonl", R"({"clip":"clip.mp4","frame":0,"bbox":[0,0,8,8],"score":NaN}
{"clip":"clip.mp4","frame":0,"bbox":[0,0,8,8],"score":1}
)");
  Reading lines(folder / "d.jsonl");
  CHECK(lines.errors == std::vector<std::string>{"line 1: confidence is not a number"});
  CHECK(lines.of("/f/clip.mp4").size() == 1);
}

TEST_CASE("what is not JSON is reported by the byte and the cause", "[pipeline]")
{
  const TemporaryFolder folder;
  const auto cause = [&](const std::string& text) {
    write(folder / "a.json", text);
    try {
      Reading reading(folder / "a.json");
    } catch (const InputError& error) {
      return error.cause();
    }
    return std::string("read");
  };
  CHECK_THAT(cause(R"([{"image_id": 1, "sco)"), Catch::StartsWith("not JSON: byte 22: ") && Catch::Contains("missing"));
  CHECK_THAT(cause("[1, 2,"), Catch::StartsWith("not JSON: byte 7: unexpected end of input"));
  CHECK_THAT(cause(std::string("\xFF\xFE[\0]\0", 6)), Catch::StartsWith("not JSON: byte 1: it is UTF-16"));
  CHECK_THAT(cause(std::string("\0[\0]", 4)), Catch::StartsWith("not JSON: byte 1: it is UTF-16"));
  CHECK(cause("\xEF\xBB\xBF[]") == "read");
  CHECK_THAT(cause("{}"), Catch::StartsWith("not a COCO file"));
  CHECK(cause(std::string(100000, '"')).size() < 200);
}

TEST_CASE("a line that is too long is refused by its number, and the next one is read", "[pipeline]")
{
  const TemporaryFolder folder;
  const std::string good = R"({"clip":"clip.mp4","frame":0,"bbox":[0,0,8,8],"score":1})";
  write(folder / "d.jsonl", std::string(5000000, ' ') + "\n" + std::string(3000000, '[') + "\n" + good);
  Reading reading(folder / "d.jsonl");
  CHECK(reading.errors == std::vector<std::string>{"line 2: longer than a megabyte"});
  CHECK(reading.of("/f/clip.mp4").size() == 1);
}

TEST_CASE("classes that nobody names are reported once for each folder or file", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  write(folder / "labels/clip_1.txt", "0 .5 .5 1 1 .9\n12 .5 .5 1 1 .9\n0 .5 .5 1 1 .8\n2 .5 .5 1 1 .9\n");
  const auto warnings = [](const Reading& reading) {
    REQUIRE(reading.warnings.size() <= 1);
    return reading.warnings.empty() ? "" : reading.warnings.front().substr(reading.warnings.front().find(": ") + 2);
  };
  const std::string way_out = "; classes.txt in the folder or above it names them, one name per line";
  CHECK(warnings(Reading(folder / "labels")) ==
        "classes without a name are called by their number: 0, 2, 12" + way_out);
  write(folder / "classes.txt", "person\ncar\n");
  CHECK(warnings(Reading(folder / "labels")) == "classes without a name are called by their number: 2, 12" + way_out);
  write(folder / "a.json", R"({"images": [], "categories": [{"id": 1, "name": "car"}], "annotations": [
    {"image_id": "clip_1", "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1},
    {"image_id": "clip_1", "category_id": 5, "bbox": [1, 2, 3, 4], "score": 1}]})");
  CHECK(warnings(Reading(folder / "a.json")) ==
        "classes without a name are called by their number: 5; a dataset names them in its categories");
}

TEST_CASE("a data.yaml names the classes of a label folder, or is reported as unread and names none", "[pipeline]")
{
  const TemporaryFolder folder;
  fs::create_directory(folder / "labels");
  write(folder / "labels/clip_1.txt", "1 .5 .5 1 1 .9\n");
  const auto label_with = [&](const std::string& yaml) {
    write(folder / "data.yaml", yaml);
    Reading reading(folder / "labels");
    const bool is_unread = !reading.warnings.empty() && reading.warnings[0].find("not read") != std::string::npos;
    return reading.of("/f/clip.mp4").at(0).label + (is_unread ? " unread" : "");
  };
  CHECK(label_with("path: x\nnames:\n  0: person\n  1: red car  # a\nnc: 2\n") == "red car");
  CHECK(label_with("# c\nnc: 2\nnames: ['a, b', \"it's\", c]\n") == "it's");
  CHECK(label_with("names: [a,\n        b,\n       ]\nval: 1\n") == "b");
  CHECK(label_with("names:\n- a\n- 'b'\ntrain: x\n") == "b");
  CHECK(label_with("names: {0: a, 1: b}\n") == "b");
  CHECK(label_with("names:\n  1: b\n  0: a\n") == "b");
  CHECK(label_with("names: [a, \"b\\n\"]\n") == "1 unread");
  CHECK(label_with("names: [a, b\n") == "1 unread");
  CHECK(label_with("names:\n  - *all\n  - b\n") == "1 unread");
  CHECK(label_with("nc: 2\n") == "1");
}
