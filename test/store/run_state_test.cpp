#include <vidcv/store/ledger.hpp>

#include "store_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

namespace vidcv {
namespace {

using namespace testing;

MediaRecord failure_of(const std::string& path, std::int64_t run_id, const std::string& error = "No such file")
{
  MediaRecord media;
  media.stamp = {path, 10, 20};
  media.stage = "open";
  media.error = error;
  media.run_id = run_id;
  return media;
}

/// A process that begins a run and then waits to be killed.
pid_t begin_in_child(const std::filesystem::path& file)
{
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    Database database(file, OpenMode::existing, k_patience_s);
    begin_run(database, {.command = "embed", .inputs = 1});
    if (::write(ready[1], "x", 1) == 1) { ::pause(); }
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  return child;
}

TEST_CASE("a run that goes on is distinguished from one that was killed, also before its parent has taken note",
          "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const pid_t child = begin_in_child(folder / "a.db");
  const auto run = [&] { return newest_runs(database, 1).at(0); };
  CHECK(run().state == RunState::running);
  CHECK(run().pid == child);
  CHECK_FALSE(run().host.empty());
  ::kill(child, SIGKILL);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT);  // it is dead, and still has its pid
  CHECK(run().state == RunState::killed);
  ::waitpid(child, nullptr, 0);
  CHECK(run().state == RunState::killed);
  CHECK_FALSE(run().ended_at.has_value());
}

TEST_CASE("a process that has the pid of a killed run is not that run", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  begin_run(database, {.command = "embed", .inputs = 1});
  const auto state = [&] { return newest_runs(database, 1).at(0).state; };
  CHECK(state() == RunState::running);
  const std::string process = rows_of(database, "SELECT process FROM vidcv_runs");
  const auto set = [&](const std::string& text) { database.handle().exec("UPDATE vidcv_runs SET " + text); };
  set("process = substr(process, 1, length(process) - 1) || 'x'");  // another start
  CHECK(state() == RunState::killed);
  set("process = 'another-boot' || substr(process, 37)");
  CHECK(state() == RunState::killed);
  set("host = 'elsewhere'");
  CHECK(state() == RunState::unknown);
  set("pid = NULL, process = NULL");  // of schema 6
  CHECK(state() == RunState::unknown);
}

TEST_CASE("a run that has ended is ended, wherever it was", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto run = begin_run(database, {.command = "embed", .inputs = 1});
  database.handle().exec(
      "UPDATE vidcv_runs SET host = 'elsewhere', process = 'a b c', changed_at = '2026-01-01 00:00:00'");
  heartbeat(database, run);
  CHECK(newest_runs(database, 1).at(0).last_change > "2026-01-01 00:00:00");
  end_run(database, run, {});
  CHECK(newest_runs(database, 1).at(0).state == RunState::ended);
}

TEST_CASE("a run in which every file fails as it failed before leaves no row, and the failures stay of the first run",
          "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  const auto night = [&](const std::string& error) {
    const auto run = begin_run(database, {.command = "embed", .inputs = 2});
    save_failure(database, failure_of("/a.mp4", run, error));
    save_failure(database, failure_of("/b.mp4", run));
    const std::int64_t failed = newest_runs(database, 1).at(0).failed;
    end_run(database, run, {});
    return failed;
  };
  CHECK(night("No such file") == 2);
  CHECK(night("No such file") == 2);  // reported while it lasts
  CHECK(night("No such file") == 2);
  REQUIRE(newest_runs(database, 9).size() == 1);
  CHECK(newest_runs(database, 9).at(0).failed == 2);
  CHECK(failures_of(database).at(0).tries == 3);

  CHECK(night("Permission denied") == 2);  // something has changed
  REQUIRE(newest_runs(database, 9).size() == 2);
  CHECK(newest_runs(database, 9).at(0).failed == 2);
}

TEST_CASE("a file that was forgotten before its move was noted is not moved", "[store]")
{
  const TempFolder folder;
  Database database = make_migrated(folder / "a.db");
  CHECK_NOTHROW(move_media(database, {{17, {"/b.mp4", 10, 30}}}));
  CHECK(rows_of(database, "SELECT count(*) FROM vidcv_media") == "0\n");
}

}  // namespace
}  // namespace vidcv
