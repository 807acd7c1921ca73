#include <vidcv/cli/signals.hpp>

#include "cli_fixture.hpp"

#include <csignal>

namespace vidcv {
namespace {

using testing::end_of;

TEST_CASE("the first signal asks the run to stop, the second one ends it", "[cli][signals]")
{
  const int signal = GENERATE(SIGINT, SIGTERM);
  const int asked = end_of([&] {
    watch_signals();
    if (stop_signal() != 0) { return 1; }
    std::raise(signal);
    return stop_signal() == signal ? 0 : 2;
  });
  REQUIRE(WIFEXITED(asked));
  CHECK(WEXITSTATUS(asked) == 0);
  const int ended = end_of([&] {
    watch_signals();
    std::raise(signal);
    std::raise(signal);
    return 0;
  });
  REQUIRE(WIFSIGNALED(ended));
  CHECK(WTERMSIG(ended) == signal);
}

TEST_CASE("a broken pipe ends the run even where the parent ignored it", "[cli][signals]")
{
  const int piped = end_of([] {
    std::signal(SIGPIPE, SIG_IGN);
    watch_signals();
    std::raise(SIGPIPE);
    return 0;
  });
  REQUIRE(WIFSIGNALED(piped));
  CHECK(WTERMSIG(piped) == SIGPIPE);
}

TEST_CASE("die_by ends the process by the signal even where it was ignored", "[cli][signals]")
{
  const int died = end_of([]() -> int {
    std::signal(SIGTERM, SIG_IGN);
    die_by(SIGTERM);
  });
  REQUIRE(WIFSIGNALED(died));
  CHECK(WTERMSIG(died) == SIGTERM);
}

}  // namespace
}  // namespace vidcv
