// Private to lib/cli: only a terminal would show it otherwise.
#include "../../lib/cli/src/progress.hpp"

#include "cli_fixture.hpp"

#include <vidcv/cli/report.hpp>

#include <array>
#include <string>

namespace vidcv {
namespace {

using testing::output_of;
using testing::Redirected;

/// A terminal of our own.
class Terminal {
 public:
  Terminal() : m_master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC))
  {
    REQUIRE(m_master >= 0);
    REQUIRE(::grantpt(m_master) == 0);
    REQUIRE(::unlockpt(m_master) == 0);
    m_slave = ::open(::ptsname(m_master), O_RDWR | O_NOCTTY | O_CLOEXEC);  // keeps what was written until it is read
  }
  ~Terminal() { ::close(m_master); }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  std::string name() const { return ::ptsname(m_master); }
  /// All that was written; nobody may write any more.
  std::string shown() const
  {
    ::close(m_slave);
    std::string all;
    std::array<char, 4096> text{};
    for (ssize_t size = 0; (size = ::read(m_master, text.data(), text.size())) > 0;) {
      all.append(text.data(), static_cast<std::size_t>(size));
    }
    return all;
  }

 private:
  int m_master;
  int m_slave;
};

void work(Report& report, int inputs)
{
  report.expect(inputs);
  for (int i = 0; i < inputs; ++i) { report.advance(); }
}

TEST_CASE("the progress line has what is done, the rate and the time left", "[cli][progress]")
{
  CHECK(Progress::line(10, 100, 5) == "10/100  2.0/s  0:00:45 left");
  CHECK(Progress::line(1, 3601, 1) == "1/3601  1.0/s  1:00:00 left");
  CHECK(Progress::line(1, 3700, 30) == "1/3700  0.0/s  30:49:30 left");
  CHECK(Progress::line(100, 100, 8) == "100/100  12.5/s  0:00:00 left");
}

TEST_CASE("without a rate the progress line promises no time", "[cli][progress]")
{
  CHECK(Progress::line(0, 9, 0) == "0/9");
  CHECK(Progress::line(0, 9, 3) == "0/9");
  CHECK(Progress::line(2, 9, 0) == "2/9");
}

TEST_CASE("a stderr that is no terminal sees no progress", "[cli][progress]")
{
  CHECK(output_of([] {
          Report report({"vidcv test", false, false, Verbosity::normal});
          work(report, 5);
        }).err.empty());
}

TEST_CASE("progress is drawn on a terminal and taken away before anything else is written", "[cli][progress]")
{
  const Terminal terminal;
  {
    const Redirected err(STDERR_FILENO, terminal.name());
    Report report({"vidcv test", false, false, Verbosity::normal});
    work(report, 5);
    report.warning("careful");
  }
  CHECK_THAT(terminal.shown(),
             Catch::StartsWith("\r\x1b[K1/5") && Catch::EndsWith("left\r\x1b[Kvidcv test: careful\r\n"));
}

TEST_CASE("the end of a report leaves no progress on the terminal", "[cli][progress]")
{
  const Terminal terminal;
  {
    const Redirected err(STDERR_FILENO, terminal.name());
    Report report({"vidcv test", false, false, Verbosity::normal});
    work(report, 5);
  }
  CHECK_THAT(terminal.shown(), Catch::EndsWith("left\r\x1b[K"));
}

TEST_CASE("option -q silences progress, and a single input has none", "[cli][progress]")
{
  const Terminal terminal;
  {
    const Redirected err(STDERR_FILENO, terminal.name());
    Report quiet({"vidcv test", false, false, Verbosity::quiet});
    work(quiet, 5);
    Report normal({"vidcv test", false, false, Verbosity::normal});
    work(normal, 1);
  }
  CHECK(terminal.shown().empty());
}

}  // namespace
}  // namespace vidcv
