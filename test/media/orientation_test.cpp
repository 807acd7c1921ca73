#include <vidcv/media/picture_writer.hpp>

#include "media_fixture.hpp"

#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;

constexpr Rgb k_red = {220, 30, 40};
constexpr Rgb k_green = {20, 200, 60};
constexpr Rgb k_blue = {30, 60, 210};
constexpr Rgb k_white = {250, 250, 250};

/// 48 x 32: red and green above, blue and white below.
RgbImage four_corners()
{
  RgbImage image = flat_picture(48, 32, k_red);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 48; ++x) {
      const Rgb& colour = y < 16 ? (x < 24 ? k_red : k_green) : (x < 24 ? k_blue : k_white);
      std::copy(colour.begin(), colour.end(), image.row(y) + 3 * x);
    }
  }
  return image;
}

/// A JPEG whose EXIF says how the camera was held.
void write_held(const std::filesystem::path& file, int orientation)
{
  write_picture(four_corners(), file, PictureFormat::jpeg);
  std::string bytes = read_text(file);
  const std::string tiff = std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) +
                           static_cast<char>(orientation) + std::string(7, '\0');
  const std::string body = std::string("Exif\0\0", 6) + tiff;
  const std::string segment = std::string("\xFF\xE1\0", 3) + static_cast<char>(body.size() + 2) + body;
  write_text(file, bytes.insert(2, segment));
}

/// Which of the four colours the corners have: above left and right, below left and right.
std::string corners(const RgbImage& image)
{
  std::string names;
  for (const int y : {5, image.height - 6}) {
    for (const int x : {5, image.width - 6}) {
      const Rgb colour = pixel(image, x, y);
      names += distance(colour, k_red) < 20     ? 'r'
               : distance(colour, k_green) < 20 ? 'g'
               : distance(colour, k_blue) < 20  ? 'b'
               : distance(colour, k_white) < 20 ? 'w'
                                                : '?';
    }
  }
  return names;
}

TEST_CASE("all eight orientations of EXIF come out upright, and luma stays as decoded", "[media][orientation]")
{
  const auto [orientation, upright, sideways] = GENERATE(table<int, std::string, bool>({{1, "rgbw", false},
                                                                                        {2, "grwb", false},
                                                                                        {3, "wbgr", false},
                                                                                        {4, "bwrg", false},
                                                                                        {5, "rbgw", true},
                                                                                        {6, "brwg", true},
                                                                                        {7, "wgbr", true},
                                                                                        {8, "gwrb", true}}));
  CAPTURE(orientation);
  const TempFolder folder;
  write_held(folder / "a.jpg", orientation);
  const auto frames = frames_of(folder / "a.jpg");
  REQUIRE(frames.size() == 1);
  const RgbImage rgb = frames[0].to_rgb();
  CHECK(rgb.width == (sideways ? 32 : 48));
  CHECK(rgb.height == (sideways ? 48 : 32));
  CHECK(corners(rgb) == upright);
  CHECK((frames[0].geometry().rotation % 180 != 0) == sideways);
  CHECK(frames[0].luma().plane.width == 48);
  CHECK(frames[0].luma().plane.height == 32);
}

TEST_CASE("an orientation that EXIF does not know is none", "[media][orientation]")
{
  const int orientation = GENERATE(0, 9, 255);
  const TempFolder folder;
  write_held(folder / "a.jpg", orientation);
  CHECK(corners(only_picture(folder / "a.jpg")) == "rgbw");
}

TEST_CASE("pixels that are not square are made square by the width", "[media][orientation]")
{
  const TempFolder folder;
  const std::vector<std::string> gray = {flat_yuv420(16, 16, 126, 128, 128)};
  const auto [ratio, aspect, width] = GENERATE(table<std::string, double, int>({{"A1:1", 1, 16},
                                                                                {"A2:1", 2, 32},
                                                                                {"A1:2", 0.5, 8},
                                                                                {"A12:11", 12 / 11.0, 17},
                                                                                {"A0:0", 1, 16},
                                                                                {"A100:1", 1, 16}}));
  CAPTURE(ratio);
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420jpeg " + ratio, gray);
  const auto frames = frames_of(folder / "a.y4m");
  REQUIRE(frames.size() == 1);
  CHECK(frames[0].geometry().pixel_aspect == Approx(aspect));
  const RgbImage rgb = frames[0].to_rgb();
  CHECK(rgb.width == width);
  CHECK(rgb.height == 16);
  CHECK(rgb.pixels.size() == static_cast<std::size_t>(width * 16 * 3));
  CHECK(distance(pixel(rgb, width - 1, 15), {128, 128, 128}) <= 1);
  CHECK(frames[0].luma().plane.width == 16);
}

}  // namespace
}  // namespace vidcv
