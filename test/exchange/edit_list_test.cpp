#include <vidcv/exchange/datasets.hpp>
#include <vidcv/exchange/edit_list.hpp>

#include <catch2/catch.hpp>

namespace vidcv {
namespace {

EditList two_moments()
{
  EditList list;
  list.name = "film & more";
  list.clips.push_back({"/clips/it's <a>.mp4", {30000, 1001}, true, 240, 640, 360, 8.008});
  list.moments.push_back({0, "BALL\n2", 60, 91, 2.002, 3.003, 0.9, "clip_match"});
  list.moments.push_back({0, "CAR", 239, 240, 7.9746, 7.9746, 0.8, "yolo"});
  return list;
}

bool has(const std::string& text, const std::string& part)
{
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an EDL has an event for each moment, one after the other")
{
  const std::string text = edl_text(two_moments());
  CHECK(has(text, "FCM: DROP FRAME\n"));
  CHECK(has(text, "001  AX       V     C        00:00:02;00 00:00:03;01 01:00:00;00 01:00:01;01\n"));
  CHECK(has(text, "002  AX       V     C        00:00:07;29 00:00:08;00 01:00:01;01 01:00:01;02\n"));
  CHECK(has(text, "* COMMENT: BALL\\n2 0.900 clip_match\n"));
}

TEST_CASE("a timeline has a rate that editors have")
{
  EditList list = two_moments();
  CHECK(timeline_rate(list) == FrameRate{30000, 1001});
  list.clips[0].rate = {25, 2};
  CHECK(timeline_rate(list) == FrameRate{50, 1});
  list.clips[0].rate = {100, 1};
  CHECK(timeline_rate(list) == FrameRate{50, 1});
  list.clips[0].rate = {120000, 1001};
  CHECK(timeline_rate(list) == FrameRate{60000, 1001});
  list.clips[0].rate = {48, 1};
  CHECK(timeline_rate(list) == FrameRate{24, 1});
  list.clips[0].rate = {2997, 200};
  CHECK(timeline_rate(list) == FrameRate{30, 1});
  CHECK(timeline_rate({}) == FrameRate{25, 1});
}

TEST_CASE("chapters and cut lists end with the last frame of a moment")
{
  CHECK(webvtt_text(two_moments(), 0) ==
        "WEBVTT\n\n1\n00:00:02.002 --> 00:00:03.036\nBALL\\n2\n\n2\n00:00:07.975 --> 00:00:08.008\nCAR\n");
  CHECK(has(ffconcat_text(two_moments()), "file '/clips/it'\\''s <a>.mp4'\ninpoint 2.002000\noutpoint 3.036367\n"));
}

TEST_CASE("a name with a line break is in no list of FFmpeg")
{
  EditList list = two_moments();
  list.clips[0].path = "/clips/a\nfile b.mp4";
  CHECK(ffconcat_text(list) == "ffconcat version 1.0\n");
}

TEST_CASE("FCPXML has times without a rest, and markup in names is text")
{
  const std::string text = fcpxml_text(two_moments(), EditStyle::markers);
  CHECK(has(text, "<format id=\"f0\" frameDuration=\"1001/30000s\"/>"));
  CHECK(has(text, "<sequence format=\"f0\""));
  CHECK(has(text, "<marker start=\"1001/500s\" duration=\"31031/30000s\" value=\"BALL\\n2\""));
  CHECK(has(text, "name=\"it&#39;s &lt;a&gt;.mp4\""));
  CHECK(has(text, "src=\"file:///clips/it%27s%20%3Ca%3E.mp4\""));
  CHECK(has(text, "<project name=\"film &amp; more\">"));
}

TEST_CASE("a list without moments is one that can be read")
{
  const EditList none;
  CHECK(has(edl_text(none), "TITLE: \n"));
  CHECK(has(otio_text(none, EditStyle::clips), "\"children\": []"));
  CHECK(has(fcpxml_text(none, EditStyle::clips), "</fcpxml>"));
  CHECK(ffconcat_text(none) == "ffconcat version 1.0\n");
}

TEST_CASE("a header of a NumPy file is a multiple of 64 bytes")
{
  for (const std::size_t rows : {0UL, 1UL, 12345UL, 1000000000UL}) {
    const std::string header = npy_header(rows, 512);
    CHECK(header.size() % 64 == 0);
    CHECK(header.substr(0, 6) == "\x93NUMPY");
    CHECK(header.back() == '\n');
  }
}

TEST_CASE("a COCO dataset counts from 1 and has boxes as corner and size")
{
  CocoSet set;
  set.categories = {"BALL"};
  set.images.push_back({"/clips/a.mp4", 50, 2, 640, 360});
  set.annotations.push_back({0, 0, {10, 20, 110, 220}, 0.9, "yolo"});
  const std::string text = coco_text(set);
  CHECK(has(text, "\"file_name\": \"a/frame_000050.jpg\""));
  CHECK(has(text, "\"area\": 20000"));
  CHECK(has(text, "\"image_id\": 1"));
}

}  // namespace vidcv
