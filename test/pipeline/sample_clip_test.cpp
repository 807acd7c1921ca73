#include "../media/media_fixture.hpp"

#include <vidcv/media/picture_writer.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <random>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;

/// 60 frames of noise at 10 per second, each unlike the others.
std::filesystem::path busy_clip(const TempFolder& folder)
{
  std::mt19937 random(7);
  std::vector<std::string> frames;
  for (int i = 0; i < 60; ++i) {
    std::string frame = flat_yuv420(48, 32, 0, 128, 128);
    for (std::size_t p = 0; p < 48 * 32; ++p) { frame[p] = static_cast<char>(random() % 200 + 20); }
    frames.push_back(frame);
  }
  write_y4m(folder / "busy.y4m", "W48 H32 F10:1 C420jpeg", frames);
  return folder / "busy.y4m";
}

TEST_CASE("pictures that had to be let go are decoded again, the same to the bit", "[pipeline][sample]")
{
  const TempFolder folder;
  const auto file = busy_clip(folder);
  SampleOptions roomy;
  roomy.decode.threads = GENERATE(1, 2);
  const SampledClip expected = sample_clip(file, roomy);
  REQUIRE(expected.frames.size() == 8);
  SampleOptions tight = roomy;
  tight.most_kept_bytes = GENERATE(1, 6000);  // of 2304 for a frame
  const SampledClip found = sample_clip(file, tight);
  REQUIRE(found.frames.size() == expected.frames.size());
  for (std::size_t i = 0; i < found.frames.size(); ++i) {
    CHECK(found.frames[i].pick.frame.number == expected.frames[i].pick.frame.number);
    CHECK(found.frames[i].quality == expected.frames[i].quality);
    CHECK(found.frames[i].picture->to_rgb().pixels == expected.frames[i].picture->to_rgb().pixels);
  }
}

TEST_CASE("each chosen frame is handed on in order and its picture let go", "[pipeline][sample]")
{
  const TempFolder folder;
  SampleOptions options;
  options.most_kept_bytes = 1;
  std::vector<std::int64_t> handed;
  options.on_choice = [&](std::size_t place, const SampledFrame& frame) {
    CHECK(place == handed.size());
    CHECK(frame.picture);
    handed.push_back(frame.pick.frame.number);
  };
  const SampledClip clip = sample_clip(busy_clip(folder), options);
  REQUIRE(clip.frames.size() == handed.size());
  for (std::size_t i = 0; i < handed.size(); ++i) {
    CHECK(clip.frames[i].pick.frame.number == handed[i]);
    CHECK_FALSE(clip.frames[i].picture);
  }
}

TEST_CASE("skipped frames are reported only on request, and no chosen frame is among them", "[pipeline][sample]")
{
  const TempFolder folder;
  const auto file = busy_clip(folder);
  SampleOptions options;
  CHECK(sample_clip(file, options).rejected.empty());
  options.explain = true;
  const SampledClip clip = sample_clip(file, options);
  CHECK(clip.rejected.size() == 60 - 8);
  for (const SampledFrame& frame : clip.frames) { CHECK_FALSE(frame.pick.why.empty()); }
}

TEST_CASE("a damaged still is decoded once", "[pipeline][sample]")
{
  const TempFolder folder;
  write_picture(flat_picture(48, 32, {200, 100, 50}), folder / "whole.jpg", PictureFormat::jpeg);
  const std::string bytes = read_text(folder / "whole.jpg");
  write_text(folder / "cut.jpg", bytes.substr(0, bytes.size() - 10));
  SampleOptions options;
  options.decode.threads = 2;
  const SampledClip clip = sample_clip(folder / "cut.jpg", options);
  CHECK(clip.frames_damaged > 0);
  CHECK(clip.decodes == 1);
}

TEST_CASE("a damaged clip that gives no picture is decoded with one thread before it fails", "[pipeline][sample]")
{
  const TempFolder folder;
  write_picture(flat_picture(48, 32, {200, 100, 50}), folder / "whole.jpg", PictureFormat::jpeg);
  std::string bytes = read_text(folder / "whole.jpg");
  bytes.at(bytes.find("\xFF\xC0") + 4) = 77;  // bits of a sample, which no decoder has
  write_text(folder / "bad.mjpeg", bytes + bytes + bytes + bytes);
  const auto looks_with = [&](int threads) {
    std::atomic<int> looks = 0;  // at the clock, with each packet
    SampleOptions options;
    options.decode.threads = threads;
    options.decode.abandoned = [&] { return ++looks, false; };
    CHECK_THROWS_WITH(sample_clip(folder / "bad.mjpeg", options), Catch::Contains("no picture could be decoded"));
    return looks.load();
  };
  CHECK(looks_with(2) >= 2 * looks_with(1));
}

}  // namespace
}  // namespace vidcv
