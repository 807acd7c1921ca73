#include <vidcv/media/picture_writer.hpp>

#include "media_fixture.hpp"

#include <jpeglib.h>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;

RgbImage noise(int width, int height)
{
  std::mt19937 random(static_cast<unsigned>(width * 1000 + height));
  RgbImage image = flat_picture(width, height, {0, 0, 0});
  for (auto& byte : image.pixels) { byte = static_cast<std::uint8_t>(random()); }
  return image;
}

TEST_CASE("PNG is lossless to the bit at any size", "[media][picture]")
{
  const auto [width, height] =
      GENERATE(table<int, int>({{1, 1}, {1, 300}, {300, 1}, {7, 5}, {63, 64}, {65, 33}, {641, 479}}));
  CAPTURE(width, height);
  const TempFolder folder;
  const RgbImage picture = noise(width, height);
  write_picture(picture, folder / "a.png", PictureFormat::png);
  const RgbImage again = only_picture(folder / "a.png");
  CHECK(again.width == width);
  CHECK(again.height == height);
  CHECK(again.pixels == picture.pixels);
}

TEST_CASE("JPEG keeps colours within a few levels, whatever the number of lines", "[media][picture]")
{
  const int height = GENERATE(16, 720, 1080);  // from 720 lines on video is BT.709; JPEG never is
  const auto colour = GENERATE(Rgb{220, 30, 40}, Rgb{20, 200, 60}, Rgb{30, 60, 210}, Rgb{255, 255, 255}, Rgb{0, 0, 0});
  const TempFolder folder;
  write_picture(flat_picture(32, height, colour), folder / "a.jpg", PictureFormat::jpeg);
  const RgbImage again = only_picture(folder / "a.jpg");
  CHECK(again.width == 32);
  CHECK(again.height == height);
  CHECK(distance(pixel(again, 0, 0), colour) <= 3);
  CHECK(distance(pixel(again, 31, height - 1), colour) <= 3);
}

