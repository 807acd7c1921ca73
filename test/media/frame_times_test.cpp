#include "media_fixture.hpp"

#include <string>
#include <vector>

namespace vidcv {
namespace {

using namespace testing;

TEST_CASE("packets have the times of the frames they hold", "[media][packets]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420jpeg",
            std::vector<std::string>(50, flat_yuv420(16, 16, 20, 128, 128)));
  const std::vector<double> times_s = frame_times(folder / "a.y4m", {}, Unproven::decode).times_s;
  const auto frames = frames_of(folder / "a.y4m");
  REQUIRE(times_s.size() == frames.size());
  for (std::size_t i = 0; i < frames.size(); ++i) { CHECK(times_s[i] == Approx(frames[i].timestamp_s()).margin(1e-9)); }
}

TEST_CASE("where every packet is a keyframe, keyframes alone are all frames", "[media][packets]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420jpeg", std::vector<std::string>(9, flat_yuv420(16, 16, 20, 128, 128)));
  DecodeOptions options;
  options.keyframes_only = true;
  CHECK(frames_of(folder / "a.y4m", options).size() == 9);
}

TEST_CASE("packets of a file that is no video are an error as its frames are", "[media][packets]")
{
  const TempFolder folder;
  write_text(folder / "a.mp4", "no video");
  CHECK_THROWS_AS(frame_times(folder / "a.mp4", {}, Unproven::leave), MediaError);
  CHECK_THROWS_AS(frame_times(folder / "gone.mp4", {}, Unproven::leave), MediaError);
}

TEST_CASE("a picture's frame in another place is the same picture", "[media][packets]")
{
  const TempFolder folder;
  write_y4m(folder / "a.y4m", "W16 H16 F25:1 C420jpeg", {flat_yuv420(16, 16, 77, 128, 128)});
  const Frame frame = frames_of(folder / "a.y4m").at(0).placed(47, 1.5);
  CHECK(frame.number() == 47);
  CHECK(frame.timestamp_s() == 1.5);
  CHECK(frame.luma().plane.row(3)[3] == 77);
}

}  // namespace
}  // namespace vidcv
