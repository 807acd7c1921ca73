#include "media_fixture.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;

/// Frames of 16 x 16 whose luma is 20, 21, 22, ...
std::vector<std::string> ramp(int count)
{
  std::vector<std::string> frames;
  for (int i = 0; i < count; ++i) { frames.push_back(flat_yuv420(16, 16, 20 + i, 128, 128)); }
  return frames;
}

constexpr const char* k_header = "W16 H16 F25:1 C420jpeg";

TEST_CASE("frames come in order, each with its number, its time and its own picture", "[media][video]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", k_header, ramp(100));
  const auto frames = frames_of(folder / "a.y4m", {GENERATE(0, 1, 4), {}});
  REQUIRE(frames.size() == 100);
  for (int i = 0; i < 100; ++i) {
    const Frame& frame = frames[static_cast<std::size_t>(i)];
    CHECK(frame.number() == i);
    CHECK(frame.timestamp_s() == Approx(i / 25.0).margin(1e-9));
    CHECK(frame.luma().plane.row(15)[15] == 20 + i);
  }
}

TEST_CASE("claims, tick and screen time of a video are those of its header", "[media][video]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H16 F30000:1001 C420jpeg", ramp(30));
  ClipReader reader(folder / "a.y4m", {});
  CHECK_FALSE(reader.is_picture());
  CHECK(reader.claims().fps.value() == Approx(30000 / 1001.0));
  CHECK(reader.claims().duration_s.value() == Approx(1.001).epsilon(0.001));
  CHECK(reader.tick_s() == Approx(1001 / 30000.0));
  std::optional<Frame> last;
  while (auto frame = reader.next()) { last = frame; }
  CHECK(last.value().timestamp_s() == Approx(29 * 1001 / 30000.0));
  CHECK(reader.last_duration_s() == Approx(1001 / 30000.0));
  CHECK(reader.damaged() == 0);
}

TEST_CASE("a video of one frame is no picture", "[media][video]")
{
  const TempFolder folder;
  write_y4m(folder / "a.png", k_header, ramp(1));
  ClipReader reader(folder / "a.png", {});
  CHECK_FALSE(reader.is_picture());
  CHECK(reader.next().has_value());
  CHECK_FALSE(reader.next().has_value());
}

TEST_CASE("a truncated video gives the frames that are whole, and a header alone gives none", "[media][video]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", k_header, ramp(3));
  const std::string bytes = read_text(folder / "a.y4m");
  for (const std::size_t lost : {1, 200, 383}) {
    write_text(folder / "b.y4m", bytes.substr(0, bytes.size() - lost));
    CHECK(frames_of(folder / "b.y4m").size() == 2);
  }
  write_y4m(folder / "none.y4m", k_header, {});
  CHECK(frames_of(folder / "none.y4m").empty());
}

TEST_CASE("frames live on when their reader is gone, and a moved reader goes on reading", "[media][video]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", k_header, ramp(3));
  std::vector<Frame> frames;
  {
    ClipReader reader(folder / "a.y4m", {});
    frames.push_back(reader.next().value());
    ClipReader moved(std::move(reader));
    frames.push_back(moved.next().value());
  }
  CHECK(frames[0].luma().plane.row(0)[0] == 20);
  CHECK(frames[1].luma().plane.row(0)[0] == 21);
  CHECK(frames[1].number() == 1);
  CHECK(frames[0].size_bytes() >= 16 * 16 * 3 / 2);
}

TEST_CASE("odd sizes keep every row and column", "[media][video]")
{
  const TempFolder folder;
  std::string frame = flat_yuv420(17, 15, 0, 128, 128);
  for (int i = 0; i < 17 * 15; ++i) { frame[static_cast<std::size_t>(i)] = static_cast<char>(i % 251); }
  write_y4m(folder / "a.y4m", "W17 H15 F25:1 C420jpeg", {frame});
  const auto frames = frames_of(folder / "a.y4m");
  REQUIRE(frames.size() == 1);
  const PlaneView plane = frames[0].luma().plane;
  CHECK(plane.width == 17);
  CHECK(plane.height == 15);
  int wrong = 0;
  for (int i = 0; i < 17 * 15; ++i) { wrong += plane.row(i / 17)[i % 17] == i % 251 ? 0 : 1; }
  CHECK(wrong == 0);
}

