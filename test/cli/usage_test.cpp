#include "cli_fixture.hpp"

#include <vidcv/cli/command_line.hpp>

#include <optional>
#include <string>
#include <vector>

namespace vidcv {
namespace {

using Words = std::vector<std::string>;

/// The message about a command line, without the program and the way to its help.
std::string refusal(const Words& words)
{
  CommandLine line("vidcv test", [] { return std::string("1"); });
  std::string database;
  std::string format;
  std::optional<int> size;
  bool json = false;
  bool csv = false;
  std::vector<std::string> inputs;
  const DeclaredOption db = line.value("--db", database, "a database").value_name("DB").not_empty();
  line.value("--format", format, "of what").one_of({"jpg", "png"}).needs(db);
  line.value("--max-size", size, "how large").within(1, 90);
  const auto lines = line.flag("--json", json, "lines");
  line.flag("--csv", csv, "rows").excludes(lines);
  const auto paths = line.values("path", inputs, "files").value_name("PATH");
  line.only_with(lines, {db, paths});
  std::optional<int> code;
  std::string said = testing::output_of([&] { code = line.parse(words); }).err;
  if (!code) { return "accepted"; }
  CHECK(*code == 2);
  CHECK_THAT(said, Catch::StartsWith("vidcv test: ") && Catch::EndsWith(" (see vidcv test --help)\n"));
  return said.substr(12, said.rfind(" (see") - 12);
}

std::string refusal_of_action(const Words& words)
{
  CommandLine line("vidcv test", [] { return std::string("1"); });
  std::string tag;
  std::string database;
  CommandLine& add = line.action("add", "add something");
  add.value("tag", tag, "its name").required().value_name("TAG");
  add.value("--db", database, "a database").required().value_name("DB");
  line.action("list", "all of them");
  std::optional<int> code;
  std::string said = testing::output_of([&] { code = line.parse(words); }).err;
  CHECK(code == 2);
  return said.substr(0, said.size() - 1);
}

TEST_CASE("every refusal of a command line names the option and what is wrong, in our own words", "[cli][usage]")
{
  CHECK(refusal({"--db", "a", "--db", "b"}) == "--db is given twice and takes one value");
  CHECK(refusal({"--db=a", "--db", "b", "--db=c"}) == "--db is given 3 times and takes one value");
  CHECK(refusal({"--db"}) == "--db: its value is missing");
  CHECK(refusal({"--db", ""}) == "--db: is empty");
  CHECK(refusal({"--db", "a", "--format", "gif"}) == "--format: 'gif' is not one of jpg, png");
  CHECK(refusal({"--format", "jpg"}) == "--format has no effect without --db");
  CHECK(refusal({"--max-size", "x"}) == "--max-size: 'x' is not a whole number from 1 to 90");
  CHECK(refusal({"--max-size", "1.5"}) == "--max-size: '1.5' is not a whole number from 1 to 90");
  CHECK(refusal({"--max-size", "91"}) == "--max-size: '91' is not a whole number from 1 to 90");
  CHECK(refusal({"a", "--json", "--csv"}) == "--json and --csv cannot be combined");
  CHECK(refusal({"--json=5", "a"}) == "--json takes no value");
  CHECK(refusal({"--json=maybe", "a"}) == "--json takes no value");
  CHECK(refusal({"--json"}) == "--json has no effect without --db or PATH");
  CHECK(refusal({"--json", "a"}) == "accepted");
  CHECK(refusal({"--json", "--json", "a"}) == "accepted");
}

TEST_CASE("an option that is not known is named, with the one that is meant or how a name with a dash is given",
          "[cli][usage]")
{
  CHECK(refusal({"--formt", "jpg"}) == "--formt: no such option; did you mean --format?");
  CHECK(refusal({"--jsn=1"}) == "--jsn: no such option; did you mean --json?");
  CHECK(refusal({"--something-else", "x"}) == "--something-else: no such option");
  CHECK(refusal({"-x.mp4"}) == "-x.mp4: no such option; a name that begins with a dash follows --");
  CHECK(refusal({"--", "-x.mp4"}) == "accepted");
}

TEST_CASE("a refused action names the actions that there are, and the help of its own", "[cli][usage]")
{
  CHECK(refusal_of_action({"foo"}) == "vidcv test: foo: no such action: add, list (see vidcv test --help)");
  CHECK(refusal_of_action({}) == "vidcv test: an action is missing: add, list (see vidcv test --help)");
  CHECK(refusal_of_action({"add", "--db", "x"}) == "vidcv test: TAG is missing (see vidcv test add --help)");
  CHECK(refusal_of_action({"add", "x"}) == "vidcv test: --db is missing (see vidcv test add --help)");
  CHECK(refusal_of_action({"add", "--db", "x", "a", "b"}) ==
        "vidcv test: b: one argument too many (see vidcv test add --help)");
  CHECK(refusal_of_action({"add", "--bd", "x", "a"}) ==
        "vidcv test: --bd: no such option; did you mean --db? (see vidcv test add --help)");
}

}  // namespace
}  // namespace vidcv
