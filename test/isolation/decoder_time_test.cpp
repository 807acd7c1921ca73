#include "relay_fixture.hpp"

#include <vidcv/core/stopwatch.hpp>

#include <catch2/catch.hpp>

#include <future>
#include <thread>

namespace vidcv {
namespace {

using namespace vidcv::testing;
using namespace std::chrono_literals;

constexpr int k_frames = 20;

DecodeOptions limited_to(double wall_s, Isolation isolation = Isolation::process)
{
  DecodeOptions options = isolated();
  options.isolation = isolation;
  options.limits.wall_s = wall_s;
  return options;
}

/// Reads the clip and takes six seconds at one of its frames.
Seen seen_by_a_slow_reader(const std::filesystem::path& file, const DecodeOptions& options)
{
  return see(file, options, [](std::int64_t number) {
    if (number == 1) { std::this_thread::sleep_for(6s); }
  });
}

}  // namespace

TEST_CASE("time that a reader takes for itself does not count against the limit of a file", "[media][isolation]")
{
  const Relay relay("none 0");
  const TempFolder folder;
  write_grays(folder / "a.y4m", k_frames);
  const Seen whole = see(folder / "a.y4m");
  const auto slowly = [&](Isolation isolation) {
    return std::async(std::launch::async, seen_by_a_slow_reader, folder / "a.y4m", limited_to(4, isolation));
  };
  auto isolated_one = slowly(Isolation::process);
  auto own = slowly(Isolation::none);
  CHECK(isolated_one.get() == whole);
  CHECK(own.get() == whole);
}

TEST_CASE("answers that take too long together are not called a hang", "[media][isolation]")
{
  const Relay relay("slow 300");
  const TempFolder folder;
  write_grays(folder / "a.y4m", k_frames);
  const Seen seen = see(folder / "a.y4m", limited_to(3));
  CHECK(seen.failure ==
        (folder / "a.y4m").native() + ": decode: more than 3 seconds spent on it ([limits] limit_wall_sec)");
  CHECK_FALSE(seen.frames.empty());
}

TEST_CASE("a decoder that stops answering is a hang, and costs its file", "[media][isolation]")
{
  const TempFolder folder;
  write_grays(folder / "a.y4m", k_frames);
  for (const int behind : {3, 9}) {
    const Relay relay(fmt::format("hang {}", behind));
    const Seen seen = see(folder / "a.y4m", limited_to(0.1));
    CHECK(seen.failure ==
          (folder / "a.y4m").native() +
              ": decode: more than 0.1 seconds spent on it ([limits] limit_wall_sec); the decoder hung");
  }
}

TEST_CASE("a decoder that does not let go of its file costs the next one nothing", "[media][isolation]")
{
  const TempFolder folder;
  write_grays(folder / "a.y4m", 2);
  const Relay relay("hang 8 once");  // Ready, Open, Opened, More, Picture, More, Picture, End
  const Seen seen = see(folder / "a.y4m");
  CHECK(relay.faults().size() == 1);
  CHECK(seen.failure.empty());
  CHECK(see(folder / "a.y4m") == seen);
}

}  // namespace vidcv
