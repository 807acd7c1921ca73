#include "reading.hpp"

using namespace vidcv;
using namespace vidcv::test;
namespace fs = std::filesystem;

namespace {

/// A folder with one label file.
Reading labels_of(const TemporaryFolder& folder, const std::string& name, const std::string& text = "0 .5 .5 1 1 .9\n")
{
  fs::remove_all(folder / "labels");
  fs::create_directory(folder / "labels");
  write(folder / "labels" / name, text);
  return Reading(folder / "labels");
}

Reading coco_of(const TemporaryFolder& folder, const std::string& text)
{
  write(folder / "coco.json", text);
  return Reading(folder / "coco.json");
}

std::string results(const std::string& image_id)
{
  return R"([{"category_id": 1, "bbox": [1, 2, 3, 4], "score": 1, "image_id": )" + image_id + "}]";
}

std::string dataset(const std::string& file_name)
{
  return R"({"images": [{"id": 1, "file_name": ")" + file_name + R"("}],
    "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1}]})";
}

}  // namespace

TEST_CASE("a dot in a clip's name is part of it in label files, image ids and file names", "[pipeline]")
{
  const TemporaryFolder folder;
  const std::vector<std::string> stems = {"IMG.0123", "2024.01.02 12.30.45", "a.b.c", "shot_3.take_2", "x."};
  for (const std::string& stem : stems) {
    CAPTURE(stem);
    const fs::path clip = "/films/" + stem + ".mp4";
    Reading labels = labels_of(folder, stem + "_7.txt");
    REQUIRE(labels.of(clip, {"/films/IMG.mp4", "/films/a.mp4", "/films/shot.mp4"}).size() == 1);
    CHECK(labels.of(clip)[0].frame_number == 6);
    CHECK(coco_of(folder, results("\"" + stem + "_7\"")).of(clip).at(0).frame_number == 6);
    CHECK(coco_of(folder, results("\"" + stem + "_7.jpg\"")).of(clip).at(0).frame_number == 6);
    CHECK(coco_of(folder, dataset(stem + "_7")).of(clip).at(0).frame_number == 6);
    CHECK(coco_of(folder, dataset("f/" + stem + "_7.png")).of("/films/f/" + stem + ".mkv").at(0).frame_number == 6);
    CHECK(labels_of(folder, stem + ".txt").of("/films/" + stem + ".jpg").size() == 1);
  }
}

TEST_CASE("a name with a dot that fits a picture and a clip is nobody's", "[pipeline]")
{
  const TemporaryFolder folder;
  Reading labels = labels_of(folder, "IMG.0123_1.txt");
  CHECK(labels.of("/f/IMG.0123.mp4", {"/f/IMG.0123_1.png"}).empty());
  CHECK(labels.unknown == std::vector<std::string>{"IMG.0123_1 1 several"});
}

TEST_CASE("an image id that is a number is the file whose name is that number, with zeros in front or not",
          "[pipeline]")
{
  const TemporaryFolder folder;
  CHECK(coco_of(folder, results("139")).of("/i/000000000139.jpg").size() == 1);
  CHECK(coco_of(folder, results("139")).of("/i/139.jpg").size() == 1);
  CHECK(coco_of(folder, results("0")).of("/i/000.jpg").size() == 1);
  CHECK(coco_of(folder, results("139")).of("/i/1390.jpg").empty());
  CHECK(coco_of(folder, results("\"139\"")).of("/i/000000000139.jpg").empty());  // a text is the name as it is
  Reading both = coco_of(folder, results("139"));
  CHECK(both.of("/i/00139.jpg", {"/i/0139.jpg"}).empty());
  CHECK(both.unknown == std::vector<std::string>{"139 1 several"});
}

TEST_CASE("ids of images and categories may be written as number or text, and two images of one id are refused",
          "[pipeline]")
{
  const TemporaryFolder folder;
  Reading mixed = coco_of(folder, R"({"images": [{"id": 7, "file_name": "a.jpg"}, {"id": "8", "file_name": "b.jpg"},
      {"id": 9, "file_name": "c.jpg"}, {"id": 9, "file_name": "d.jpg"}], "categories": [{"id": "2", "name": "car"}],
    "annotations": [{"image_id": "7", "category_id": 2, "bbox": [1, 2, 3, 4], "score": 1},
      {"image_id": 8.0, "category_id": "bus", "bbox": [1, 2, 3, 4], "score": 1},
      {"image_id": 9, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 1}]})");
  CHECK(mixed.errors == std::vector<std::string>{"entry 3: several images have the id 9"});
  CHECK(mixed.of("/i/a.jpg").at(0).label == "car");
  CHECK(mixed.of("/i/b.jpg").at(0).label == "bus");
}

TEST_CASE("paths of another place, URLs and backslashes are matched by their ends", "[pipeline]")
{
  const TemporaryFolder folder;
  const std::vector<fs::path> others = {"/films/s1/im.png", "/films/s3/im.png", "/films/s2/im.mp4"};
  const std::vector<std::string> same = {"/data/x/s2/im.png",
                                         "C:\\\\data\\\\s2\\\\im.png",
                                         "s2\\\\im.png",
                                         "https://host:80/a%20b/s2/im.png?sig=a/b_c#x",
                                         "s3://bucket/s2/im.png",
                                         "file:///mnt/s2/im.png",
                                         "\\\\\\\\server\\\\share\\\\s2\\\\im.png"};
  for (const std::string& name : same) {
    CAPTURE(name);
    Reading reading = coco_of(folder, dataset(name));
    CHECK(reading.of("/films/s2/im.png", others).size() == 1);
    CHECK(reading.unknown.empty());
  }
  Reading frame = coco_of(folder, dataset("http://host/s2/im_5.jpg"));
  CHECK(frame.of("/films/s2/im.mp4", {"/films/s1/im.mp4"}).at(0).frame_number == 4);
  CHECK(frame.elsewhere == std::map<std::string, fs::path>{{"/s2/im", "/films/s2/im.mp4"}});
}

TEST_CASE("a path of another place that fits several files alike, or shares a file with another one, is nobody's",
          "[pipeline]")
{
  const TemporaryFolder folder;
  Reading one = coco_of(folder, dataset("/data/x/im.png"));
  CHECK(one.of("/films/s1/im.png", {"/films/s2/im.png"}).empty());
  CHECK(one.unknown == std::vector<std::string>{"/data/x/im.png 1 several"});
  write(folder / "d.jsonl", R"({"clip":"/data/s1/a.mp4","frame":0,"bbox":[0,0,8,8],"score":1}
{"clip":"/data/s2/a.mp4","frame":1,"bbox":[0,0,8,8],"score":1}
{"clip":"/data/s2/b.mp4","frame":2,"bbox":[0,0,8,8],"score":1}
{"clip":"b.mp4","frame":3,"bbox":[0,0,8,8],"score":1}
{"clip":"x/a.mp4","frame":4,"bbox":[0,0,8,8],"score":1}
)");
  Reading lines(folder / "d.jsonl");
  CHECK(lines.of("/films/s2/a.mp4").at(0).frame_number == 1);  // the one that shares its folder as well
  CHECK(lines.of("/films/s9/a.mp4").empty());
  CHECK(lines.of("/films/s2/b.mp4").at(0).frame_number == 3);  // its own name counts alone
  CHECK(lines.of("/films/s2/b.mp4").size() == 1);
}
