#include <vidcv/exchange/frame_rate.hpp>

#include <catch2/catch.hpp>

namespace vidcv {

TEST_CASE("a measured rate is a whole number, one of NTSC's, or itself")
{
  CHECK(rate_of(25) == FrameRate{25, 1});
  CHECK(rate_of(24.0001) == FrameRate{24, 1});
  CHECK(rate_of(23.976) == FrameRate{24000, 1001});
  CHECK(rate_of(29.97002997) == FrameRate{30000, 1001});
  CHECK(rate_of(59.94) == FrameRate{60000, 1001});
  CHECK(rate_of(30) == FrameRate{30, 1});
  CHECK(rate_of(12.5) == FrameRate{25, 2});
  CHECK(rate_of(14.985) == FrameRate{2997, 200});  // nobody's
  CHECK(rate_of(1) == FrameRate{1, 1});
  CHECK(rate_of(0.5) == FrameRate{1, 2});
}

TEST_CASE("timecode counts frames, and at 29.97 and 59.94 follows the clock by leaving out numbers")
{
  CHECK(timecode(0, {25, 1}) == "00:00:00:00");
  CHECK(timecode(25 * 3661 + 24, {25, 1}) == "01:01:01:24");
  CHECK(timecode(86400, {24000, 1001}) == "01:00:00:00");
  const FrameRate ntsc{30000, 1001};
  CHECK(timecode(1799, ntsc) == "00:00:59;29");
  CHECK(timecode(1800, ntsc) == "00:01:00;02");  // 0 and 1 are left out
  CHECK(timecode(17981, ntsc) == "00:09:59;29");
  CHECK(timecode(17982, ntsc) == "00:10:00;00");  // but not in a tenth minute
  CHECK(timecode(107892, ntsc) == "01:00:00;00");
  CHECK(timecode(3600, {60000, 1001}) == "00:01:00;04");
}

TEST_CASE("the first frame of an hour has the timecode of an hour")
{
  for (const FrameRate rate : {FrameRate{24, 1}, FrameRate{24000, 1001}, FrameRate{25, 1}, FrameRate{30000, 1001},
                               FrameRate{30, 1}, FrameRate{60000, 1001}}) {
    const std::string code = timecode(first_frame_of_hour(rate), rate);
    CHECK(code.substr(0, 8) == "01:00:00");
    CHECK(code.substr(9) == "00");
  }
}

TEST_CASE("frames are rational seconds without a rest")
{
  CHECK(rational_seconds(1, {30000, 1001}) == "1001/30000s");
  CHECK(rational_seconds(30000, {30000, 1001}) == "1001s");
  CHECK(rational_seconds(48, {24, 1}) == "2s");
  CHECK(rational_seconds(0, {25, 1}) == "0s");
  CHECK(rational_seconds(5, {25, 2}) == "2/5s");
}

TEST_CASE("the frame at a time is the nearest one at every rate")
{
  for (const FrameRate rate : {FrameRate{24000, 1001}, FrameRate{30000, 1001}, FrameRate{60000, 1001}}) {
    for (std::int64_t frame = 0; frame < 1'000'000; frame += 997) {
      CHECK(frame_at(static_cast<double>(frame) / rate.fps(), rate) == frame);
    }
  }
}

}  // namespace vidcv
