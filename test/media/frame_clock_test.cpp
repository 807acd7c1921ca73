#include "timing/frame_clock.hpp"

#include <catch2/catch.hpp>

#include <vector>

namespace vidcv {
namespace {

using Times = std::vector<double>;
constexpr std::int64_t k_none = AV_NOPTS_VALUE;

/// A stream at 25 frames/s whose clock ticks a thousand times a second.
struct Stream {
  explicit Stream(const char* format) : context(avformat_alloc_context())
  {
    context->iformat = av_find_input_format(format);
    stream = avformat_new_stream(context.get(), nullptr);
    stream->time_base = {1, 1000};
    stream->avg_frame_rate = {25, 1};
  }

  struct Free {
    void operator()(AVFormatContext* object) const noexcept { avformat_free_context(object); }
  };
  std::unique_ptr<AVFormatContext, Free> context;
  AVStream* stream;
};

AVFrame frame_at(std::int64_t pts)
{
  AVFrame frame{};
  frame.pts = pts;
  return frame;
}

/// Times of frames that come out of the decoder with these stamps, where no packet is known to be under way.
Times times_of(const Stream& stream, const std::vector<std::int64_t>& stamps, std::int64_t* restarts = nullptr)
{
  FrameClock clock(*stream.context, *stream.stream, StampSource::pts);
  Times times;
  for (const std::int64_t stamp : stamps) {
    clock.note_frame(frame_at(stamp));
    CHECK_FALSE(clock.must_wait());
    times.push_back(clock.next_s());
  }
  if (restarts != nullptr) { *restarts = clock.restarts(); }
  return times;
}

TEST_CASE("time goes on where a clock starts again, and each such place is counted", "[media][clock]")
{
  std::int64_t restarts = 0;
  const Times expected = {0, 0.04, 0.08, 0.12, 0.16, 0.2};
  CHECK(times_of(Stream("mov"), {5000, 5040, 5080, 0, 40, 80}, &restarts) == expected);
  CHECK(restarts == 1);
  CHECK(times_of(Stream("mov"), {5000, 5040, 3000, 3040, 0, 40}, &restarts) == expected);
  CHECK(restarts == 2);
}

TEST_CASE("a leap is a restart in transport streams and a gap in other formats", "[media][clock]")
{
  std::int64_t restarts = 0;
  CHECK(times_of(Stream("mpegts"), {0, 40, 3600000, 3600040}, &restarts) == Times{0, 0.04, 0.08, 0.12});
  CHECK(restarts == 1);
  CHECK(times_of(Stream("mov"), {0, 40, 3600000, 3600040}, &restarts) == Times{0, 0.04, 3600, 3600.04});
  CHECK(restarts == 0);
  CHECK(times_of(Stream("mpegts"), {0, 40, 9000, 9040}, &restarts) == Times{0, 0.04, 9, 9.04});
  CHECK(restarts == 0);
}

TEST_CASE("a wild stamp in a transport stream shifts no later frame", "[media][clock]")
{
  CHECK(times_of(Stream("mpegts"), {0, 40, 50000000, 120, 160}) == Times{0, 0.04, 0.08, 0.12, 0.16});
}

TEST_CASE("no two frames have one time", "[media][clock]")
{
  std::int64_t restarts = 0;
  CHECK(times_of(Stream("mov"), {0, 0, 80, 80, 160}, &restarts) == Times{0, 0.001, 0.08, 0.081, 0.16});
  CHECK(times_of(Stream("mov"), {0, 40, 35, 120}, &restarts) == Times{0, 0.04, 0.041, 0.12});
  CHECK(restarts == 0);
}

TEST_CASE("a frame without a stamp follows the one before by the usual step, the first frame too", "[media][clock]")
{
  CHECK(times_of(Stream("mov"), {0, k_none, 80, k_none}) == Times{0, 0.04, 0.08, 0.12});
  CHECK(times_of(Stream("mov"), {k_none, 80, 120}) == Times{0, 0.04, 0.08});
}

TEST_CASE("stamps in disorder are put in order, and only then does a frame wait", "[media][clock]")
{
  const Stream stream("mov");
  stream.stream->codecpar->video_delay = 1;
  FrameClock clock(*stream.context, *stream.stream, StampSource::pts);
  const auto feed = [&](std::int64_t pts) {
    AVPacket packet{};
    packet.pts = pts;
    packet.dts = pts;
    clock.note_packet(packet);
  };
  for (const std::int64_t pts : {0, 40, 80, 120, 160}) { feed(pts); }
  Times times;
  for (const std::int64_t pts : {0, 80, 120, 40, 160}) {  // 40 is of a picture that is shown after two others
    clock.note_frame(frame_at(pts));
    CHECK(clock.must_wait() == (pts == 80 || pts == 120));
    while (!clock.must_wait()) { times.push_back(clock.next_s()); }
  }
  CHECK(times == Times{0, 0.04, 0.08, 0.12, 0.16});
}

TEST_CASE("a stream is timed by decoding times where some of its packets have no other", "[media][clock]")
{
  const auto source_of = [](const std::vector<std::pair<std::int64_t, std::int64_t>>& stamps) {
    std::vector<PacketPtr> packets;
    for (const auto& [pts, dts] : stamps) {
      packets.emplace_back(av_packet_alloc());
      packets.back()->pts = pts;
      packets.back()->dts = dts;
    }
    return stamp_source(*Stream("avi").context, packets);
  };
  CHECK(source_of({{0, 0}, {80, 40}}) == StampSource::pts);
  CHECK(source_of({{k_none, 0}, {k_none, 40}, {80, 80}}) == StampSource::dts);
  CHECK(source_of({{0, k_none}, {k_none, k_none}}) == StampSource::pts);
  CHECK(source_of({{k_none, k_none}}) == StampSource::none);
}

}  // namespace
}  // namespace vidcv
