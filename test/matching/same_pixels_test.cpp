#include <vidcv/matching/same_pixels.hpp>

#include <catch2/catch.hpp>

#include <cmath>
#include <functional>
#include <vector>

namespace vidcv {
namespace {

constexpr int k_width = Thumbnail::k_width;
constexpr int k_height = Thumbnail::k_height;

/// Gray levels of a scene at a place (0 to 1 across and down) and time.
using Scene = std::function<double(double x, double y, double time_s)>;

/// A street with a light that wanders by `path`.
Scene street(const std::function<double(double)>& path)
{
  return [path](double x, double y, double time_s) {
    const double still = 110 + 40 * std::sin(9 * x + 5 * y) + 30 * std::sin(17 * y - 4 * x * x);
    const double dx = x - 0.5 - 0.4 * path(time_s);
    const double dy = y - 0.6 + 0.2 * path(time_s / 2);
    return still + 90 * std::exp(-80 * (dx * dx + dy * dy));
  };
}

const Scene k_walk = street([](double t) { return std::sin(1.3 * t); });

std::vector<Thumbnail> filmed(const Scene& scene, double from_s, double to_s, double speed = 1)
{
  std::vector<Thumbnail> all;
  for (int i = 0; i * speed / 10 < to_s - from_s; ++i) {
    Thumbnail thumbnail{.time_s = i / 10.0};
    for (int y = 0; y < k_height; ++y) {
      for (int x = 0; x < k_width; ++x) {
        thumbnail.gray[static_cast<std::size_t>(y * k_width + x)] =
            static_cast<float>(scene((x + 0.5) / k_width, (y + 0.5) / k_height, from_s + i * speed / 10));
      }
    }
    all.push_back(thumbnail);
  }
  return all;
}

std::optional<PixelMatch> compared(const std::vector<Thumbnail>& one, const std::vector<Thumbnail>& other,
                                   const TimeLine& line = {})
{
  return compare_pixels(one, other, line, 0, one.back().time_s);
}

}  // namespace

TEST_CASE("a clip has its own pixels from end to end", "[matching]")
{
  const auto clip = filmed(k_walk, 0, 8);
  const auto match = compared(clip, clip);
  REQUIRE(match);
  CHECK(match->picture == Approx(1).margin(1e-4));
  CHECK(match->motion == Approx(1).margin(1e-4));
  CHECK_FALSE(match->mirrored);
  CHECK(match->line.at(0) == Approx(0).margin(0.06));
  CHECK(match->line.at(8) == Approx(8).margin(0.06));
  CHECK(match->from_s == 0);
  CHECK(match->to_s == Approx(7.9));
}

TEST_CASE("a part is laid where it belongs, though the line was a second off, and ends where it ends", "[matching]")
{
  const auto whole = filmed(k_walk, 0, 12);
  const auto part = filmed(k_walk, 3, 8);
  const auto match = compared(part, whole, {.speed = 1, .offset_s = 4});
  REQUIRE(match);
  CHECK(match->line.at(2.5) == Approx(5.5).margin(0.11));
  const auto longer = compare_pixels(whole, part, {.speed = 1, .offset_s = -3.4}, 5, 6);
  REQUIRE(longer);
  CHECK(longer->from_s == Approx(3).margin(0.21));
  CHECK(longer->to_s == Approx(7.9).margin(0.21));
}

TEST_CASE("slow motion is found, whatever speed was thought", "[matching]")
{
  const auto match = compared(filmed(k_walk, 0, 8, 0.8), filmed(k_walk, 0, 8), {.speed = 1, .offset_s = -0.7});
  REQUIRE(match);
  CHECK(match->line.speed == Approx(0.8).epsilon(0.02));
  CHECK(match->line.at(0) == Approx(0).margin(0.21));
}

TEST_CASE("crops, bars, mirror images, brightness and contrast do not make another footage of it", "[matching]")
{
  const auto clip = filmed(k_walk, 0, 6);
  const Scene cropped = [](double x, double y, double t) { return k_walk(0.08 + 0.85 * x, 0.05 + 0.85 * y, t); };
  const Scene barred = [](double x, double y, double t) {
    return y < 0.12 || y > 0.88 ? 2 : k_walk(x, (y - 0.12) / 0.76, t);
  };
  const Scene mirrored = [](double x, double y, double t) { return k_walk(1 - x, y, t); };
  const Scene lighter = [](double x, double y, double t) { return 60 + 0.7 * k_walk(x, y, t); };
  for (const Scene& scene : {cropped, barred, mirrored, lighter}) {
    const auto other = filmed(scene, 0, 6);
    const auto match = compared(clip, other);
    REQUIRE(match);
    CHECK(*match->motion > 0.75);
    CHECK(compared(other, clip));
  }
  CHECK(compared(clip, filmed(mirrored, 0, 6))->mirrored);
  CHECK_FALSE(compared(clip, filmed(cropped, 0, 6))->mirrored);
}

TEST_CASE("another take of the same scene is another footage, however alike the pictures are", "[matching]")
{
  const auto one = filmed(k_walk, 0, 8);
  const Scene other_walk = street([](double t) { return std::cos(2.9 * t + 1); });
  CHECK_FALSE(compared(one, filmed(other_walk, 0, 8)));
  CHECK_FALSE(compared(one, filmed([](double x, double y, double) { return k_walk(x, y, 0); }, 0, 8)));
}

TEST_CASE("still pictures have to be the same, as nothing tells takes apart", "[matching]")
{
  const Scene still = [](double x, double y, double) { return k_walk(x, y, 1); };
  const auto match = compared(filmed(still, 0, 5), filmed(still, 0, 5));
  REQUIRE(match);
  CHECK_FALSE(match->motion);
  const Scene other = [](double x, double y, double) { return k_walk(x, y, 1) + 60 * std::sin(30 * x); };
  CHECK_FALSE(compared(filmed(still, 0, 5), filmed(other, 0, 5)));
}

TEST_CASE("plain pictures and clips without thumbnails prove nothing", "[matching]")
{
  const auto gray = filmed([](double, double, double t) { return 100 + 20 * t; }, 0, 5);
  CHECK_FALSE(compared(gray, gray));
  const auto clip = filmed(k_walk, 0, 5);
  CHECK_FALSE(compare_pixels(clip, {}, {}, 0, 5));
  CHECK_FALSE(compare_pixels({}, clip, {}, 0, 5));
  CHECK_FALSE(compare_pixels(clip, clip, {}, 20, 30));
  CHECK_FALSE(compare_pixels(clip, clip, {.speed = 1, .offset_s = 60}, 0, 5));
}

TEST_CASE("a thumbnail has the mean gray of each of its fields", "[matching]")
{
  RgbImage picture{.width = 128, .height = 72, .pixels = std::vector<std::uint8_t>(128 * 72 * 3, 10)};
  for (int x = 0; x < 2 * 3; ++x) { picture.row(0)[x] = 210; }  // the upper half of the first field
  const Thumbnail thumbnail = thumbnail_of(picture, 1.5);
  CHECK(thumbnail.time_s == 1.5);
  CHECK(thumbnail.gray[0] == Approx(110));
  CHECK(thumbnail.gray[1] == Approx(10));
  const RgbImage tiny{.width = 3, .height = 2, .pixels = std::vector<std::uint8_t>(18, 77)};
  CHECK(thumbnail_of(tiny, 0).gray.back() == Approx(77));
}

}  // namespace vidcv
