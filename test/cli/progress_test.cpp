#include "cli_fixture.hpp"

#include <vidcv/cli/report.hpp>
#include <vidcv/core/text.hpp>

#include <poll.h>
#include <sys/ioctl.h>

#include <array>
#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace vidcv {
namespace {

using testing::Redirected;
using testing::ScopedVariable;

constexpr int k_patience_ms = 60000;
constexpr unsigned short k_columns = 48;

/// A terminal of our own.
class Terminal {
 public:
  Terminal() : m_master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
  {
    REQUIRE(m_master >= 0);
    REQUIRE(::grantpt(m_master) == 0);
    REQUIRE(::unlockpt(m_master) == 0);
    const winsize size{.ws_row = 24, .ws_col = k_columns, .ws_xpixel = 0, .ws_ypixel = 0};
    REQUIRE(::ioctl(m_master, TIOCSWINSZ, &size) == 0);
    m_slave = ::open(::ptsname(m_master), O_RDWR | O_NOCTTY | O_CLOEXEC);  // keeps what was written until it is read
  }
  ~Terminal()
  {
    ::close(m_slave);
    ::close(m_master);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::string name() const { return ::ptsname(m_master); }

  /// All that was written so far.
  const std::string& shown(int wait_ms = 0)
  {
    pollfd ready{m_master, POLLIN, 0};
    std::array<char, 4096> text{};
    for (int wait = wait_ms; ::poll(&ready, 1, wait) > 0; wait = 0) {
      m_shown.append(text.data(), static_cast<std::size_t>(::read(m_master, text.data(), text.size())));
    }
    return m_shown;
  }

  /// Waits until that fits; however busy the machine is.
  template <typename Fits>
  bool shows(const Fits& fits)
  {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(k_patience_ms);
    while (!fits(shown(50))) {
      if (std::chrono::steady_clock::now() > end) { return false; }
    }
    return true;
  }

 private:
  int m_master;
  int m_slave;
  std::string m_shown;
};

/// The lines that were drawn, each of which begins at the start of its row and erases what is left of it.
std::vector<std::string> drawn(const std::string& shown)
{
  std::vector<std::string> lines;
  for (std::size_t at = shown.find('\r'); at != std::string::npos; at = shown.find('\r', at + 1)) {
    const std::size_t end = shown.find("\x1b[K", at);
    const std::string text = end == std::string::npos ? "" : shown.substr(at + 1, end - at - 1);
    if (!text.empty() && text.find_first_of("\r\n") == std::string::npos) { lines.push_back(text); }
  }
  return lines;
}

std::size_t count_drawn(const std::string& shown)
{
  return drawn(shown).size();
}

/// A report whose stderr is a terminal.
struct Run {
  explicit Run(Verbosity verbosity = Verbosity::normal, const char* kind = "xterm")
      : term("TERM", kind), err(STDERR_FILENO, terminal.name()), report({"vidcv test", false, false, verbosity})
  {
  }

