#include "media_fixture.hpp"

#include <vidcv/media/picture_writer.hpp>

#include <tiffio.h>

#include <functional>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;
namespace fs = std::filesystem;

/// Smooth colours: 48 x 40.
RgbImage slopes()
{
  RgbImage image = flat_picture(48, 40, {0, 0, 0});
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::uint8_t levels[] = {static_cast<std::uint8_t>(5 * x), static_cast<std::uint8_t>(6 * y),
                                     static_cast<std::uint8_t>(2 * (x + y))};
      std::copy_n(levels, 3, image.row(y) + 3 * x);
    }
  }
  return image;
}

struct Tags {
  int bits = 8;
  int samples = 3;
  int photometric = PHOTOMETRIC_RGB;
  std::function<void(TIFF*)> more = [](TIFF*) {};
};

/// @param write  puts the strips or tiles
void write_tiff(const fs::path& file, const Tags& tags, const std::function<void(TIFF*)>& write, const char* mode = "w")
{
  TIFF* tiff = TIFFOpen(file.c_str(), mode);
  REQUIRE(tiff != nullptr);
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 48);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 40);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, tags.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, tags.samples);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, tags.photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  tags.more(tiff);
  write(tiff);
  TIFFClose(tiff);
}

void write_rows(TIFF* tiff)
{
  RgbImage image = slopes();
  for (int y = 0; y < image.height; ++y) { TIFFWriteScanline(tiff, image.row(y), static_cast<std::uint32_t>(y), 0); }
}

/// As vidcv-decoder reads it, and in this process.
RgbImage read_both_ways(const fs::path& file)
{
  DecodeOptions options;
  options.isolation = Isolation::process;
  const RgbImage picture = frames_of(file, options).at(0).to_rgb();
  CHECK(picture.pixels == only_picture(file).pixels);
  return picture;
}

TEST_CASE("BigTIFF, tiles, planes and little strips give their bytes", "[media][tiff]")
{
  const TempFolder folder;
  const fs::path file = folder / "a.tif";
  const RgbImage image = slopes();
  SECTION("BigTIFF in strips of three rows")
  {
    write_tiff(file, {8, 3, PHOTOMETRIC_RGB, [](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 3); }},
               write_rows, "w8");
  }
  SECTION("the bytes of a Motorola, compressed")
  {
    write_tiff(file,
               {8, 3, PHOTOMETRIC_RGB, [](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW); }},
               write_rows, "wb");
  }
  SECTION("tiles that reach beyond the picture")
  {
    const auto tile = [](TIFF* tiff) {
      TIFFSetField(tiff, TIFFTAG_TILEWIDTH, 32);
      TIFFSetField(tiff, TIFFTAG_TILELENGTH, 16);
    };
    write_tiff(file, {8, 3, PHOTOMETRIC_RGB, tile}, [&](TIFF* tiff) {
      for (int top = 0; top < image.height; top += 16) {
        for (int left = 0; left < image.width; left += 32) {
          std::vector<std::uint8_t> bytes(32 * 16 * 3);
          for (int y = top; y < std::min(image.height, top + 16); ++y) {
            const int width = std::min(32, image.width - left);
            std::copy_n(image.row(y) + 3 * left, 3 * width, bytes.data() + (y - top) * 32 * 3);
          }
          TIFFWriteTile(tiff, bytes.data(), static_cast<std::uint32_t>(left), static_cast<std::uint32_t>(top), 0, 0);
        }
      }
    });
  }
  SECTION("a plane for each colour")
  {
    const auto planar = [](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_SEPARATE); };
    write_tiff(file, {8, 3, PHOTOMETRIC_RGB, planar}, [&](TIFF* tiff) {
      for (int colour = 0; colour < 3; ++colour) {
        for (int y = 0; y < image.height; ++y) {
          std::vector<std::uint8_t> line;
          for (int x = 0; x < image.width; ++x) { line.push_back(image.row(y)[3 * x + colour]); }
          TIFFWriteScanline(tiff, line.data(), static_cast<std::uint32_t>(y), static_cast<std::uint16_t>(colour));
        }
      }
    });
  }
  CHECK(read_both_ways(file).pixels == image.pixels);
}

TEST_CASE("JPEG in TIFF has its colours, with chroma of full and of half size", "[media][tiff]")
{
  const TempFolder folder;
  const int chroma = GENERATE(1, 2);
  const auto jpeg = [&](TIFF* tiff) {
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_JPEG);
    TIFFSetField(tiff, TIFFTAG_YCBCRSUBSAMPLING, chroma, chroma);
    TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 95);
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 16);
  };
  write_tiff(folder / "a.tif", {8, 3, PHOTOMETRIC_YCBCR, jpeg}, write_rows);
  const RgbImage image = slopes();
  const RgbImage again = read_both_ways(folder / "a.tif");
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 48; ++x) { CHECK(distance(pixel(again, x, y), pixel(image, x, y)) <= 8); }
  }
}

