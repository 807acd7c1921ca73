#include <vidcv/core/image.hpp>

#include <catch2/catch.hpp>

namespace vidcv {

TEST_CASE("the outline of a box is drawn inside it, and a box beyond the picture is cut")
{
  const RgbImage black{40, 20, std::vector<std::uint8_t>(40 * 20 * 3)};
  const auto is_drawn = [](const RgbImage& picture, int x, int y) { return picture.row(y)[3 * x] == 255; };
  const RgbImage drawn = with_box(black, {10, 5, 20, 15});
  CHECK(is_drawn(drawn, 10, 5));
  CHECK(is_drawn(drawn, 19, 14));
  CHECK(is_drawn(drawn, 10, 10));
  CHECK_FALSE(is_drawn(drawn, 11, 6));
  CHECK_FALSE(is_drawn(drawn, 9, 5));
  CHECK_FALSE(is_drawn(drawn, 20, 14));
  const RgbImage beyond = with_box(black, {-5, -5, 100, 100});
  CHECK(beyond.pixels == black.pixels);
  CHECK(is_drawn(with_box(black, {30, 10, 100, 100}), 30, 19));
}

}  // namespace vidcv
