#include <vidcv/sampling/contrast.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

namespace vidcv {
namespace {

/// Half of the pixels dark, half bright, in a plane whose rows are followed by noise.
struct TwoTone {
  TwoTone(std::uint8_t dark, std::uint8_t bright, int width = 10, int height = 10)
      : bytes(static_cast<std::size_t>((width + 3) * height), 177), plane{bytes.data(), width + 3, width, height}
  {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        bytes[static_cast<std::size_t>(y * (width + 3) + x)] = (x + y) % 2 == 0 ? dark : bright;
      }
    }
  }
  std::vector<std::uint8_t> bytes;
  PlaneView plane;
};

TEST_CASE("the deviation is that of the gray levels, not of what lies between the rows", "[sampling][contrast]")
{
  CHECK(gray_deviation({TwoTone(0, 255).plane, LumaRange::full}) == Approx(127.5));
  CHECK(gray_deviation({TwoTone(100, 130).plane, LumaRange::full}) == Approx(15));
  CHECK(gray_deviation({TwoTone(16, 235).plane, LumaRange::limited}) == Approx(127.5));
  CHECK(gray_deviation({TwoTone(0, 16).plane, LumaRange::limited}) == 0);  // both are black
  CHECK(gray_deviation({TwoTone(255, 255).plane, LumaRange::full}) == 0);
}

TEST_CASE("an odd width counts every pixel once", "[sampling][contrast]")
{
  // 0 1 0 / 1 0 1 / 0 1 0 times 90: five dark, four bright
  CHECK(gray_deviation({TwoTone(0, 90, 3, 3).plane, LumaRange::full}) == Approx(90 * std::sqrt(20.0) / 9));
  CHECK(gray_deviation({TwoTone(0, 90, 1, 2).plane, LumaRange::full}) == Approx(45));
  CHECK(gray_deviation({TwoTone(0, 90, 1, 1).plane, LumaRange::full}) == 0);
}

TEST_CASE("a frame is blank below a deviation of 12 and no longer at 12", "[sampling][contrast]")
{
  CHECK(is_blank({TwoTone(100, 122).plane, LumaRange::full}));        // 11
  CHECK(is_blank({TwoTone(100, 123).plane, LumaRange::full}));        // 11.5
  CHECK_FALSE(is_blank({TwoTone(100, 124).plane, LumaRange::full}));  // 12
  CHECK_FALSE(is_blank({TwoTone(100, 125).plane, LumaRange::full}));  // 12.5
  // 20 steps of limited-range luma are 23.3 of gray, 21 are 24.5
  CHECK(is_blank({TwoTone(100, 120).plane, LumaRange::limited}));
  CHECK_FALSE(is_blank({TwoTone(100, 121).plane, LumaRange::limited}));
}

TEST_CASE("a frame without pixels is blank and no division by zero", "[sampling][contrast]")
{
  CHECK(gray_deviation({PlaneView{}, LumaRange::full}) == 0);
}

TEST_CASE("the deviation of a large bright picture loses nothing to rounding", "[sampling][contrast]")
{
  const std::vector<std::uint8_t> white(3840 * 2160, 255);
  CHECK(gray_deviation({{white.data(), 3840, 3840, 2160}, LumaRange::full}) == 0);
}

}  // namespace
}  // namespace vidcv
