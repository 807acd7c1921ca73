#include <vidcv/sampling/frame_stats.hpp>

#include <catch2/catch.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace vidcv {
namespace {

/// A plane whose pixels are a function of their place.
struct Drawn {
  Drawn(int width, int height, const std::function<int(int, int)>& level, LumaRange range = LumaRange::full)
      : bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)),
        luma{{bytes.data(), width, width, height}, range}
  {
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        bytes[static_cast<std::size_t>(y * width + x)] = static_cast<std::uint8_t>(level(x, y));
      }
    }
  }
  std::vector<std::uint8_t> bytes;
  LumaView luma;
};

int noise(int x, int y)
{
  return static_cast<int>(static_cast<unsigned>(x * 7919 + y * 104729) * 2654435761U >> 24U);
}

TEST_CASE("a small frame is seen as it is, a large one as averages of squares", "[sampling][look]")
{
  const FrameStats small = measure_frame(Drawn(60, 40, noise).luma);
  CHECK(small.width == 60);
  CHECK(small.height == 40);
  CHECK(small.gray[61] == noise(1, 1));
  const FrameStats large =
      measure_frame(Drawn(1925, 1083, [](int x, int y) { return x % 4 + y % 4 < 3 ? 90 : 100; }).luma);
  CHECK(large.width == 60);  // 481 x 270 of 4 x 4 pixels, of 8 x 8 of those
  CHECK(large.height == 33);
  CHECK(large.gray.front() == 96);  // 6 of 16 pixels are 90: 96.25
  CHECK(large.gray.back() == 96);
}

TEST_CASE("limited range is expanded", "[sampling][look]")
{
  const FrameStats look =
      measure_frame(Drawn(300, 300, [](int x, int) { return x < 150 ? 16 : 235; }, LumaRange::limited).luma);
  CHECK(look.gray.front() == 0);
  CHECK(look.gray.back() == 255);
}

TEST_CASE("sharpness is high for detail of one pixel and low for what is smooth", "[sampling][look]")
{
  CHECK(measure_frame(Drawn(300, 300, noise).luma).sharpness == 1);
  const FrameStats smooth = measure_frame(Drawn(256, 256, [](int x, int) { return x; }).luma);
  CHECK(smooth.sharpness < k_blurred);
  CHECK(smooth.blank);
  CHECK(measure_frame(Drawn(300, 300, [](int, int) { return 128; }).luma).sharpness == 0);
}

TEST_CASE("exposure falls with black and white pixels and with little contrast", "[sampling][look]")
{
  CHECK(measure_frame(Drawn(300, 300, [](int x, int) { return x % 2 == 0 ? 60 : 180; }).luma).exposure == Approx(1));
  CHECK(measure_frame(Drawn(300, 300, [](int x, int) { return x < 75       ? 8
                                                              : x % 2 == 0 ? 60
                                                                           : 180; }).luma).exposure ==
        Approx(0.75));
  CHECK(measure_frame(Drawn(300, 300, [](int x, int) { return x < 75       ? 247
                                                              : x % 2 == 0 ? 60
                                                                           : 180; }).luma).exposure ==
        Approx(0.75));
  CHECK(measure_frame(Drawn(300, 300, [](int x, int) { return x % 2 == 0 ? 100 : 132; }).luma).exposure == Approx(0.5));
}

TEST_CASE("quality is 10 at best and 0 for a blank frame", "[sampling][look]")
{
  CHECK(quality_of(measure_frame(Drawn(300, 300, [](int x, int y) { return (x + y) % 2 == 0 ? 60 : 180; }).luma)) ==
        0);  // a tone at distance 4
  CHECK(quality_of(measure_frame(Drawn(300, 300, [](int x, int y) { return 60 + noise(x, y) / 2; }).luma)) > 9);
  CHECK(measure_frame(Drawn(300, 300, [](int x, int y) { return noise(x, y) / 16; }).luma).blank);
  CHECK(quality_of(measure_frame(Drawn(300, 300, [](int x, int y) { return noise(x, y) / 16; }).luma)) == 0);
}

TEST_CASE("fine noise alone is blank: nothing of it is left at the size of a network's input", "[sampling][look]")
{
  CHECK(measure_frame(Drawn(2048, 2048, noise).luma).blank);
}

TEST_CASE("near-duplicates differ in no more than a share of their pixels", "[sampling][look]")
{
  const FrameStats plain = measure_frame(Drawn(300, 300, [](int, int) { return 100; }).luma);
  const auto changed = [](int columns) {
    return measure_frame(Drawn(300, 300, [columns](int x, int) { return x < columns ? 131 : 100; }).luma);
  };
  CHECK(is_near_duplicate(plain, changed(36), 0.15));        // 4 of 33 columns
  CHECK_FALSE(is_near_duplicate(plain, changed(45), 0.15));  // 5 of 33
  CHECK_FALSE(is_near_duplicate(plain, measure_frame(Drawn(400, 300, [](int, int) { return 100; }).luma), 0.15));
  CHECK_FALSE(is_near_duplicate(FrameStats{}, FrameStats{}, 0.15));
}

TEST_CASE("frames of a few pixels have a look", "[sampling][look]")
{
  for (const auto& [width, height] : std::vector<std::pair<int, int>>{{1, 1}, {1, 9}, {5, 4}, {40000, 1}}) {
    const FrameStats look = measure_frame(Drawn(width, height, noise).luma);
    CHECK(look.width == width);
    CHECK(look.height == height);
    CHECK(quality_of(look) >= 0);
    CHECK(quality_of(look) <= 10);
  }
}

}  // namespace
}  // namespace vidcv
