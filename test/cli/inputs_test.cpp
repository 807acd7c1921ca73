#include <vidcv/cli/inputs.hpp>

#include "cli_fixture.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/report.hpp>

#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace vidcv {
namespace {

namespace fs = std::filesystem;
using testing::output_of;
using testing::ScopedWorkingFolder;
using testing::TempFolder;
using testing::thrown_by;
using testing::write_text;

using Names = std::vector<std::string>;

struct Collected {
  Names files;
  std::int64_t failed = 0;
  std::string err;
};

/// What the arguments of a command line name, below the working folder.
Collected collected(const Names& arguments, const std::string& standard_input = "")
{
  CommandLine line("vidcv test", [] { return std::string(); });
  InputOptions inputs;
  inputs.declare(line, "path", "what to work on");
  REQUIRE_FALSE(line.parse(arguments));
  Collected result;
  result.err = output_of([&] {
                 Report report({"vidcv test", false, false, Verbosity::normal});
                 std::istringstream stream(standard_input);
                 for (const fs::path& file : inputs.collect(stream, report).files) {
                   result.files.push_back(file.native());
                 }
                 result.failed = report.totals().failed;
               }).err;
  return result;
}

/// A folder of empty files, made the working folder.
class Tree {
 public:
  explicit Tree(const Names& files) : m_working(m_folder.path())
  {
    for (const fs::path file : files) {
      if (file.has_parent_path()) { fs::create_directories(file.parent_path()); }
      write_text(file, "");
    }
  }

