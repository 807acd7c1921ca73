#include <vidcv/sampling/changed_pixels.hpp>

#include "../each_instruction_set.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace vidcv {
namespace {

/// A plane with bytes of its own; what lies between its rows is noise, so that a kernel that reads it counts wrongly.
struct OwnPlane {
  OwnPlane(int width, int height, int stride, std::mt19937& random)
      : bytes(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height)),
        view{bytes.data(), stride, width, height}
  {
    for (auto& byte : bytes) { byte = static_cast<std::uint8_t>(random()); }
  }
  std::vector<std::uint8_t> bytes;
  PlaneView view;
};

LumaRange any_range()
{
  return GENERATE(LumaRange::limited, LumaRange::full);
}

TEST_CASE("the vector count equals the scalar one for every width up to 130, whatever the strides",
          "[sampling][changed]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  const LumaRange range = any_range();
  std::mt19937 random(20240517);
  int differences = 0;
  for (int width = 1; width <= 130; ++width) {
    for (int round = 0; round < 8; ++round) {
      const int height = 1 + static_cast<int>(random() % 5);
      OwnPlane before(width, height, width + static_cast<int>(random() % 70), random);
      OwnPlane after(width, height, width + static_cast<int>(random() % 70), random);
      if (round % 2 == 0) {  // near the step, where an inexact kernel errs
        for (int y = 0; y < height; ++y) {
          for (int x = 0; x < width; ++x) {
            const int step = 20 + static_cast<int>(random() % 14);
            auto& byte = after.bytes[static_cast<std::size_t>(y * after.view.stride + x)];
            byte = static_cast<std::uint8_t>(
                std::clamp(before.view.row(y)[x] + (random() % 2 == 0 ? step : -step), 0, 255));
          }
        }
      }
      differences +=
          count_changed(before.view, after.view, range) == count_changed_scalar(before.view, after.view, range) ? 0 : 1;
    }
  }
  CHECK(differences == 0);
}

TEST_CASE("the vector count is exact for all pairs of values", "[sampling][changed]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  const LumaRange range = any_range();
  std::vector<std::uint8_t> ramp(256);
  for (std::size_t i = 0; i < ramp.size(); ++i) { ramp[i] = static_cast<std::uint8_t>(i); }
  const PlaneView all{ramp.data(), 256, 256, 1};
  int wrong = 0;
  for (int value = 0; value < 256; ++value) {
    const std::vector<std::uint8_t> flat(256, static_cast<std::uint8_t>(value));
    for (int other = 0; other < 256; ++other) {
      const bool changed = std::abs(gray_level(value, range) - gray_level(other, range)) > k_gray_step;
      const PlaneView one{ramp.data() + other, 1, 1, 1};
      wrong += count_changed({flat.data(), 1, 1, 1}, one, range) == (changed ? 1 : 0) ? 0 : 1;
    }
    const PlaneView flat_view{flat.data(), 256, 256, 1};
    wrong += count_changed(flat_view, all, range) == count_changed_scalar(flat_view, all, range) ? 0 : 1;
    wrong += count_changed(all, flat_view, range) == count_changed(flat_view, all, range) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a gray level is the expanded luma, rounded, on a scale from 0 to 255", "[sampling][changed]")
{
  for (int luma = 0; luma < 256; ++luma) {
    CAPTURE(luma);
    const double exact = std::clamp(std::round((luma - 16) * 255.0 / 219.0), 0.0, 255.0);
    CHECK(gray_level(luma, LumaRange::limited) == static_cast<int>(exact));
    CHECK(gray_level(luma, LumaRange::full) == luma);
  }
}

TEST_CASE("a step of 30 gray levels is no change and one of 31 is", "[sampling][changed]")
{
  const auto changed = [](std::uint8_t a, std::uint8_t b, LumaRange range) {
    const std::vector<std::uint8_t> before(100, a);
    const std::vector<std::uint8_t> after(100, b);
    return count_changed({before.data(), 10, 10, 10}, {after.data(), 10, 10, 10}, range);
  };
  CHECK(changed(100, 130, LumaRange::full) == 0);
  CHECK(changed(130, 99, LumaRange::full) == 100);
  CHECK(changed(16, 41, LumaRange::limited) == 0);    // 25 * 255 / 219 = 29.1
  CHECK(changed(16, 42, LumaRange::limited) == 0);    // 30.27, gray level 30
  CHECK(changed(18, 44, LumaRange::limited) == 100);  // gray levels 2 and 33: 26 steps of luma are 30 or 31 of gray
  CHECK(changed(0, 16, LumaRange::limited) == 0);     // both black
  CHECK(changed(235, 255, LumaRange::limited) == 0);  // both white
}

TEST_CASE("rows may be stored from the bottom up", "[sampling][changed]")
{
  std::mt19937 random(7);
  const OwnPlane before(37, 11, 40, random);
  const OwnPlane after(37, 11, 40, random);
  const auto flipped = [](const PlaneView& plane) {
    return PlaneView{plane.row(plane.height - 1), -plane.stride, plane.width, plane.height};
  };
  CHECK(count_changed(flipped(before.view), flipped(after.view), LumaRange::limited) ==
        count_changed(before.view, after.view, LumaRange::limited));
}

TEST_CASE("the count of a large plane is beyond 16 bits", "[sampling][changed]")
{
  VIDCV_WITH_EACH_INSTRUCTION_SET();
  const LumaRange range = any_range();
  const std::vector<std::uint8_t> black(1920 * 1080, 16);
  const std::vector<std::uint8_t> white(1920 * 1080, 235);
  CHECK(count_changed({black.data(), 1920, 1920, 1080}, {white.data(), 1920, 1920, 1080}, range) == 1920 * 1080);
}

}  // namespace
}  // namespace vidcv
