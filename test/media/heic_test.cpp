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

/// A HEIC still: left half red, right half blue.
void write_heic(const fs::path& file, int width, int height)
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
  require(heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder));
  require(heif_encoder_set_lossy_quality(encoder, 90));
  require(heif_context_encode_image(context, image, encoder, nullptr, nullptr));
  require(heif_context_write_to_file(context, file.c_str()));
  heif_encoder_release(encoder);
  heif_context_free(context);
  heif_image_release(image);
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
  CHECK(packet_times(folder / "a.heic", {}) == std::vector<double>{0});
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