 private:
  TempFolder m_folder;
  ScopedWorkingFolder m_working;
};

TEST_CASE("a folder that is left out is taken where it is named itself", "[cli][inputs]")
{
  const Tree tree({"clips/a.mp4", "clips/out/b.png", "clips/sub/out/c.png"});
  CommandLine line("vidcv test", [] { return std::string(); });
  InputOptions inputs;
  inputs.declare(line, "path", "what to work on");
  REQUIRE_FALSE(line.parse({"clips/", "clips/out"}));
  inputs.leave_out("clips/out/");
  Report report({"vidcv test", false, false, Verbosity::normal});
  std::istringstream stream;
  const std::vector<fs::path> files = inputs.collect(stream, report).files;
  CHECK(files == std::vector<fs::path>{"clips/a.mp4", "clips/sub/out/c.png", "clips/out/b.png"});
}

TEST_CASE("named files are taken as they are, in the order given, whether they exist or not", "[cli][inputs]")
{
  const Tree tree({"b.mp4", "a.txt", ".hidden.png"});
  const auto result = collected({"b.mp4", "gone.mp4", "a.txt", ".hidden.png", "b.mp4"});
  CHECK(result.files == Names{"b.mp4", "gone.mp4", "a.txt", ".hidden.png", "b.mp4"});
  CHECK(result.failed == 0);
}

TEST_CASE("a folder gives its pictures and videos, sorted by name, of all depths", "[cli][inputs]")
{
  const Tree tree(
      {"d/b.MP4", "d/a/z.png", "d/a.jpg", "d/notes.txt", "d/mp4", "d/c.mp4.part", "d/no_extension", "d/.png"});
  CHECK(collected({"d"}).files == Names{"d/a/z.png", "d/a.jpg", "d/b.MP4"});
  CHECK(collected({"./d/"}).files.size() == 3);
}

TEST_CASE("hidden files and the folders of file servers are passed over, unless they are named", "[cli][inputs]")
{
  const Tree tree({"d/.a.png", "d/.git/a.png", "d/@eaDir/a.png", "d/#recycle/a.png", "d/lost+found/a.png",
                   "d/x/@eaDir/y/a.png", "d/b.png"});
  CHECK(collected({"d"}).files == Names{"d/b.png"});
  CHECK(collected({"d/.git"}).files == Names{"d/.git/a.png"});
  CHECK(collected({"d/@eaDir"}).files == Names{"d/@eaDir/a.png"});
}

TEST_CASE("a folder whose name ends like a video is a folder", "[cli][inputs]")
{
  const Tree tree({"d/clip.mp4/frame.png"});
  CHECK(collected({"d"}).files == Names{"d/clip.mp4/frame.png"});
}

TEST_CASE("a link that leads back into its own folder does not go round for ever", "[cli][inputs]")
{
  const Tree tree({"d/a.png"});
  fs::create_directory_symlink(".", "d/loop");
  CHECK(collected({"d"}).files == Names{"d/a.png"});
}

TEST_CASE("option --exclude leaves out names and paths, whole folders too, and repeats", "[cli][inputs]")
{
  const Tree tree({"d/a.png", "d/b.png", "d/raw/a.png", "d/raw/c.png", "e/a.png"});
  CHECK(collected({"d", "--exclude", "a.png"}).files == Names{"d/b.png", "d/raw/c.png"});
  CHECK(collected({"d", "--exclude", "raw"}).files == Names{"d/a.png", "d/b.png"});
  CHECK(collected({"d", "--exclude", "d/raw/*"}).files == Names{"d/a.png", "d/b.png"});
  CHECK(collected({"--exclude", "[ab].png", "d", "--exclude=c.*", "e/a.png", "x.png"}).files == Names{"x.png"});
}

TEST_CASE("a list on stdin has one name per line, folders among them, and stands where the dash stands",
          "[cli][inputs]")
{
  const Tree tree({"d/b.png", "d/a.png", "z.png"});
  CHECK(collected({"first.png", "-", "last.png"}, "z.png\n\nd\nno newline.png").files ==
        Names{"first.png", "z.png", "d/a.png", "d/b.png", "no newline.png", "last.png"});
}

TEST_CASE("a list with -0 may hold names with newlines and bytes that are no UTF-8", "[cli][inputs]")
{
  CHECK(collected({"-0", "-"}, std::string("a\nb.png\0caf\xE9.mp4\0", 18)).files == Names{"a\nb.png", "caf\xE9.mp4"});
}

TEST_CASE("a list with NUL bytes is refused without -0, and gives no path", "[cli][inputs]")
{
  const std::string list("a.mp4\0b c.mp4\0", 14);
  const auto error = thrown_by<UsageError>([&] { collected({"-"}, list); });
  CHECK_THAT(error.cause(), Catch::EndsWith("-0?"));
  CHECK_THROWS_AS(collected({"-"}, "a.mp4\nb" + list), UsageError);
  CHECK(collected({"-0", "-"}, list).files == Names{"a.mp4", "b c.mp4"});
}

TEST_CASE("patterns match the path below a folder, however the folder is named", "[cli][inputs]")
{
  const Tree tree({"clips/a.png", "clips/raw/a.png", "clips/sub/raw/b.png", "clips/raw.png", "clips/x/c.png"});
  const std::string here = fs::current_path().native();
  const auto left = [&](const std::string& folder, const std::string& pattern) {
    const fs::path root = folder;
    Names names;
    for (const fs::path path : collected({folder, "--exclude", pattern}).files) {
      names.push_back(path.lexically_normal().lexically_relative(root.lexically_normal() / "."));
    }
    return names;
  };
  for (const std::string& folder :
       {std::string("clips"), here + "/clips", std::string("./clips/"), here + "//clips/"}) {
    CAPTURE(folder);
    const Names without_raw = {"a.png", "raw.png", "sub/raw/b.png", "x/c.png"};
    CHECK(left(folder, "raw/*") == without_raw);
    CHECK(left(folder, "/raw/*") == without_raw);
    CHECK(left(folder, "clips/raw/*") == without_raw);
    CHECK(left(folder, here + "/clips/raw/*") == without_raw);
    CHECK(left(folder, "raw") == Names{"a.png", "raw.png", "x/c.png"});
    CHECK(left(folder, "*/raw/*") == Names{"a.png", "raw.png", "x/c.png"});
    CHECK(left(folder, "ips/raw/*").size() == 5);
    CHECK(collected({folder, "--include", "sub/*"}).files.size() == 1);
  }
  const ScopedWorkingFolder inside("clips");
  CHECK(collected({".", "--exclude", "clips/raw/*"}).files.size() == 4);
  CHECK(collected({".", "--exclude", "raw/*"}).files.size() == 4);
}

TEST_CASE("options about inputs without inputs, and -0 without a list, are refused", "[cli][inputs]")
{
  const auto refusal = [](const Names& arguments) {
    CommandLine line("vidcv test", [] { return std::string(); });
    InputOptions inputs;
    inputs.declare(line, "path", "what to work on");
    std::optional<int> code;
    const std::string err = output_of([&] { code = line.parse(arguments); }).err;
    return code ? err : "accepted";
  };
  CHECK(refusal({"--exclude", "a"}) == "vidcv test: --exclude has no effect without PATH (see vidcv test --help)\n");
  CHECK_THAT(refusal({"--include=a"}), Catch::Contains("--include has no effect without PATH"));
  CHECK_THAT(refusal({"-0", "a.png"}), Catch::Contains("--null has no effect without -"));
  CHECK(refusal({"-0", "-", "--exclude", "a"}) == "accepted");
}

TEST_CASE("names are no options after --, and no patterns or lists at any place", "[cli][inputs]")
{
  CHECK(collected({"a,b.png", "%03d.png", "[a,b].png", "http://x/y.mp4", "--", "-x.png", "--json"}).files ==
        Names{"a,b.png", "%03d.png", "[a,b].png", "http://x/y.mp4", "-x.png", "--json"});
}

TEST_CASE("nothing to work on is an error", "[cli][inputs]")
{
  const Tree tree({"d/notes.txt"});
  CHECK_THAT(thrown_by<Error>([] { collected({"d"}); }).cause(), Catch::StartsWith("nothing to work on"));
  CHECK_THROWS_AS(collected({"-"}, "\n\n"), Error);
  CHECK_THROWS_AS(collected({"a.png", "--exclude", "*"}), Error);
}

}  // namespace
}  // namespace vidcv