TEST_CASE("gray of 16 bits has its full range, white on either end", "[media][tiff]")
{
  const TempFolder folder;
  const int photometric = GENERATE(PHOTOMETRIC_MINISBLACK, PHOTOMETRIC_MINISWHITE);
  write_tiff(folder / "a.tif", {16, 1, photometric}, [](TIFF* tiff) {
    for (std::uint32_t y = 0; y < 40; ++y) {
      std::vector<std::uint16_t> row;
      for (int x = 0; x < 48; ++x) { row.push_back(static_cast<std::uint16_t>(257 * 5 * x)); }
      TIFFWriteScanline(tiff, row.data(), y, 0);
    }
  });
  const RgbImage picture = read_both_ways(folder / "a.tif");
  for (int x = 0; x < 48; ++x) {
    const int level = photometric == PHOTOMETRIC_MINISBLACK ? 5 * x : 255 - 5 * x;
    CHECK(pixel(picture, x, 20) == Rgb{level, level, level});
  }
}

TEST_CASE("alpha of a TIFF counts as it is said: apart, multiplied in, or not at all", "[media][tiff]")
{
  const TempFolder folder;
  struct Case {
    int meaning;
    int level;  // over white, of level 100 with an alpha of 128 beside it
  };
  const Case kind = GENERATE(Case{EXTRASAMPLE_UNASSALPHA, 177}, Case{EXTRASAMPLE_ASSOCALPHA, 227},
                             Case{EXTRASAMPLE_UNSPECIFIED, 100});
  const auto extra = [&](TIFF* tiff) {
    const std::uint16_t meaning = static_cast<std::uint16_t>(kind.meaning);
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, 1, &meaning);
  };
  write_tiff(folder / "a.tif", {8, 4, PHOTOMETRIC_RGB, extra}, [](TIFF* tiff) {
    std::vector<std::uint8_t> row;
    for (int x = 0; x < 48; ++x) { row.insert(row.end(), {100, 100, 100, 128}); }
    for (std::uint32_t y = 0; y < 40; ++y) { TIFFWriteScanline(tiff, row.data(), y, 0); }
  });
  CHECK(distance(pixel(read_both_ways(folder / "a.tif"), 5, 5), {kind.level, kind.level, kind.level}) <= 1);
}

TEST_CASE("kinds of TIFF without a picture in them are refused by name", "[media][tiff]")
{
  const TempFolder folder;
  const auto [bits, format, name] = GENERATE(table<int, int, std::string>(
      {{32, SAMPLEFORMAT_IEEEFP, "floating-point samples"}, {16, SAMPLEFORMAT_INT, "signed samples"}}));
  const int sample_format = format;
  write_tiff(
      folder / "a.tif",
      {bits, 1, PHOTOMETRIC_MINISBLACK, [&](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, sample_format); }},
      [](TIFF* tiff) {
        std::vector<std::uint8_t> row(48 * 4);
        for (std::uint32_t y = 0; y < 40; ++y) { TIFFWriteScanline(tiff, row.data(), y, 0); }
      });
  CHECK_THAT(thrown_by<MediaError>([&] { only_picture(folder / "a.tif"); }).cause(), Catch::EndsWith(name));
}

TEST_CASE("a TIFF that breaks off is damaged where a strip is left, and refused where none is", "[media][tiff]")
{
  const TempFolder folder;
  write_tiff(folder / "a.tif", {8, 3, PHOTOMETRIC_RGB, [](TIFF* tiff) { TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8); }},
             write_rows);
  std::string bytes = read_text(folder / "a.tif");
  const std::string offsets_of_strips("\x11\x01\x04\0\x05\0\0\0", 8);
  const std::size_t entry = bytes.find(offsets_of_strips);
  REQUIRE(entry != std::string::npos);
  const std::size_t table =
      static_cast<unsigned char>(bytes[entry + 8]) + 256U * static_cast<unsigned char>(bytes[entry + 9]);
  const auto point_beyond_the_end = [&](std::size_t strip) { bytes.replace(table + 4 * strip, 4, "\xFF\xFF\xFF\x7F"); };
  point_beyond_the_end(2);
  write_text(folder / "b.tif", bytes);
  ClipReader reader(folder / "b.tif", {});
  const auto frame = reader.next();
  REQUIRE(frame.has_value());
  CHECK(reader.damaged() == 1);
  CHECK(pixel(frame->to_rgb(), 10, 10) == pixel(slopes(), 10, 10));
  CHECK(pixel(frame->to_rgb(), 10, 20) == Rgb{0, 0, 0});
  for (const std::size_t strip : {0, 1, 3, 4}) { point_beyond_the_end(strip); }
  write_text(folder / "c.tif", bytes);
  CHECK_THROWS_AS(only_picture(folder / "c.tif"), MediaError);
  for (std::size_t size = 1; size < bytes.size(); size += 37) {
    write_text(folder / "d.tif", bytes.substr(0, size));
    CHECK_THROWS_AS(only_picture(folder / "d.tif"), MediaError);
  }
}

TEST_CASE("a TIFF with too many pixels names the limit", "[media][tiff]")
{
  const TempFolder folder;
  write_tiff(folder / "a.tif", {}, write_rows);
  DecodeOptions small;
  small.limits.pixels = 48 * 40 - 1;
  CHECK_THROWS_WITH(frames_of(folder / "a.tif", small), Catch::Contains("limit_pixels"));
}

}  // namespace
}  // namespace vidcv