TEST_CASE("a part of a frame has the very pixels that the whole has there", "[media][video]")
{
  const TempFolder folder;
  for (const auto& [width, height] : {std::pair{200, 120}, std::pair{161, 121}}) {
    std::string noise(static_cast<std::size_t>(width * height + 2 * ((width + 1) / 2) * ((height + 1) / 2)), '\0');
    std::uint32_t n = 1;
    for (char& level : noise) { level = static_cast<char>((n = n * 1664525U + 1013904223U) >> 24U); }
    const std::string size = "W" + std::to_string(width) + " H" + std::to_string(height);
    write_y4m(folder / "a.y4m", size + " F25:1 C420jpeg", {noise});
    const Frame frame = frames_of(folder / "a.y4m").at(0);
    CHECK(frame.upright_size() == std::pair{width, height});
    const RgbImage whole = frame.to_rgb();
    for (const Box& box : {Box{0, 0, width, height}, Box{0, 0, 1, 1}, Box{37, 21, 38, 120}, Box{100, 50, 161, 51},
                           Box{15, 17, 140, 103}, Box{16, 16, 48, 48}, Box{width - 3, height - 3, width, height}}) {
      CHECK(frame.to_rgb(box).pixels == cropped(whole, box).pixels);
    }
  }
}

TEST_CASE("luma says whether its range is limited or full", "[media][video]")
{
  const TempFolder folder;
  const auto range_of = [&](const std::string& header) {
    write_y4m(folder / "a.y4m", header, ramp(1));
    return frames_of(folder / "a.y4m").at(0).luma().range;
  };
  CHECK(range_of("W16 H16 F25:1 C420jpeg") == LumaRange::limited);
  CHECK(range_of("W16 H16 F25:1 C420jpeg XCOLORRANGE=LIMITED") == LumaRange::limited);
  CHECK(range_of("W16 H16 F25:1 C420jpeg XCOLORRANGE=FULL") == LumaRange::full);
}

TEST_CASE("luma of 10 bits is rounded to 8", "[media][video]")
{
  const TempFolder folder;
  std::string frame(16 * 16 * 3, '\0');  // two bytes each, the low one first
  const std::vector<int> levels = {0, 64, 501, 502, 505, 506, 940, 1021, 1022, 1023};
  for (std::size_t i = 0; i < levels.size(); ++i) {
    frame[2 * i] = static_cast<char>(levels[i] & 0xFF);
    frame[2 * i + 1] = static_cast<char>(levels[i] >> 8);
  }
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420p10 XYSCSS=420P10", {frame});
  const auto frames = frames_of(folder / "a.y4m");
  REQUIRE(frames.size() == 1);
  const LumaView luma = frames[0].luma();
  CHECK(luma.range == LumaRange::limited);
  CHECK(std::vector<int>(luma.plane.row(0), luma.plane.row(0) + 10) ==
        std::vector<int>{0, 16, 125, 126, 126, 127, 235, 255, 255, 255});
}

struct Colour {
  std::string header;
  int height;
  std::array<int, 3> yuv;
  Rgb rgb;
};

TEST_CASE("known colours come out right in each matrix and range", "[media][video]")
{
  const auto colour = GENERATE(
      Colour{"", 16, {16, 128, 128}, {0, 0, 0}}, Colour{"", 16, {235, 128, 128}, {255, 255, 255}},
      Colour{"", 16, {126, 128, 128}, {128, 128, 128}}, Colour{"", 16, {81, 90, 240}, {255, 0, 0}},
      Colour{"", 16, {145, 54, 34}, {0, 255, 0}}, Colour{"", 16, {41, 240, 110}, {0, 0, 255}},
      Colour{"", 720, {63, 102, 240}, {255, 0, 0}}, Colour{"", 720, {173, 42, 26}, {0, 255, 0}},
      Colour{"", 720, {32, 240, 118}, {0, 0, 255}}, Colour{" XCOLORRANGE=FULL", 16, {76, 85, 255}, {255, 0, 0}},
      Colour{" XCOLORRANGE=FULL", 16, {16, 128, 128}, {16, 16, 16}},
      Colour{" XCOLORRANGE=FULL", 16, {29, 255, 107}, {0, 0, 255}});
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H" + std::to_string(colour.height) + " F25:1 C420jpeg" + colour.header,
            {flat_yuv420(16, colour.height, colour.yuv[0], colour.yuv[1], colour.yuv[2])});
  const RgbImage rgb = only_picture(folder / "a.y4m");
  CAPTURE(colour.header, colour.height, colour.yuv, pixel(rgb, 8, 8));
  CHECK(distance(pixel(rgb, 8, 8), colour.rgb) <= 3);
  CHECK(distance(pixel(rgb, 0, 0), colour.rgb) <= 3);
  CHECK(distance(pixel(rgb, 15, colour.height - 1), colour.rgb) <= 3);
}

}  // namespace
}  // namespace vidcv
