#include "media_fixture.hpp"

#include <libheif/heif.h>

#include <memory>
#include <string>

// The encoder that makes the test's files leaks; what is tested only decodes.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions()
{
  return "leak:libx265";
}

namespace vidcv {
namespace {

using namespace testing;
namespace fs = std::filesystem;

void require(const heif_error& status)
{
  INFO(status.message);
  REQUIRE(status.code == heif_error_Ok);
}

/// A still: left half red, right half blue.
void write_heif(const fs::path& file, int width, int height, heif_compression_format compression, int orientation = 1)
{
  heif_image* image = nullptr;
  require(heif_image_create(width, height, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image));
  require(heif_image_add_plane(image, heif_channel_interleaved, width, height, 8));
  int stride = 0;
  std::uint8_t* rows = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* p = rows + y * stride + 3 * x;
      p[0] = x < width / 2 ? 220 : 20;
      p[1] = 20;
      p[2] = x < width / 2 ? 20 : 220;
    }
  }
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  require(heif_context_get_encoder_for_format(context, compression, &encoder));
  require(heif_encoder_set_lossy_quality(encoder, 90));
  heif_encoding_options* options = heif_encoding_options_alloc();
  options->image_orientation = static_cast<heif_orientation>(orientation);
  require(heif_context_encode_image(context, image, encoder, options, nullptr));
  heif_encoding_options_free(options);
  require(heif_context_write_to_file(context, file.c_str()));
  heif_encoder_release(encoder);
  heif_context_free(context);
  heif_image_release(image);
}

void write_heic(const fs::path& file, int width, int height)
{
  write_heif(file, width, height, heif_compression_HEVC);
}

TEST_CASE("a HEIC still is a picture", "[media][heic]")
{
  const TempFolder folder;
  write_heic(folder / "a.heic", 96, 64);
  ClipReader reader(folder / "a.heic", {});
  CHECK(reader.is_picture());
  const auto frame = reader.next();
  REQUIRE(frame);
  CHECK(frame->number() == 0);
  CHECK(frame->timestamp_s() == 0);
  CHECK_FALSE(reader.next());
  CHECK(reader.damaged() == 0);
  const RgbImage picture = frame->to_rgb();
  CHECK(picture.width == 96);
  CHECK(picture.height == 64);
  CHECK(distance(pixel(picture, 20, 30), {220, 20, 20}) < 30);
  CHECK(distance(pixel(picture, 75, 30), {20, 20, 220}) < 30);
  CHECK(frame_times(folder / "a.heic", {}, Unproven::leave).times_s == std::vector<double>{0});
}

TEST_CASE("an AVIF still is a picture, whose orientation is applied", "[media][heic]")
{
  struct Case {
    int orientation;
    int red_x;  // of a point that is red, in a picture of 96 x 64, or of 64 x 96
    int red_y;
    int blue_x;
    int blue_y;
  };
  const Case turn =
      GENERATE(Case{1, 20, 30, 75, 30}, Case{2, 75, 30, 20, 30}, Case{3, 75, 30, 20, 30}, Case{4, 20, 30, 75, 30},
               Case{5, 30, 20, 30, 75}, Case{6, 30, 20, 30, 75}, Case{7, 30, 75, 30, 20}, Case{8, 30, 75, 30, 20});
  CAPTURE(turn.orientation);
  const TempFolder folder;
  write_heif(folder / "a.avif", 96, 64, heif_compression_AV1, turn.orientation);
  DecodeOptions options;
  options.isolation = GENERATE(Isolation::none, Isolation::process);
  ClipReader reader(folder / "a.avif", options);
  CHECK(reader.is_picture());
  CHECK_FALSE(reader.claims().fps.has_value());
  const auto frame = reader.next();
  REQUIRE(frame);
  const RgbImage picture = frame->to_rgb();
  CHECK(picture.width == (turn.orientation < 5 ? 96 : 64));
  CHECK(distance(pixel(picture, turn.red_x, turn.red_y), {220, 20, 20}) < 30);
  CHECK(distance(pixel(picture, turn.blue_x, turn.blue_y), {20, 20, 220}) < 30);
  CHECK_FALSE(reader.next());
}

TEST_CASE("an AVIF of more pixels than anything holds names the limit", "[media][heic]")
{
  const TempFolder folder;
  write_heif(folder / "a.avif", 96, 64, heif_compression_AV1);
  std::string bytes = read_text(folder / "a.avif");
  const std::size_t size = bytes.find("ispe");
  REQUIRE(size != std::string::npos);
  bytes.replace(size + 8, 8, std::string("\0\0\x42\x68\0\0\x42\x68", 8));  // 17000 x 17000
  write_text(folder / "a.avif", bytes);
  CHECK_THROWS_WITH(only_picture(folder / "a.avif"), Catch::Contains("limit_pixels"));
}

TEST_CASE("a HEIC still that breaks off or is too large is refused", "[media][heic]")
{
  const TempFolder folder;
  write_heic(folder / "a.heic", 96, 64);
  const std::string whole = read_text(folder / "a.heic");
  for (const std::size_t size : {13UL, 40UL, 200UL, whole.size() / 2, whole.size() - 20}) {
    CAPTURE(size);
    write_text(folder / "b.heic", whole.substr(0, size));
    CHECK_THROWS_AS(only_picture(folder / "b.heic"), MediaError);
  }
  DecodeOptions small;
  small.limits.pixels = 96 * 64 - 1;
  CHECK_THROWS_WITH(frames_of(folder / "a.heic", small), Catch::Contains("limit_pixels"));
}

}  // namespace
}  // namespace vidcv
