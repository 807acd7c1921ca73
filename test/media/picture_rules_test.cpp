#include "media_fixture.hpp"

#include <vidcv/media/picture_writer.hpp>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;
namespace fs = std::filesystem;

constexpr Rgb k_red = {230, 20, 20};
constexpr Rgb k_green = {20, 230, 20};
constexpr Rgb k_blue = {20, 20, 230};
constexpr Rgb k_white = {240, 240, 240};

/// 64 x 32: red and green above, blue and white below.
RgbImage quarters()
{
  RgbImage image = flat_picture(64, 32, k_red);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) {
      const Rgb& colour = y < 16 ? (x < 32 ? k_red : k_green) : (x < 32 ? k_blue : k_white);
      for (std::size_t c = 0; c < 3; ++c) {
        image.row(y)[3 * x + static_cast<int>(c)] = static_cast<std::uint8_t>(colour[c]);
      }
    }
  }
  return image;
}

/// The JPEG file with an EXIF segment that holds an orientation and nothing else.
void add_orientation(const fs::path& file, int value)
{
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::string segment(
      "\xFF\xE1\0\x22"
      "Exif\0\0"
      "II*\0\x08\0\0\0"
      "\x01\0"
      "\x12\x01\x03\0\x01\0\0\0",
      28);
  segment += std::string{static_cast<char>(value), 0, 0, 0, 0, 0, 0, 0};
  write_text(file, bytes.insert(2, segment));
}

/// The colours of the four quarters, as the nearest of ours: R, G, B or W; row by row.
std::string seen(const RgbImage& image)
{
  std::string letters;
  for (const int y : {image.height / 4, image.height * 3 / 4}) {
    for (const int x : {image.width / 4, image.width * 3 / 4}) {
      const Rgb found = pixel(image, x, y);
      const std::vector<std::pair<char, Rgb>> colours = {{'R', k_red}, {'G', k_green}, {'B', k_blue}, {'W', k_white}};
      for (const auto& [letter, colour] : colours) {
        if (distance(found, colour) < 60) { letters += letter; }
      }
    }
  }
  return letters;
}

TEST_CASE("each EXIF orientation brings the picture upright", "[media][exif]")
{
  const auto [value, expected] = GENERATE(table<int, std::string>({{0, "RGBW"},
                                                                   {1, "RGBW"},
                                                                   {2, "GRWB"},
                                                                   {3, "WBGR"},
                                                                   {4, "BWRG"},
                                                                   {5, "RBGW"},
                                                                   {6, "BRWG"},
                                                                   {7, "WGBR"},
                                                                   {8, "GWRB"},
                                                                   {9, "RGBW"}}));
  CAPTURE(value);
  const TempFolder folder;
  const fs::path file = folder / "a.jpg";
  write_picture(quarters(), file, PictureFormat::jpeg);
  add_orientation(file, value);
  CHECK(seen(only_picture(file)) == expected);

  DecodeOptions ignoring;
  ignoring.pictures.apply_exif = false;
  CHECK(seen(frames_of(file, ignoring).at(0).to_rgb()) == "RGBW");
}

Rgb shown(const fs::path& file, AlphaRule rule)
{
  DecodeOptions options;
  options.pictures.alpha = rule;
  return pixel(frames_of(file, options).at(0).to_rgb(), 0, 0);
}

TEST_CASE("what is transparent shows the background, or its own colour where alpha is dropped", "[media][alpha]")
{
  const TempFolder folder;
  const fs::path file = folder / "a.qoi";
  write_qoi(file, {{100, 200, 50, 0}});
  CHECK(shown(file, AlphaRule::over_white) == Rgb{255, 255, 255});
  CHECK(shown(file, AlphaRule::over_black) == Rgb{0, 0, 0});
  CHECK(shown(file, AlphaRule::drop) == Rgb{100, 200, 50});
}

TEST_CASE("half transparent is half of each, and opaque is itself", "[media][alpha]")
{
  const TempFolder folder;
  const fs::path file = folder / "a.qoi";
  write_qoi(file, {{100, 200, 50, 128}});
  CHECK(shown(file, AlphaRule::over_white) == Rgb{177, 227, 152});
  CHECK(shown(file, AlphaRule::over_black) == Rgb{50, 100, 25});
  write_qoi(file, {{100, 200, 50, 255}});
  CHECK(shown(file, AlphaRule::over_white) == Rgb{100, 200, 50});
  CHECK(shown(file, AlphaRule::over_black) == Rgb{100, 200, 50});
}

}  // namespace
}  // namespace vidcv
