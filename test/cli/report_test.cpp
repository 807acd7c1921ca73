#include <vidcv/cli/json.hpp>
#include <vidcv/cli/report.hpp>

#include "cli_fixture.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using nlohmann::json;
using testing::Output;
using testing::output_of;
using testing::Redirected;

ReportOptions text_options(Verbosity verbosity = Verbosity::normal)
{
  return {"vidcv test", false, false, verbosity};
}
ReportOptions json_options()
{
  return {"vidcv test", true, false, Verbosity::normal};
}

Output run(const ReportOptions& options, const std::function<void(Report&)>& job)
{
  return output_of([&] {
    Report report(options);
    job(report);
  });
}

std::vector<json> objects(const std::string& lines)
{
  std::vector<json> parsed;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) { parsed.push_back(json::parse(line)); }
  return parsed;
}

TEST_CASE("rows are tab-separated below a header, and no field breaks its row", "[cli][report]")
{
  const auto output = run(text_options(), [](Report& report) {
    report.columns({"path", "frame"});
    report.row({"a\tb\nc\\d", ""});
    report.row({"caf\xE9", "7"});
  });
  CHECK(output.out == "path\tframe\na\\tb\\nc\\\\d\t\ncaf\xE9\t7\n");
  CHECK(output.err.empty());
}

TEST_CASE("with --json there is no header", "[cli][report]")
{
  CHECK(run(json_options(), [](Report& report) { report.columns({"path"}); }).out.empty());
}

TEST_CASE("an object is one line with its members in order, and bad bytes become U+FFFD", "[cli][report]")
{
  const auto output = run(json_options(), [](Report& report) {
    report.object({{"type", "x"}, {"b", "line\nbreak"}, {"a", "caf\xE9"}, {"n", nullptr}});
  });
  CHECK(output.out == "{\"type\":\"x\",\"b\":\"line\\nbreak\",\"a\":\"caf\xEF\xBF\xBD\",\"n\":null}\n");
}

TEST_CASE("a path has its bytes in base64 beside it if and only if it is not valid UTF-8", "[cli][report]")
{
  nlohmann::ordered_json bad = {{"type", "clip"}};
  set_path(bad, "\xFF\xFE");
  CHECK(bad["path_base64"] == "//4=");
  nlohmann::ordered_json good = {{"type", "clip"}};
  set_path(good, "caf\xC3\xA9");
  CHECK(good["path"] == "caf\xC3\xA9");
  CHECK_FALSE(good.contains("path_base64"));
}

TEST_CASE("a failed input is one line on stderr and, with --json, an error object; the run goes on and ends with 3",
          "[cli][report]")
{
  int code = -1;
  bool failed_was_good = true;
  bool next_was_good = false;
  const auto output = run(json_options(), [&](Report& report) {
    failed_was_good = report.attempt("a", [] { throw MediaError("a\nb.mp4", "open", "gone"); });
    next_was_good = report.attempt("b", [&] { report.object({{"type", "clip"}}); });
    code = report.finish();
  });
  CHECK_FALSE(failed_was_good);
  CHECK(next_was_good);
  CHECK(code == 3);
  CHECK(output.err == "vidcv test: a\\nb.mp4: open: gone\n");
  const auto lines = objects(output.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == json({{"type", "error"}, {"path", "a\nb.mp4"}, {"stage", "open"}, {"message", "gone"}}));
  CHECK(lines[1]["type"] == "clip");
  CHECK(lines[2]["failed"] == 1);
}

TEST_CASE("attempt passes on what is not one input's fault", "[cli][report]")
{
  run(text_options(), [](Report& report) {
    CHECK_THROWS_AS(report.attempt("c", [] { throw StoreError("db", "store", "disk full"); }), StoreError);
    CHECK_THROWS_AS(report.attempt("d", [] { throw ModelError("m", "load", "bad"); }), ModelError);
    CHECK(report.totals().failed == 0);
  });
}

TEST_CASE("the summary of a run that was ended by an error counts it, and says the exit code", "[cli][report]")
{
  int code = -1;
  const auto output = run(json_options(), [&](Report& report) {
    report.fatal(Error("", "", "out of memory"));
    code = report.finish(1);
  });
  CHECK(output.err == "vidcv test: out of memory\n");
  CHECK(code == 1);
  const auto lines = objects(output.out);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0]["message"] == "out of memory");
  CHECK(lines[1]["failed"] == 1);
  CHECK(lines[1]["exit_code"] == 1);
}

TEST_CASE("a second fault of a failed input is a line and an object, and is not counted again", "[cli][report]")
{
  const auto output = run(json_options(), [&](Report& report) {
    report.failure(InputError("a", "decode", "no frame 7"));
    report.failure_detail(InputError("a", "decode", "no frame 8"));
    CHECK(report.finish() == 3);
  });
  const auto lines = objects(output.out);
  REQUIRE(lines.size() == 3);
  CHECK(lines[1]["message"] == "no frame 8");
  CHECK(lines[2]["failed"] == 1);
}

TEST_CASE("the summary is the last line and has every total", "[cli][report]")
{
  const auto output = run(json_options(), [](Report& report) {
    report.totals() = {3, 0, 2, 40, 1.5, 2.5, 0.25, 0.5};
    report.object({{"type", "clip"}});
    report.finish();
  });
  const auto lines = objects(output.out);
  REQUIRE(lines.size() == 2);
  json summary = lines[1];
  CHECK(summary["wall_sec"].get<double>() >= 0);
  summary.erase("wall_sec");
  CHECK(summary == json({{"type", "summary"},
                         {"done", 3},
                         {"failed", 0},
                         {"skipped", 2},
                         {"frames", 40},
                         {"decode_sec", 1.5},
                         {"encode_sec", 2.5},
                         {"store_sec", 0.25},
                         {"idle_sec", 0.5},
                         {"exit_code", 0}}));
}

TEST_CASE("a command's own exit code stands only where no input failed", "[cli][report]")
{
  run(text_options(), [](Report& report) {
    CHECK(report.finish() == 0);
    report.conclude(4);
    CHECK(report.finish() == 4);
    report.failure(InputError("a", "open", "b"));
    CHECK(report.finish() == 3);
  });
}

TEST_CASE("option -q silences warnings but no error, -v adds details, and none of them is on stdout", "[cli][report]")
{
  const auto talk = [](Report& report) {
    report.warning("careful");
    report.detail("by the way");
    report.failure(InputError("a", "open", "b"));
  };
  CHECK(run(text_options(Verbosity::quiet), talk).err == "vidcv test: a: open: b\n");
  CHECK(run(text_options(), talk).err == "vidcv test: careful\nvidcv test: a: open: b\n");
  CHECK(run(text_options(Verbosity::verbose), talk).err ==
        "vidcv test: careful\nvidcv test: by the way\nvidcv test: a: open: b\n");
  CHECK(run(text_options(Verbosity::verbose), talk).out.empty());
}

TEST_CASE("a stdout that takes nothing fails the run", "[cli][report]")
{
  std::optional<StoreError> error;
  {
    const Redirected out(STDOUT_FILENO, "/dev/full");
    Report report(text_options());
    try {
      report.text("a row\n");
      report.finish();
    } catch (const StoreError& thrown) {
      error = thrown;
    }
  }
  REQUIRE(error.has_value());
  CHECK(error->thing() == "stdout");
  CHECK(error->cause() == "No space left on device");
}

}  // namespace
}  // namespace vidcv
