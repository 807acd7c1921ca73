#include <vidcv/cli/command.hpp>

#include "cli_fixture.hpp"

#include <nlohmann/json.hpp>

#include <csignal>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vidcv {
namespace {

using testing::end_of;
using testing::output_of;
using testing::Redirected;
using testing::ScopedVariable;
using testing::ScopedWorkingFolder;
using testing::TempFolder;

struct Probe : Command {
  std::function<void(Report&)> job = [](Report&) {};
  bool ran = false;
  double threshold = 0;
  std::string threshold_origin;
  std::string model;

  std::string_view name() const override { return "probe"; }
  void declare(CommandLine& line) override
  {
    declare_setting(line, Key::clip_similarity_threshold);
    declare_setting(line, Key::model);
  }
  void run(Report& report) override
  {
    ran = true;
    threshold = config().number(Key::clip_similarity_threshold);
    threshold_origin = config().origin(Key::clip_similarity_threshold);
    model = config().text(Key::model);
    job(report);
  }
  std::vector<std::pair<std::string, std::string>> components() const override { return {{"thing", "1.2"}}; }
};

struct Run {
  int code = -1;
  std::string out;
  std::string err;
};

/// An empty working folder, on a machine on which nothing is configured.
class BareMachine {
  TempFolder m_folder;
  ScopedWorkingFolder m_working{m_folder.path()};
  ScopedVariable m_config{"XDG_CONFIG_HOME", m_folder.path().native()};
};

Run run(Probe& probe, std::vector<std::string> arguments)
{
  const BareMachine machine;
  arguments.insert(arguments.begin(), "vidcv-probe");
  std::vector<char*> argv;
  for (std::string& argument : arguments) { argv.push_back(argument.data()); }
  Run result;
  const auto output = output_of([&] { result.code = run_program(probe, static_cast<int>(argv.size()), argv.data()); });
  result.out = output.out;
  result.err = output.err;
  return result;
}

int code_of(const std::function<void(Report&)>& job)
{
  Probe probe;
  probe.job = job;
  return run(probe, {}).code;
}

TEST_CASE("each kind of end has its exit code", "[cli][command]")
{
  CHECK(code_of([](Report&) {}) == 0);
  CHECK(code_of([](Report& report) { report.conclude(4); }) == 4);
  CHECK(code_of([](Report& report) { report.failure(InputError("a", "open", "b")); }) == 3);
  CHECK(code_of([](Report&) { throw UsageError("--x", "", "no"); }) == 2);
  CHECK(code_of([](Report&) { throw StoreError("db", "store", "full"); }) == 1);
  CHECK(code_of([](Report&) { throw ModelError("m", "load", "bad"); }) == 1);
  CHECK(code_of([](Report&) { throw std::bad_alloc(); }) == 1);
  CHECK(code_of([](Report&) { throw std::out_of_range("at"); }) == 1);
  CHECK(code_of([](Report& report) {  // the end of the run weighs more than a failed input
          report.failure(InputError("a", "open", "b"));
          throw StoreError("db", "store", "full");
        }) == 1);
}

TEST_CASE("a wrong command line is 2, one line on stderr, and nothing runs", "[cli][command]")
{
  const auto arguments =
      GENERATE(std::vector<std::string>{"--nonsense"}, std::vector<std::string>{"--threshold"},
               std::vector<std::string>{"--threshold", "2"}, std::vector<std::string>{"--threshold=x\ny"},
               std::vector<std::string>{"stray"}, std::vector<std::string>{"-q", "-v"},
               std::vector<std::string>{"--config", "gone.toml"}, std::vector<std::string>{"--jso"});
  CAPTURE(arguments);
  Probe probe;
  const Run result = run(probe, arguments);
  CHECK(result.code == 2);
  CHECK_FALSE(probe.ran);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Catch::StartsWith("vidcv probe: "));
  CHECK(result.err.find('\n') == result.err.size() - 1);
}

TEST_CASE("help and version are 0, on stdout, and nothing runs", "[cli][command]")
{
  Probe probe;
  const Run help = run(probe, {"--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("--threshold") && Catch::Contains("--json") && Catch::Contains("the model's"));
  CHECK(help.err.empty());
  const Run shown = run(probe, {"--version"});
  CHECK(shown.code == 0);
  CHECK(shown.out == "vidcv " + std::string(version()) + " (" + std::string(commit()) + ")\nthing 1.2\n");
  CHECK_FALSE(probe.ran);
}

TEST_CASE("an option weighs more than a variable, and its value may be negative or look like a list", "[cli][command]")
{
  const ScopedVariable variable("VIDCV_CLIP_SIMILARITY_THRESHOLD", "0.5");
  Probe probe;
  run(probe, {});
  CHECK(probe.threshold == 0.5);
  CHECK(probe.threshold_origin == "VIDCV_CLIP_SIMILARITY_THRESHOLD");
  run(probe, {"--threshold", "-0.5", "--model", "[a,b]"});
  CHECK(probe.threshold == -0.5);
  CHECK(probe.threshold_origin == "--threshold");
  CHECK(probe.model == "[a,b]");
}

TEST_CASE("with --json a run that dies has the error, and a summary in which it did not succeed", "[cli][command]")
{
  Probe probe;
  probe.job = [](Report&) { throw StoreError("db", "store", "full"); };
  const Run result = run(probe, {"--json"});
  const std::size_t end = result.out.find('\n');
  const auto error = nlohmann::json::parse(result.out.substr(0, end));
  CHECK(error["type"] == "error");
  CHECK(error["message"] == "full");
  const auto summary = nlohmann::json::parse(result.out.substr(end + 1));
  CHECK(summary["type"] == "summary");
  CHECK(summary["failed"] == 1);
  CHECK(summary["exit_code"] == 1);
}

TEST_CASE("the summary of a run that was stopped has the exit code of the signal", "[cli][command]")
{
  const TempFolder folder;
  const int stopped = end_of([&] {
    const Redirected out(STDOUT_FILENO, folder / "out");
    Probe probe;
    probe.job = [](Report&) { std::raise(SIGTERM); };
    std::string program = "vidcv-probe";
    std::string option = "--json";
    char* argv[] = {program.data(), option.data(), nullptr};
    return run_program(probe, 2, argv);
  });
  CHECK(WIFSIGNALED(stopped));
  CHECK(nlohmann::json::parse(testing::read_text(folder / "out"))["exit_code"] == 128 + SIGTERM);
}

TEST_CASE("a program that was asked to stop ends by that signal", "[cli][command]")
{
  const BareMachine machine;
  const int stopped = end_of([] {
    Probe probe;
    probe.job = [](Report&) { std::raise(SIGTERM); };
    std::string program = "vidcv-probe";
    char* argv[] = {program.data(), nullptr};
    return run_program(probe, 1, argv);
  });
  REQUIRE(WIFSIGNALED(stopped));
  CHECK(WTERMSIG(stopped) == SIGTERM);
}

}  // namespace
}  // namespace vidcv
