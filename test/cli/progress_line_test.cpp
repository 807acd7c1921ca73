// Private to lib/cli: only a terminal would show it otherwise.
#include "progress_line.hpp"

#include <vidcv/core/text.hpp>

#include <catch2/catch.hpp>

#include <string>

namespace vidcv {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t k_wide = 200;

/// A line on a clock of its own.
struct Fixture {
  ProgressClock::time_point now{seconds(1000)};
  ProgressLine line;

  explicit Fixture(std::int64_t total) : line(total, now) {}
  void wait(ProgressClock::duration time) { now += time; }
  void advance(int count, ProgressClock::duration each)
  {
    for (int i = 0; i < count; ++i) {
      wait(each);
      line.advance(now);
    }
  }
  std::string text(std::size_t columns = k_wide) { return line.text(now, columns); }
};

TEST_CASE("the progress line has what is done, the rate and the time left", "[cli][progress]")
{
  Fixture f(100);
  CHECK(f.text() == "0/100");
  f.advance(10, milliseconds(500));
  CHECK(f.text() == "10/100  2.0/s  0:00:45 left");
}

TEST_CASE("the rate is that of the last ten seconds and not of the whole run", "[cli][progress]")
{
  Fixture f(10000);
  f.advance(100, milliseconds(10));
  f.advance(40, seconds(1));
  CHECK(f.text().find("  1.0/s  2:4") != std::string::npos);  // of the 9860 that are left
}

TEST_CASE("the rate falls and the time left grows while nothing is done", "[cli][progress]")
{
  Fixture f(20);
  f.advance(10, milliseconds(500));
  CHECK(f.text() == "10/20  2.0/s  0:00:05 left");
  f.wait(seconds(5));
  CHECK(f.text() == "10/20  1.0/s  0:00:10 left");
  f.wait(seconds(590));
  CHECK(f.text().find("/min") != std::string::npos);
}

TEST_CASE("a slow run has a rate too, over its last few files", "[cli][progress]")
{
  Fixture f(100);
  f.advance(6, seconds(60));
  CHECK(f.text() == "6/100  1.0/min  1:34:00 left");
}

TEST_CASE("no time left is promised where all that is left is in hand", "[cli][progress]")
{
  Fixture f(11);
  f.line.begin_file("/films/long.mp4", f.now);
  f.advance(10, milliseconds(100));
  f.wait(seconds(29));
  f.line.add_frames("/films/long.mp4", 900, f.now);
  CHECK(f.text() == "10/11  0.3/s  900 frames  30.0/s  long.mp4 (900 frames, 0:00:30)");
  f.line.end_file("/films/long.mp4", f.now);
  CHECK(f.text() == "11/11  0.4/s  900 frames  30.0/s");
}

TEST_CASE("files in hand are named, the oldest first, and those that end are not", "[cli][progress]")
{
  Fixture f(9);
  for (const char* name : {"/a/one.mp4", "/b/two\n.mp4", "/c/three.mp4"}) { f.line.begin_file(name, f.now); }
  CHECK(f.text() == "0/9  one.mp4, two\\n.mp4, three.mp4");
  f.line.add_frames("/b/two\n.mp4", 7, f.now);
  f.line.end_file("/a/one.mp4", f.now);
  f.wait(seconds(1));
  CHECK(f.text() == "1/9  1.0/s  0:00:08 left  7 frames  7.0/s  two\\n.mp4 (7 frames), three.mp4");
}

TEST_CASE("the progress line is never wider than the terminal, whatever the names are", "[cli][progress]")
{
  Fixture f(9);
  for (const char* name : {"/a/a very long name of a clip, take 12, final.mp4",
                           "/b/\u6620\u753b\u306e\u3068\u3066\u3082\u9577\u3044\u540d\u524d.mp4", "/c/caf\xE9 \xFF.mp4",
                           "/d/\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600\U0001F600.mp4", "/e/s.mp4"}) {
    f.line.begin_file(name, f.now);
  }
  f.advance(3, seconds(1));
  f.line.add_frames("/e/s.mp4", 123456, f.now);
  for (std::size_t columns = 0; columns < 250; ++columns) {
    CAPTURE(columns, f.text(columns));
    CHECK(columns_of(f.text(columns)) <= columns);
  }
  CHECK(f.text(250).find("final.mp4 (0:00:03), ") != std::string::npos);
  CHECK(f.text(80).find(" +4") != std::string::npos);  // the oldest alone, and how many more
}

}  // namespace
}  // namespace vidcv