  Terminal terminal;
  ScopedVariable term;
  Redirected err;
  Report report;
};

TEST_CASE("the progress line goes on by the clock while nothing happens", "[cli][progress]")
{
  Run run;
  run.report.expect(2);
  run.report.begin_file("/films/film.mp4");
  run.report.add_frames("/films/film.mp4", 1000);
  const auto changes = [](const std::string& shown) {
    const auto lines = drawn(shown);
    return std::set<std::string>(lines.begin(), lines.end()).size() >= 3;  // the rate of the frames falls
  };
  CHECK(run.terminal.shows(changes));
  for (const std::string& line : drawn(run.terminal.shown())) {
    CHECK_THAT(line, Catch::StartsWith("0/2  1000 frames  ") && Catch::Contains("film.mp4"));
  }
}

TEST_CASE("a message is written in place of the progress line, which is drawn again behind it", "[cli][progress]")
{
  Run run;
  run.report.expect(5);
  run.report.advance();
  REQUIRE(run.terminal.shows([](const std::string& shown) { return count_drawn(shown) > 0; }));
  run.report.failure(InputError("a.mp4", "open", "gone"));
  const std::string message = "\r\x1b[Kvidcv test: a.mp4: open: gone\r\n\r1/5";
  CHECK_THAT(run.terminal.shown(k_patience_ms), Catch::Contains(message));  // as one act: no timer is waited for
}

TEST_CASE("the progress line fits a terminal's width, with wide characters too", "[cli][progress]")
{
  Run run;
  run.report.expect(1000);
  for (int i = 0; i < 4; ++i) {
    run.report.begin_file("/films/" + std::to_string(i) + "\u6620\u753b\u306e\u9577\u3044\u540d\u524d\u6620\u753b.mp4");
  }
  REQUIRE(run.terminal.shows([](const std::string& shown) { return count_drawn(shown) > 0; }));
  for (const std::string& line : drawn(run.terminal.shown())) {
    CAPTURE(line);
    CHECK(columns_of(line) < k_columns);
    CHECK(is_utf8(line));
  }
}

TEST_CASE("a run on a terminal ends without a progress line and with one that says how it went", "[cli][progress]")
{
  Run run;
  run.report.expect(4);
  run.report.totals() = {2, 1, 1, 40, 0, 0, 0, 0};
  REQUIRE(run.terminal.shows([](const std::string& shown) { return count_drawn(shown) > 0; }));
  run.report.finish();
  const std::string shown = run.terminal.shown(k_patience_ms);
  CHECK_THAT(shown, Catch::Contains("\r\x1b[Kvidcv test: 2 done, 1 failed, 1 skipped, 40 frames in "));
  CHECK_THAT(shown, Catch::EndsWith(" s\r\n"));
}

TEST_CASE("a single input has a progress line as well", "[cli][progress]")
{
  Run run;
  run.report.expect(1);
  run.report.begin_file("film.mp4");
  CHECK(run.terminal.shows([](const std::string& shown) { return shown.find("0/1  film.mp4") != std::string::npos; }));
}

TEST_CASE("a terminal that cannot erase sees no progress line, but how the run went", "[cli][progress]")
{
  for (const char* kind : {"dumb", ""}) {
    Run run(Verbosity::normal, kind);
    run.report.expect(4);
    run.report.begin_file("film.mp4");
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    run.report.end_file("film.mp4");
    run.report.finish();
    CHECK_THAT(run.terminal.shown(k_patience_ms),
               Catch::StartsWith("vidcv test: 0 done, ") && Catch::EndsWith(" s\r\n"));
    CHECK(run.terminal.shown().find('\x1b') == std::string::npos);
  }
}

TEST_CASE("option -q silences the progress line and the last one, and so does a stderr that is not a terminal",
          "[cli][progress]")
{
  {
    Run run(Verbosity::quiet);
    run.report.expect(4);
    run.report.begin_file("film.mp4");
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    run.report.finish();
    CHECK(run.terminal.shown().empty());
  }
  const auto output = testing::output_of([] {
    Report report({"vidcv test", false, false, Verbosity::normal});
    report.expect(4);
    report.begin_file("film.mp4");
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
    report.finish();
  });
  CHECK(output.err.empty());
}

TEST_CASE("a command without inputs has no last line", "[cli][progress]")
{
  Run run;
  run.report.finish();
  CHECK(run.terminal.shown().empty());
}

TEST_CASE("files are begun and ended by several threads at once", "[cli][progress]")
{
  Run run;
  run.report.expect(400);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&run, t] {
      for (int i = 0; i < 100; ++i) {
        FileInHand file(run.report, std::to_string(t) + ".mp4");
        file.add_frames(3);
      }
    });
  }
  for (int i = 0; i < 20; ++i) { run.report.warning("meanwhile"); }
  for (std::thread& thread : threads) { thread.join(); }
  CHECK(run.terminal.shows([](const std::string& shown) { return shown.find("400/400  ") != std::string::npos; }));
  CHECK_THAT(drawn(run.terminal.shown()).back(), Catch::Contains("1200 frames"));
}

}  // namespace
}  // namespace vidcv
