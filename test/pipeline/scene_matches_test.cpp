#include "find/scene_matches.hpp"

#include <catch2/catch.hpp>

using namespace vidcv;

namespace {

FrameRecord sampled(std::int64_t number, double time_s)
{
  FrameRecord frame;
  frame.frame_number = number;
  frame.timestamp_s = time_s;
  return frame;
}

DetectionRecord detected(std::int64_t number, double time_s)
{
  DetectionRecord detection;
  detection.frame_number = number;
  detection.timestamp_s = time_s;
  return detection;
}

}  // namespace

TEST_CASE("frames that only detections are about break no run, whether they show the asset or not", "[pipeline]")
{
  std::vector<FrameRecord> frames;
  std::vector<DetectionRecord> detections;
  for (int i = 0; i < 6; ++i) { frames.push_back(sampled(240 * i, 10.0 * i)); }
  for (int i = 1; i < 10; ++i) { detections.push_back(detected(2 * i, 0.1 * i)); }
  SceneMatches scene(frames, detections);
  CHECK(scene.frames().size() == 15);
  for (std::size_t i = 0; i < scene.frames().size(); ++i) {
    if (scene.frames()[i].is_sampled || i == 3) {
      scene.add({.frame = i, .asset = 0, .source = "s", .confidence = 0.5});
    }
  }
  const auto runs = scene.intervals(0, "A");
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].interval.from_s == 0);
  CHECK(runs[0].interval.to_s == 50);
  CHECK(runs[0].frames == 7);
}

TEST_CASE("a frame that only detections are about has the index of the sampled one on the screen", "[pipeline]")
{
  const SceneMatches scene({sampled(10, 1), sampled(20, 2)}, {detected(3, 0.3), detected(15, 1.5), detected(20, 2)});
  std::vector<int> indexes;
  for (const SceneFrame& frame : scene.frames()) { indexes.push_back(frame.index); }
  CHECK(indexes == std::vector<int>{0, 0, 0, 1});
  CHECK(scene.frame_of(2) == 3);
  CHECK(scene.find_frame(15) == 2);
  CHECK_FALSE(scene.find_frame(16));
}
