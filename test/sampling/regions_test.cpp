#include <vidcv/sampling/regions.hpp>

#include <catch2/catch.hpp>

#include <algorithm>

using namespace vidcv;

TEST_CASE("a wide frame has the two outer squares and 21 small ones", "[sampling]")
{
  const auto boxes = region_boxes(1280, 720);
  CHECK(boxes.size() == 23);
  CHECK(boxes[0] == Box{0, 0, 720, 720});
  CHECK(boxes[1] == Box{560, 0, 1280, 720});
  CHECK(boxes[2] == Box{0, 0, 360, 360});
  CHECK(boxes.back() == Box{920, 360, 1280, 720});
}

TEST_CASE("regions lie in the frame, cover it, and their neighbours overlap by half", "[sampling]")
{
  for (const auto& [width, height] : {std::pair(1280, 720), {720, 1280}, {641, 479}, {100, 3000}, {64, 64}, {65, 64}}) {
    const auto boxes = region_boxes(width, height);
    const int side = std::min(width, height) / 2;
    for (const Box& box : boxes) {
      CHECK((box.x1 >= 0 && box.y1 >= 0 && box.x2 <= width && box.y2 <= height));
      CHECK(box.x2 - box.x1 == box.y2 - box.y1);
    }
    for (int y = 0; y < height; y += 7) {
      for (int x = 0; x < width; x += 7) {
        CHECK(std::ranges::any_of(boxes, [&](const Box& b) {
          return b.x2 - b.x1 == side && b.x1 <= x && x < b.x2 && b.y1 <= y && y < b.y2;
        }));
      }
    }
  }
}

TEST_CASE("a frame that is too small for regions has none, and a square one has no square of its own size",
          "[sampling]")
{
  CHECK(region_boxes(31, 31).empty());
  CHECK(region_boxes(1, 1).empty());
  CHECK(region_boxes(40, 40).empty());
  CHECK(region_boxes(128, 128).size() == 9);
}
