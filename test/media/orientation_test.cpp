#include <vidcv/media/picture_writer.hpp>

#include "media_fixture.hpp"

#include <tiffio.h>

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

std::string exif_of(int orientation)
{
  return std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + static_cast<char>(orientation) +
         std::string(7, '\0');
}

/// A JPEG whose EXIF says how the camera was held.
void write_held(const std::filesystem::path& file, int orientation)
{
  write_picture(four_corners(), file, PictureFormat::jpeg);
  std::string bytes = read_text(file);
  const std::string body = std::string("Exif\0\0", 6) + exif_of(orientation);
  const std::string segment = std::string("\xFF\xE1\0", 3) + static_cast<char>(body.size() + 2) + body;
  write_text(file, bytes.insert(2, segment));
}

/// The same of a PNG, as a chunk behind the first one, which has 25 bytes.
void write_held_png(const std::filesystem::path& file, int orientation)
{
  write_picture(four_corners(), file, PictureFormat::png);
  std::string bytes = read_text(file);
  const std::string exif = exif_of(orientation);
  const std::string chunk = std::string("\0\0\0", 3) + static_cast<char>(exif.size()) + "eXIf" + exif + "none";
  write_text(file, bytes.insert(8 + 25, chunk));
}

void write_held_tiff(const std::filesystem::path& file, int orientation)
{
  const RgbImage image = four_corners();
  TIFF* tiff = TIFFOpen(file.c_str(), "w");
  REQUIRE(tiff != nullptr);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, image.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, image.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 3);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, image.height);
  TIFFSetField(tiff, TIFFTAG_ORIENTATION, orientation);
  TIFFWriteEncodedStrip(tiff, 0, const_cast<std::uint8_t*>(image.pixels.data()),
                        static_cast<tmsize_t>(image.pixels.size()));
  TIFFClose(tiff);
}

struct Carrier {
  const char* name;
  void (*write)(const std::filesystem::path& file, int orientation);
};

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

TEST_CASE("all eight orientations of JPEG, PNG and TIFF come out upright, and luma stays as decoded",
          "[media][orientation]")
{
  const Carrier carrier =
      GENERATE(Carrier{"a.jpg", write_held}, Carrier{"a.png", write_held_png}, Carrier{"a.tif", write_held_tiff});
  const auto [orientation, upright, sideways] = GENERATE(table<int, std::string, bool>({{1, "rgbw", false},
                                                                                        {2, "grwb", false},
                                                                                        {3, "wbgr", false},
                                                                                        {4, "bwrg", false},
                                                                                        {5, "rbgw", true},
                                                                                        {6, "brwg", true},
                                                                                        {7, "wgbr", true},
                                                                                        {8, "gwrb", true}}));
  CAPTURE(carrier.name, orientation);
  const TempFolder folder;
  carrier.write(folder / carrier.name, orientation);
  const auto frames = frames_of(folder / carrier.name);
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
  write_held_png(folder / "a.png", orientation);
  CHECK(corners(only_picture(folder / "a.jpg")) == "rgbw");
  CHECK(corners(only_picture(folder / "a.png")) == "rgbw");
}

TEST_CASE("the EXIF of a PNG is left out of account on request, the tag of a TIFF is not", "[media][orientation]")
{
  const TempFolder folder;
  write_held_png(folder / "a.png", 6);
  write_held_tiff(folder / "a.tif", 6);
  DecodeOptions options;
  options.pictures.apply_exif = false;
  CHECK(corners(frames_of(folder / "a.png", options).at(0).to_rgb()) == "rgbw");
  CHECK(corners(frames_of(folder / "a.tif", options).at(0).to_rgb()) == "brwg");
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
