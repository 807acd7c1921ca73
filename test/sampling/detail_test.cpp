#include <vidcv/sampling/detail.hpp>

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

TEST_CASE("the deviation is that of the gray levels, not of what lies between the rows", "[sampling][detail]")
{
  CHECK(gray_deviation({TwoTone(0, 255).plane, LumaRange::full}) == Approx(127.5));
  CHECK(gray_deviation({TwoTone(100, 130).plane, LumaRange::full}) == Approx(15));
  CHECK(gray_deviation({TwoTone(16, 235).plane, LumaRange::limited}) == Approx(127.5));
  CHECK(gray_deviation({TwoTone(0, 16).plane, LumaRange::limited}) == 0);  // both are black
  CHECK(gray_deviation({TwoTone(255, 255).plane, LumaRange::full}) == 0);
}

TEST_CASE("an odd width counts every pixel once", "[sampling][detail]")
{
  // 0 1 0 / 1 0 1 / 0 1 0 times 90: five dark, four bright
  CHECK(gray_deviation({TwoTone(0, 90, 3, 3).plane, LumaRange::full}) == Approx(90 * std::sqrt(20.0) / 9));
  CHECK(gray_deviation({TwoTone(0, 90, 1, 2).plane, LumaRange::full}) == Approx(45));
  CHECK(gray_deviation({TwoTone(0, 90, 1, 1).plane, LumaRange::full}) == 0);
}

/// A picture whose gray levels are a function of their place.
template <typename Level>
double detail_at(int width, int height, Level level, LumaRange range = LumaRange::full)
{
  std::vector<std::uint8_t> bytes;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) { bytes.push_back(static_cast<std::uint8_t>(level(x, y))); }
  }
  return detail_of(LumaView{{bytes.data(), width, width, height}, range});
}

bool is_in_disc(int x, int y, int radius)
{
  return (x - 640) * (x - 640) + (y - 360) * (y - 360) <= radius * radius;
}

TEST_CASE("black, plain grounds, gradients, fades and weak noise have no detail", "[sampling][detail]")
{
  CHECK(detail_at(1280, 720, [](int, int) { return 0; }) == 0);
  CHECK(detail_at(1280, 720, [](int, int) { return 200; }) == 0);
  CHECK(detail_at(1280, 720, [](int x, int) { return x * 255 / 1279; }) == 0);
  CHECK(detail_at(1280, 720, [](int x, int y) { return 30 + (x / 80 + y / 80) % 2 * 10; }) == 0);  // a board in a fade
  CHECK(detail_at(1280, 720, [](int x, int y) { return 20 + (x * 7919 + y * 104729) % 11; }) == 0);
}

TEST_CASE("small things on a plain ground are content", "[sampling][detail]")
{
  for (const int radius : {20, 40, 100}) {  // of 720 lines
    CAPTURE(radius);
    CHECK(detail_at(1280, 720, [&](int x, int y) { return is_in_disc(x, y, radius) ? 220 : 4; }) >= k_least_detail);
    CHECK(detail_at(1280, 720, [&](int x, int y) { return is_in_disc(x, y, radius) ? 90 : 120; }) >= k_least_detail);
  }
  CHECK(detail_at(1280, 720, [](int x, int y) { return is_in_disc(x, y, 4) ? 220 : 4; }) < k_least_detail);
}

TEST_CASE("an edge between two squares counts", "[sampling][detail]")
{
  CHECK(detail_at(320, 160, [](int x, int) { return x < 160 ? 0 : 255; }) > 0.01);
}

TEST_CASE("detail is the share of the squares that have some, at any size and range", "[sampling][detail]")
{
  const auto half = [](int width) {
    return [=](int x, int y) { return x < width / 2 && (x + y) % 8 < 4 ? 200 : 100; };
  };
  CHECK(detail_at(256, 256, half(256)) == Approx(0.5).margin(0.02));
  CHECK(detail_at(64, 64, half(64)) == Approx(0.5).margin(0.02));
  CHECK(detail_at(2048, 2048, [](int x, int y) { return x < 1024 && (x + y) / 32 % 2 == 0 ? 200 : 100; }) ==
        Approx(0.5).margin(0.02));
  CHECK(detail_at(8, 8, [](int x, int y) { return (x + y) % 2 * 255; }) == 1);
  CHECK(detail_at(3, 3, [](int x, int y) { return (x + y) % 2 * 255; }) == 1);
  CHECK(detail_at(1, 1, [](int, int) { return 255; }) == 0);
  // 11 steps of limited range are 12.8 of gray, whose deviation is 6.4; of full range it is 5.5
  const auto steps = [](int x, int) { return 100 + x % 2 * 11; };
  CHECK(detail_at(64, 64, steps, LumaRange::limited) == 1);
  CHECK(detail_at(64, 64, steps, LumaRange::full) == 0);
}

TEST_CASE("a frame without pixels has neither deviation nor detail", "[sampling][detail]")
{
  CHECK(gray_deviation({PlaneView{}, LumaRange::full}) == 0);
  CHECK(detail_of(LumaView{}) == 0);
}

TEST_CASE("the deviation of a large bright picture loses nothing to rounding", "[sampling][detail]")
{
  const std::vector<std::uint8_t> white(3840 * 2160, 255);
  CHECK(gray_deviation({{white.data(), 3840, 3840, 2160}, LumaRange::full}) == 0);
}

}  // namespace
}  // namespace vidcv