/// As only libjpeg can write it.
void write_arithmetic(const std::filesystem::path& file, const RgbImage& image, bool progressive)
{
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  std::FILE* out = std::fopen(file.c_str(), "wb");
  jpeg_stdio_dest(&jpeg, out);
  jpeg.image_width = static_cast<JDIMENSION>(image.width);
  jpeg.image_height = static_cast<JDIMENSION>(image.height);
  jpeg.input_components = 3;
  jpeg.in_color_space = JCS_RGB;
  jpeg_set_defaults(&jpeg);
  jpeg.arith_code = TRUE;
  if (progressive) { jpeg_simple_progression(&jpeg); }
  jpeg_start_compress(&jpeg, TRUE);
  const std::uint8_t exif[] = "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0";
  jpeg_write_marker(&jpeg, JPEG_APP0 + 1, exif, sizeof exif);
  for (int y = 0; y < image.height; ++y) {
    JSAMPROW row = const_cast<JSAMPROW>(image.row(y));
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::fclose(out);
}

TEST_CASE("JPEG with arithmetic coding is read, and turned as its EXIF says", "[media][picture]")
{
  const TempFolder folder;
  write_arithmetic(folder / "a.jpg", flat_picture(48, 32, {220, 30, 40}), GENERATE(false, true));
  DecodeOptions options;
  options.isolation = GENERATE(Isolation::none, Isolation::process);
  ClipReader reader(folder / "a.jpg", options);
  CHECK(reader.is_picture());
  const auto frame = reader.next();
  REQUIRE(frame.has_value());
  const RgbImage picture = frame->to_rgb();
  CHECK(picture.width == 32);
  CHECK(picture.height == 48);
  CHECK(distance(pixel(picture, 5, 5), {220, 30, 40}) <= 3);
  CHECK_FALSE(reader.next().has_value());
  options.limits.pixels = 48 * 32 - 1;
  CHECK_THROWS_WITH(frames_of(folder / "a.jpg", options), Catch::Contains("limit_pixels"));
  const std::string bytes = read_text(folder / "a.jpg");
  write_text(folder / "b.jpg", bytes.substr(0, bytes.size() - 4));
  ClipReader broken(folder / "b.jpg", {});
  CHECK(broken.next().has_value());
  CHECK(broken.damaged() == 1);
  write_text(folder / "b.jpg", bytes.substr(0, bytes.find("\xFF\xDA")));  // without a scan
  CHECK_THROWS_AS(only_picture(folder / "b.jpg"), MediaError);
}

TEST_CASE("JPEG is baseline, 4:2:0, and smaller at lower quality", "[media][picture]")
{
  const TempFolder folder;
  write_picture(noise(64, 64), folder / "a.jpg", PictureFormat::jpeg);
  write_picture(noise(64, 64), folder / "b.jpg", PictureFormat::jpeg, 30);
  const std::string bytes = read_text(folder / "a.jpg");
  const std::size_t header = bytes.find("\xFF\xC0");  // SOF0: length, depth, height, width, components, id, sampling
  REQUIRE(header != std::string::npos);
  CHECK(bytes.at(header + 9) == 3);
  CHECK(bytes.at(header + 11) == 0x22);
  CHECK(bytes.at(header + 14) == 0x11);
  CHECK(std::filesystem::file_size(folder / "b.jpg") < bytes.size() / 2);
}

TEST_CASE("a picture is a clip of one frame at time 0 whose container claims nothing", "[media][picture]")
{
  const TempFolder folder;
  const auto [format, name] =
      GENERATE(table<PictureFormat, std::string>({{PictureFormat::png, "a.png"}, {PictureFormat::jpeg, "a.jpg"}}));
  CHECK(std::filesystem::path(name).extension() == extension_of(format));
  write_picture(noise(64, 48), folder / name, format);
  ClipReader reader(folder / name, {});
  CHECK(reader.is_picture());
  CHECK_FALSE(reader.claims().fps.has_value());
  CHECK_FALSE(reader.claims().frames.has_value());
  CHECK_FALSE(reader.claims().duration_s.has_value());
  const auto frame = reader.next();
  REQUIRE(frame.has_value());
  CHECK(frame->number() == 0);
  CHECK(frame->timestamp_s() == 0);
  CHECK(frame->geometry() == Geometry{});
  CHECK(reader.last_duration_s() == 0);
  CHECK_FALSE(reader.next().has_value());
  CHECK_FALSE(reader.next().has_value());
  CHECK(reader.damaged() == 0);
}

TEST_CASE("a JPEG or PNG of more pixels than FFmpeg can hold names the limit", "[media][picture]")
{
  const TempFolder folder;
  const auto format = GENERATE(PictureFormat::png, PictureFormat::jpeg);
  write_picture(noise(64, 64), folder / "a", format);
  std::string bytes = read_text(folder / "a");
  if (format == PictureFormat::jpeg) {
    bytes.replace(bytes.find("\xFF\xC0") + 5, 4, "\xEA\x60\xEA\x60");
  } else {
    bytes.replace(16, 8, std::string("\0\0\xEA\x60\0\0\xEA\x60", 8));
  }
  write_text(folder / "a", bytes);
  DecodeOptions options;
  options.isolation = GENERATE(Isolation::none, Isolation::process);
  CHECK_THROWS_WITH(frames_of(folder / "a", options), Catch::Contains("limit_pixels"));
}

TEST_CASE("the fourth byte of a BMP is alpha where a mask says so, and nothing where it is reserved",
          "[media][picture]")
{
  const TempFolder folder;
  const bool has_mask = GENERATE(false, true);
  const auto number = [](std::uint32_t value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
  };
  std::string header = number(108) + number(2) + number(1) + std::string("\x01\0\x20\0", 4) + number(has_mask ? 3 : 0) +
                       number(8) + number(0) + number(0) + number(0) + number(0) + number(0xFF0000) + number(0xFF00) +
                       number(0xFF) + number(has_mask ? 0xFF000000 : 0);
  header.resize(108);
  const std::string pixels = number(0x07102030) + number(0x80102030);
  write_text(folder / "a.bmp", "BM" + number(122 + 8) + number(0) + number(122) + header + pixels);
  const RgbImage picture = only_picture(folder / "a.bmp");
  if (has_mask) {
    CHECK(distance(pixel(picture, 0, 0), {248, 249, 249}) <= 1);
  } else {
    CHECK(pixel(picture, 0, 0) == Rgb{0x10, 0x20, 0x30});
    CHECK(pixel(picture, 1, 0) == Rgb{0x10, 0x20, 0x30});
  }
}

TEST_CASE("the fourth byte of a pixel in an uncompressed AVI is reserved", "[media][picture]")
{
  const TempFolder folder;
  const auto number = [](std::uint32_t value) {
    return std::string(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const auto chunk = [&](const std::string& name, const std::string& body) {
    return name + number(static_cast<std::uint32_t>(body.size())) + body;
  };
  const std::string main_header = number(40000) + number(0) + number(0) + number(0) + number(1) + number(0) +
                                  number(1) + number(16) + number(2) + number(1) + std::string(16, '\0');
  const std::string stream = "vids" + std::string(16, '\0') + number(1) + number(25) + number(0) + number(1) +
                             number(16) + number(0) + number(0) + std::string(8, '\0');
  const std::string format = number(40) + number(2) + number(1) + std::string("\x01\0\x20\0", 4) + number(0) +
                             number(8) + std::string(16, '\0');
  const std::string list =
      "hdrl" + chunk("avih", main_header) + chunk("LIST", "strl" + chunk("strh", stream) + chunk("strf", format));
  const std::string frames = "movi" + chunk("00db", number(0x00102030) + number(0x00102030));
  write_text(folder / "a.avi", chunk("RIFF", "AVI " + chunk("LIST", list) + chunk("LIST", frames)));
  const RgbImage picture = only_picture(folder / "a.avi");
  CHECK(pixel(picture, 0, 0) == Rgb{0x10, 0x20, 0x30});
}

TEST_CASE("gray of 16 bits has its full range as RGB", "[media][picture]")
{
  const TempFolder folder;
  std::string levels;
  for (int level = 0; level < 256; ++level) { levels += std::string(2, static_cast<char>(level)); }
  write_text(folder / "a.pgm", "P5\n256 1\n65535\n" + levels);
  const RgbImage picture = only_picture(folder / "a.pgm");
  for (int level = 0; level < 256; ++level) { CHECK(pixel(picture, level, 0) == Rgb{level, level, level}); }
}

TEST_CASE("a picture replaces the file of its name, whole or not at all", "[media][picture]")
{
  const TempFolder folder;
  write_text(folder / "a.png", "something else");
  write_picture(noise(8, 8), folder / "a.png", PictureFormat::png);
  CHECK(only_picture(folder / "a.png").width == 8);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a note stays with its picture until the picture is changed, and changes no pixel", "[media][picture]")
{
  const auto format = GENERATE(PictureFormat::png, PictureFormat::jpeg);
  const TempFolder folder;
  const RgbImage picture = noise(33, 17);
  write_picture(picture, folder / "plain", format);
  write_picture(picture, folder / "a", format, k_jpeg_quality, "clip=1 frame=2");
  CHECK(note_of(folder / "a") == "clip=1 frame=2");
  CHECK(only_picture(folder / "a").pixels == only_picture(folder / "plain").pixels);
  CHECK_FALSE(note_of(folder / "plain").has_value());
  CHECK_FALSE(note_of(folder / "gone").has_value());
  CHECK_FALSE(note_of(folder.path()).has_value());
  const std::string bytes = read_text(folder / "a");
  const std::size_t place = GENERATE_COPY(0, 21, bytes.find("clip=") - 3, bytes.size() / 2, bytes.size() - 1);
  std::string changed = bytes;
  changed[place] = static_cast<char>(changed[place] ^ 1);
  write_text(folder / "a", changed);
  CHECK_FALSE(note_of(folder / "a").has_value());
  write_text(folder / "a", bytes.substr(0, place));
  CHECK_FALSE(note_of(folder / "a").has_value());
  write_text(folder / "a", bytes + "more");
  CHECK_FALSE(note_of(folder / "a").has_value());
}

TEST_CASE("notes are found in no file of bytes that end too early", "[media][picture]")
{
  const TempFolder folder;
  write_picture(noise(9, 9), folder / "a", GENERATE(PictureFormat::png, PictureFormat::jpeg), 95, "a note");
  const std::string bytes = read_text(folder / "a");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_text(folder / "a", bytes.substr(0, size));
    CHECK_FALSE(note_of(folder / "a").has_value());
  }
}

TEST_CASE("a picture that cannot be written is an error that names the file, and leaves none", "[media][picture]")
{
  const TempFolder folder;
  const auto format = GENERATE(PictureFormat::png, PictureFormat::jpeg);
  const auto missing = thrown_by<StoreError>([&] { write_picture(noise(8, 8), folder / "gone" / "a", format); });
  CHECK(missing.thing() == (folder / "gone" / "a").native());
  CHECK(missing.cause() == "No such file or directory");
  CHECK(thrown_by<InputError>([&] { write_picture(RgbImage{}, folder / "a", format); }).thing() ==
        (folder / "a").native());
  CHECK_THROWS_AS(write_picture(noise(8, 8), folder / "a", PictureFormat::jpeg, 101), InputError);
  CHECK_THROWS_AS(write_picture(noise(65536, 1), folder / "a", PictureFormat::jpeg), InputError);
  CHECK(folder.entries() == 0);
}

TEST_CASE("portable pixmaps give their bytes", "[media][picture]")
{
  const TempFolder folder;
  const RgbImage picture = noise(13, 7);
  write_text(folder / "a.ppm", "P6\n13 7\n255\n" + std::string(picture.pixels.begin(), picture.pixels.end()));
  CHECK(only_picture(folder / "a.ppm").pixels == picture.pixels);
}

TEST_CASE("a gray picture is full range, as luma and as RGB", "[media][picture]")
{
  const TempFolder folder;
  const std::string levels = {0, 1, 16, 100, char(128), char(200), char(235), char(255)};
  write_text(folder / "a.pgm", "P5\n8 1\n255\n" + levels);
  const auto frames = frames_of(folder / "a.pgm");
  REQUIRE(frames.size() == 1);
  const LumaView luma = frames[0].luma();
  const RgbImage rgb = frames[0].to_rgb();
  CHECK(luma.range == LumaRange::full);
  for (int x = 0; x < 8; ++x) {
    const int level = static_cast<unsigned char>(levels[static_cast<std::size_t>(x)]);
    CHECK(luma.plane.row(0)[x] == level);
    CHECK(pixel(rgb, x, 0) == Rgb{level, level, level});
  }
}

TEST_CASE("gray of 16 bits is rounded to 8 and not cut", "[media][picture]")
{
  const TempFolder folder;
  write_text(folder / "a.pgm", "P5\n4 1\n65535\n" + std::string("\x00\x7F\x00\x80\x64\x80\xFF\xFF", 8));
  const auto frames = frames_of(folder / "a.pgm");
  REQUIRE(frames.size() == 1);
  const PlaneView plane = frames[0].luma().plane;
  CHECK(std::vector<int>(plane.row(0), plane.row(0) + 4) == std::vector<int>{0, 1, 101, 255});
}

TEST_CASE("RGB pictures have OpenCV's integer gray for luma", "[media][picture]")
{
  const TempFolder folder;
  write_qoi(folder / "a.qoi", {{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}});
  const auto frames = frames_of(folder / "a.qoi");
  REQUIRE(frames.size() == 1);
  const LumaView luma = frames[0].luma();
  CHECK(luma.range == LumaRange::full);
  CHECK(std::vector<int>(luma.plane.row(0), luma.plane.row(0) + 4) == std::vector<int>{76, 150, 29, 255});
}

}  // namespace
}  // namespace vidcv
