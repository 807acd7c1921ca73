#include <vidcv/clip/preprocess.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/identity.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vidcv {
namespace {

ModelDescription make_model(int resize_short, int input_size)
{
  ModelDescription model;
  model.resize_short = resize_short;
  model.input_size = input_size;
  model.mean = {127, 64, 0};
  model.deviation = {128, 2, 1};
  return model;
}

RgbImage make_picture(int width, int height)
{
  const auto area = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  return {width, height, std::vector<std::uint8_t>(3 * area)};
}

/// The noise of make_preprocess_data.py.
RgbImage make_noise(int width, int height)
{
  RgbImage picture = make_picture(width, height);
  std::uint32_t n = 0;
  for (std::uint8_t& level : picture.pixels) {
    level = static_cast<std::uint8_t>((n >> 13) ^ (n >> 24));
    n += 2654435761U;
  }
  return picture;
}

struct PillowCase {
  int width;
  int height;
  int resize_short;
  int input_size;
  const char* sha256;  // its first 16 digits, of the crop's bytes
};

// Printed by make_preprocess_data.py.
constexpr PillowCase k_pillow[] = {{1280, 720, 256, 224, "23eed85f1060bfe3"}, {64, 48, 256, 224, "8aae19c43f0a6869"},
                                   {224, 224, 224, 224, "c7321c4fb56de6e3"},  {224, 300, 224, 224, "0031870c5074cb6c"},
                                   {301, 224, 224, 224, "c926193ff28a655f"},  {255, 257, 224, 224, "a43c47fa6d0e7439"},
                                   {1, 1, 32, 24, "520450e0b3569fb6"},        {1, 2, 32, 24, "e97917442e0b7e64"},
                                   {3, 500, 16, 16, "7274d0c278607047"},      {500, 3, 16, 15, "f4530a44511a6985"},
                                   {2000, 30, 9, 8, "a482f5b706e91d79"},      {30, 2000, 9, 8, "1c455de562abd646"},
                                   {81, 243, 10, 10, "9375b3487977c4cd"},     {243, 81, 10, 10, "d36314b1f9af0dbc"},
                                   {100, 200, 50, 49, "f3568ab47873eb11"},    {99, 200, 50, 49, "d0c6bd15ad8483f1"},
                                   {339, 915, 256, 224, "74e45bf15b0c4b67"}};

}  // namespace

TEST_CASE("resize and crop give Pillow's pixels to the bit", "[clip]")
{
  for (const PillowCase& known : k_pillow) {
    CAPTURE(known.width, known.height, known.resize_short, known.input_size);
    const RgbImage crop =
        resize_and_crop(make_noise(known.width, known.height), make_model(known.resize_short, known.input_size));
    REQUIRE(crop.width == known.input_size);
    REQUIRE(crop.height == known.input_size);
    CHECK(sha256_hex(std::as_bytes(std::span(crop.pixels))).substr(0, 16) == known.sha256);
  }
}

TEST_CASE("a picture of the right size passes unchanged", "[clip]")
{
  const RgbImage picture = make_noise(32, 32);
  CHECK(resize_and_crop(picture, make_model(32, 32)).pixels == picture.pixels);
}

TEST_CASE("a picture of one colour keeps it, whatever its size", "[clip]")
{
  for (const auto& [width, height] : {std::pair{1, 1}, {7, 3}, {1000, 2}, {640, 480}}) {
    RgbImage picture = make_picture(width, height);
    std::ranges::fill(picture.pixels, std::uint8_t{201});
    CAPTURE(width, height);
    const RgbImage crop = resize_and_crop(picture, make_model(40, 32));
    CHECK(std::ranges::all_of(crop.pixels, [](int level) { return level == 201; }));
  }
}

TEST_CASE("a picture of 65535 x 1 pixels is reduced to the part that is kept", "[clip]")
{
  RgbImage lying = make_picture(65535, 1);
  lying.pixels[3 * 32767] = 255;  // the middle, which is all that a crop of this shape sees
  RgbImage standing = lying;
  std::swap(standing.width, standing.height);
  for (const RgbImage& picture : {lying, standing}) {
    CHECK(resize_and_crop(picture, make_model(4096, 4096)).pixels[3 * 2048 * 4097] > 200);
  }
}

TEST_CASE("the part that is seen is all that the tensor needs", "[clip]")
{
  const ModelDescription model = make_model(256, 224);
  for (const auto& [width, height] : {std::pair{1280, 720}, std::pair{339, 915}, std::pair{64, 48}}) {
    const RgbImage picture = make_noise(width, height);
    const Box part = seen_part(width, height, model);
    CHECK((part.x2 - part.x1 < width || part.y2 - part.y1 < height));
    std::vector<float> whole(3 * 224 * 224);
    std::vector<float> of_part(whole.size());
    preprocess(picture, model, whole);
    preprocess_part(cropped(picture, part), width, height, model, of_part);
    CHECK(whole == of_part);
  }
}

TEST_CASE("the tensor is channels first, each level scaled, shifted and divided", "[clip]")
{
  RgbImage picture = make_picture(2, 2);
  picture.pixels = {255, 64, 9, 127, 66, 0, 0, 0, 0, 0, 0, 1};
  std::vector<float> tensor(12, std::numeric_limits<float>::quiet_NaN());
  preprocess(picture, make_model(2, 2), tensor);
  CHECK(tensor == std::vector<float>{1, 0, -127 / 128.0F, -127 / 128.0F, 0, 1, -32, -32, 9, 0, 0, 1});
}

TEST_CASE("levels are scaled in double and normalised in float32, as transformers does", "[clip]")
{
  RgbImage picture = make_picture(1, 1);
  picture.pixels = {200, 100, 50};
  ModelDescription clip = make_model(1, 1);
  clip.scale = 1 / 255.0;
  clip.mean = {0.48145466F, 0.4578275F, 0.40821073F};
  clip.deviation = {0.26862954F, 0.26130258F, 0.27577711F};
  std::vector<float> tensor(3);
  preprocess(picture, clip, tensor);
  CHECK(tensor == std::vector<float>{1.12742280960083F, -0.2513202726840973F, -0.7692164778709412F});
}

TEST_CASE("a picture without pixels is refused", "[clip]")
{
  CHECK_THROWS_AS(resize_and_crop(RgbImage{}, make_model(8, 8)), InputError);
  CHECK_THROWS_AS(resize_and_crop(RgbImage{5, 0, {}}, make_model(8, 8)), InputError);
}

}  // namespace vidcv
