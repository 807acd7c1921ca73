#include <vidcv/media/picture_writer.hpp>

#include "media_fixture.hpp"

#include <random>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;

struct Outcome {
  std::size_t frames = 0;
  bool refused = false;
};

/// Decodes and converts all that there is. Any error but MediaError ends the test.
Outcome decoded(const std::filesystem::path& file)
{
  Outcome outcome;
  try {
    ClipReader reader(file, {1, {}});
    while (auto frame = reader.next()) {
      ++outcome.frames;
      const LumaView luma = frame->luma();
      const RgbImage rgb = frame->to_rgb();
      CHECK(luma.plane.data != nullptr);
      CHECK(rgb.pixels.size() == static_cast<std::size_t>(rgb.width) * static_cast<std::size_t>(rgb.height) * 3);
    }
  } catch (const MediaError&) {
    outcome.refused = true;
  }
  return outcome;
}

std::string with_damage(std::string bytes, std::mt19937& random)
{
  const int spots = 1 + static_cast<int>(random() % 4);
  for (int i = 0; i < spots; ++i) { bytes[random() % bytes.size()] = static_cast<char>(random()); }
  return bytes;
}

RgbImage gradient()
{
  RgbImage image = flat_picture(48, 32, {0, 0, 0});
  for (std::size_t i = 0; i < image.pixels.size(); ++i) { image.pixels[i] = static_cast<std::uint8_t>(i * 7 % 256); }
  return image;
}

TEST_CASE("damaged files end in frames or a MediaError, and soon", "[media][damage]")
{
  const TempFolder folder;
  write_picture(gradient(), folder / "whole.png", PictureFormat::png);
  write_picture(gradient(), folder / "whole.jpg", PictureFormat::jpeg);
  write_y4m(folder / "whole.y4m", "W48 H32 F25:1 C420jpeg",
            std::vector<std::string>(3, flat_yuv420(48, 32, 100, 128, 128)));
  const std::string whole = GENERATE(as<std::string>{}, "whole.png", "whole.jpg", "whole.y4m");
  const std::string bytes = read_text(folder / whole);
  std::mt19937 random(4711);
  for (int round = 0; round < 100; ++round) {
    CAPTURE(whole, round);
    write_text(folder / "damaged", with_damage(bytes, random));
    const Outcome outcome = decoded(folder / "damaged");
    CHECK(outcome.frames <= 3);
  }
}

TEST_CASE("a file that ends too soon ends in frames or a MediaError, wherever it ends", "[media][damage]")
{
  const TempFolder folder;
  const auto format = GENERATE(PictureFormat::png, PictureFormat::jpeg);
  write_picture(gradient(), folder / "whole", format);
  const std::string bytes = read_text(folder / "whole");
  for (std::size_t size = 1; size < bytes.size(); size += 1 + bytes.size() / 60) {
    CAPTURE(size);
    write_text(folder / "cut", bytes.substr(0, size));
    CHECK(decoded(folder / "cut").frames <= 1);
  }
  CHECK(decoded(folder / "whole").frames == 1);
}

TEST_CASE("a JPEG that loses all but its header gives no picture, and its packet is counted", "[media][damage]")
{
  const TempFolder folder;
  write_picture(gradient(), folder / "whole.jpg", PictureFormat::jpeg);
  const std::string bytes = read_text(folder / "whole.jpg");
  write_text(folder / "cut.jpg", bytes.substr(0, bytes.find("\xFF\xC0")));  // before the size is known
  ClipReader reader(folder / "cut.jpg", {1, {}});
  CHECK_FALSE(reader.next().has_value());
  CHECK(reader.damaged() == 1);
}

TEST_CASE("what follows a picture in its file changes nothing", "[media][damage]")
{
  const TempFolder folder;
  const auto format = GENERATE(PictureFormat::png, PictureFormat::jpeg);
  write_picture(gradient(), folder / "a", format);
  const RgbImage before = only_picture(folder / "a");
  write_text(folder / "a", read_text(folder / "a") + std::string(5000, 'x'));
  CHECK(only_picture(folder / "a").pixels == before.pixels);
  CHECK(ClipReader(folder / "a", {}).is_picture());
}

TEST_CASE("a JPEG that breaks off is damaged, a whole one is not", "[media][damage]")
{
  const TempFolder folder;
  write_picture(gradient(), folder / "a.jpg", PictureFormat::jpeg);
  const std::string whole = read_text(folder / "a.jpg");
  const auto damage_of = [&](const std::string& bytes) {
    write_text(folder / "b.jpg", bytes);
    ClipReader reader(folder / "b.jpg", {});
    CHECK(reader.next());
    CHECK_FALSE(reader.next());
    return reader.damaged();
  };
  CHECK(damage_of(whole) == 0);
  CHECK(damage_of(whole + "what cameras leave behind it") == 0);
  CHECK(damage_of(whole.substr(0, whole.size() - 2)) == 1);
  CHECK(damage_of(whole.substr(0, whole.size() - 200)) >= 1);
}

}  // namespace
}  // namespace vidcv
