#include <vidcv/core/config.hpp>

#include "core_fixture.hpp"

#include <vidcv/core/error.hpp>
#include <vidcv/core/places.hpp>

#include <cctype>
#include <fstream>
#include <list>
#include <optional>
#include <set>
#include <string>

namespace vidcv {
namespace {

namespace fs = std::filesystem;
using testing::ScopedVariable;
using testing::ScopedWorkingFolder;
using testing::TempFolder;
using testing::thrown_by;
using testing::write_text;

/// A machine on which nobody has configured anything: its own home, working folder and variables.
class BareMachine {
 public:
  BareMachine()
  {
    fs::create_directory(folder / "work");
    m_working.emplace(folder / "work");
    for (const Setting& which : settings()) { m_variables.emplace_back(which.variable(), std::nullopt); }
    m_variables.emplace_back("XDG_CONFIG_HOME", (folder / "config").native());
    fs::create_directories(folder / "config" / "vidcv");
  }
  void set_user_file(const std::string& text) const { write_text(folder / "config" / "vidcv" / "config.toml", text); }

  TempFolder folder;

 private:
  std::optional<ScopedWorkingFolder> m_working;
  std::list<ScopedVariable> m_variables;
};

TEST_CASE("without files and variables every setting has its default and says so", "[core][config]")
{
  const BareMachine machine;
  const Config config = Config::load(std::nullopt);
  for (const Setting& which : settings()) {
    CAPTURE(which.name);
    CHECK(config.value(which.key) == which.fallback);
    CHECK(config.origin(which.key) == "default");
  }
  CHECK(config.number(Key::clip_similarity_threshold) == 0.65);
  CHECK(config.number(Key::motion_delta_threshold) == 0.15);
  CHECK(config.integer(Key::max_frames_per_clip) == 8);
  CHECK(config.text(Key::policy) == "auto");
  CHECK(config.number(Key::busy_timeout) == 30);
}

TEST_CASE("settings stand in the order of their keys, and no two share a name, variable or option", "[core][config]")
{
  std::set<std::string> names;
  std::set<std::string> options;
  std::size_t position = 0;
  for (const Setting& which : settings()) {
    CHECK(which.key == static_cast<Key>(position++));
    CHECK(&setting(which.key) == &which);
    CHECK(names.insert(which.variable()).second);
    CHECK(options.insert(std::string(which.option)).second);
  }
  CHECK(position == k_key_count);
  CHECK(setting(Key::max_frames_per_clip).variable() == "VIDCV_MAX_FRAMES_PER_CLIP");
}

const fs::path k_shipped = fs::path(VIDCV_SOURCE_DIR) / "config" / "vidcv.toml";

TEST_CASE("a copy of the configuration that is shipped changes nothing, whatever is set below it", "[core][config]")
{
  const BareMachine machine;
  machine.set_user_file("[encoder]\nmodel = 'clip'\nbatch = 11\n[cv_analysis]\nmax_frames_per_clip = 1\n");
  const Config before = Config::load(std::nullopt);
  fs::copy_file(k_shipped, "vidcv.toml");
  const Config after = Config::load(std::nullopt);
  for (const Setting& which : settings()) {
    CAPTURE(which.name);
    CHECK(after.value(which.key) == before.value(which.key));
    CHECK(after.origin(which.key) == before.origin(which.key));
  }
  CHECK(after.thresholds().named.empty());
}

TEST_CASE("the configuration that is shipped names every key at its default, commented out", "[core][config]")
{
  const TempFolder folder;
  std::ifstream in(k_shipped);
  std::string text;
  for (std::string line; std::getline(in, line);) {
    const bool is_key = line.starts_with("# ") && line.size() > 2 && std::islower(line[2]) != 0 &&
                        line.find(" = ") != std::string::npos && line.find(" = ") < line.find("  #");
    text += (is_key ? line.substr(2) : line) + "\n";
  }
  write_text(folder / "whole.toml", text);
  Config config;
  config.merge_file(folder / "whole.toml", false);
  for (const Setting& which : settings()) {
    CAPTURE(which.name);
    CHECK(config.value(which.key) == which.fallback);
    CHECK(config.origin(which.key).starts_with((folder / "whole.toml").native() + ":"));
  }
}

TEST_CASE("a file of the working folder tightens limits and does not loosen them", "[core][config]")
{
  const BareMachine machine;
  machine.set_user_file("[limits]\nlimit_frames = 1000\n");
  write_text("vidcv.toml", "[limits]\nisolation = \"process\"\nlimit_frames = 1000\nlimit_wall_sec = 60\n");
  CHECK(Config::load(std::nullopt).number(Key::limit_wall_sec) == 60);
  for (const std::string line : {"isolation = \"none\"", "limit_frames = 1001", "limit_wall_sec = 7201.0",
                                 "limit_memory_mb = 4097", "limit_streams = 101"}) {
    write_text("vidcv.toml", "[limits]\n" + line + "\n");
    const auto error = thrown_by<UsageError>([] { Config::load(std::nullopt); });
    CHECK(error.thing() == "vidcv.toml:2");
    CHECK_THAT(error.cause(), Catch::StartsWith("a limit is not loosened from the working folder"));
    CHECK_NOTHROW(Config::load("vidcv.toml"));
  }
  machine.set_user_file("[limits]\nisolation = \"none\"\n");
  write_text("vidcv.toml", "[limits]\nisolation = \"none\"\n");
  CHECK(Config::load(std::nullopt).text(Key::isolation) == "none");
}

TEST_CASE("a user's file loses to vidcv.toml, that to a variable, and that to what set() says", "[core][config]")
{
  const BareMachine machine;
  machine.set_user_file(
      "[cv_analysis]\nmax_frames_per_clip = 1\nmotion_delta_threshold = 0.1\n[encoder]\nbatch = 11\nthreads = 1\n");
  write_text("vidcv.toml", "[cv_analysis]\nmax_frames_per_clip = 2\n[encoder]\nbatch = 12\nthreads = 2\n");
  const ScopedVariable threads("VIDCV_THREADS", "3");
  const ScopedVariable batch("VIDCV_BATCH", "13");
  Config config = Config::load(std::nullopt);
  config.set(Key::batch, "14", "--batch");

  CHECK(config.number(Key::motion_delta_threshold) == 0.1);
  CHECK(config.origin(Key::motion_delta_threshold) == (machine.folder / "config/vidcv/config.toml").native() + ":3");
  CHECK(config.integer(Key::max_frames_per_clip) == 2);
  CHECK(config.origin(Key::max_frames_per_clip) == "vidcv.toml:2");
  CHECK(config.integer(Key::threads) == 3);
  CHECK(config.origin(Key::threads) == "VIDCV_THREADS");
  CHECK(config.integer(Key::batch) == 14);
  CHECK(config.origin(Key::batch) == "--batch");
}

TEST_CASE("a named file takes the place of vidcv.toml, which is then not even read", "[core][config]")
{
  const BareMachine machine;
  machine.set_user_file("[encoder]\nthreads = 1\nbatch = 11\n");
  write_text("vidcv.toml", "this is [ no TOML");
  write_text(machine.folder / "named.toml", "[encoder]\nthreads = 2\n");
  const Config config = Config::load(machine.folder / "named.toml");
  CHECK(config.integer(Key::threads) == 2);
  CHECK(config.integer(Key::batch) == 11);
}

TEST_CASE("a missing named file is an error, a missing vidcv.toml is not", "[core][config]")
{
  const BareMachine machine;
  CHECK_NOTHROW(Config::load(std::nullopt));
  const auto error = thrown_by<UsageError>([&] { Config::load("gone.toml"); });
  CHECK(error.thing() == "gone.toml");
  CHECK(error.cause() == "No such file or directory");
}

TEST_CASE("a model comes from the user's file, a named file or a variable, never from the working folder",
          "[core][config]")
{
  const BareMachine machine;
  const std::string names_model = "# comment\n[encoder]\nmodel = '/m.pt'\n";
  machine.set_user_file(names_model);
  CHECK(Config::load(std::nullopt).text(Key::model) == "/m.pt");

  write_text("vidcv.toml", names_model);
  const auto error = thrown_by<UsageError>([] { Config::load(std::nullopt); });
  CHECK(error.thing() == "vidcv.toml:3");
  CHECK(error.action() == "model");
  CHECK(Config::load("vidcv.toml").text(Key::model) == "/m.pt");

  write_text("vidcv.toml", "[encoder]\nmodel = ''\n");  // what the shipped file says
  CHECK_NOTHROW(Config::load(std::nullopt));
  const ScopedVariable model("VIDCV_MODEL", "/v.pt");
  CHECK(Config::load(std::nullopt).text(Key::model) == "/v.pt");
}

TEST_CASE("the user's file is below XDG_CONFIG_HOME, or .config at home, and only absolute folders count",
          "[core][config]")
{
  const ScopedVariable home("HOME", "/home/me");
  {
    const ScopedVariable base("XDG_CONFIG_HOME", "/etc/me");
    CHECK(user_config_file() == fs::path("/etc/me/vidcv/config.toml"));
  }
  const auto ignored = GENERATE(as<std::optional<std::string>>{}, std::nullopt, "", "relative/config");
  const ScopedVariable base("XDG_CONFIG_HOME", ignored);
  CHECK(user_config_file() == fs::path("/home/me/.config/vidcv/config.toml"));
  const ScopedVariable nobody("HOME", std::nullopt);  // the password file knows
  CHECK(user_config_file() == home_folder().value() / ".config/vidcv/config.toml");
}

TEST_CASE("a folder that may not be searched has no configuration, and a note says so", "[core][config]")
{
  const BareMachine machine;
  const std::string too_long(300, 'x');  // fails like a folder that may not be searched, for root as well
  const ScopedVariable base("XDG_CONFIG_HOME", "/" + too_long);
  const Config config = Config::load(std::nullopt);
  REQUIRE(config.notes().size() == 1);
  CHECK(config.notes().front() == "/" + too_long + "/vidcv/config.toml: File name too long: it is not read");
  CHECK(config.origin(Key::model) == "default");
}

TEST_CASE("a variable that is not known is refused as a key is, with the one that was meant", "[core][config]")
{
  const auto [name, meant] = GENERATE(table<std::string, std::string>({
      {"VIDCV_MAX_FRAMES", "; did you mean VIDCV_MAX_FRAMES_PER_CLIP?"},  // as the option is called
      {"VIDCV_THRESHOLD", "; did you mean VIDCV_CLIP_SIMILARITY_THRESHOLD?"},
      {"VIDCV_EVERY", "; did you mean VIDCV_EVERY_SEC?"},
      {"VIDCV_DEVISE", "; did you mean VIDCV_DEVICE?"},
      {"VIDCV_LIMIT_WALL", "; did you mean VIDCV_LIMIT_WALL_SEC?"},
      {"VIDCV_SOMETHING_ELSE", ""},
  }));
  const BareMachine machine;
  const ScopedVariable variable(name, "1");
  const auto error = thrown_by<UsageError>([] { Config::load(std::nullopt); });
  CHECK(error.thing() == name);
  CHECK(error.cause() == "unknown variable" + meant);
}

TEST_CASE("variables of parts, of Kubernetes and without a value are no mistakes", "[core][config]")
{
  const auto [name, value] = GENERATE(table<std::string, std::string>({
      {"VIDCV_SHARD_COUNT", "4"},
      {"VIDCV_REQUEUES", "10"},
      {"VIDCV_SERVICE_HOST", "10.0.0.1"},
      {"VIDCV_PORT_80_TCP_ADDR", "10.0.0.1"},
      {"VIDCV_MAX_FRAMES", ""},
  }));
  const BareMachine machine;
  const ScopedVariable variable(name, value);
  CHECK_NOTHROW(Config::load(std::nullopt));
}

}  // namespace
}  // namespace vidcv
