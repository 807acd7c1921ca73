#include <vidcv/core/config.hpp>

#include "core_fixture.hpp"

#include <vidcv/core/error.hpp>

#include <string>

namespace vidcv {
namespace {

using testing::TempFolder;
using testing::thrown_by;
using testing::write_text;

Config config_of(const std::string& text)
{
  const TempFolder folder;
  write_text(folder / "c.toml", text);
  Config config;
  config.merge_file(folder / "c.toml", true);
  return config;
}

struct BadFile {
  std::string text;
  int line;
  std::string key;    // what the error is about
  std::string cause;  // or how it begins
};

TEST_CASE("each error in a configuration file names file and line, key and cause", "[core][config]")
{
  const auto bad = GENERATE(
      BadFile{"\n[cv_analysis]\nmax_frames_per_clip = \"8\"\n", 3, "max_frames_per_clip", "is not a whole number"},
      BadFile{"[cv_analysis]\nmax_frames_per_clip = 8.0\n", 2, "max_frames_per_clip", "is not a whole number"},
      BadFile{"[cv_analysis]\nmotion_delta_threshold = true\n", 2, "motion_delta_threshold", "is not a number"},
      BadFile{"[sampling]\npolicy = 1\n", 2, "policy", "is not text"},
      BadFile{"[encoder]\nmodel = ['a']\n", 2, "model", "is not text"},
      BadFile{"[cv_analysis]\nmax_frames_per_clip = 65\n", 2, "max_frames_per_clip",
              "65 is not a whole number from 1 to 64"},
      BadFile{"[cv_analysis]\nmax_frames_per_clip = 0\n", 2, "max_frames_per_clip", "0 is not"},
      BadFile{"[cv_analysis]\nclip_similarity_threshold = -1.01\n", 2, "clip_similarity_threshold",
              "-1.01 is not a number from -1 to 1"},
      BadFile{"[cv_analysis]\nmotion_delta_threshold = 2\n", 2, "motion_delta_threshold",
              "2 is not a number from 0 to 1"},
      BadFile{"[database]\nbusy_timeout = nan\n", 2, "busy_timeout", "nan is not"},
      BadFile{"[database]\nbusy_timeout = inf\n", 2, "busy_timeout", "inf is not"},
      BadFile{"[sampling]\npolicy = 'each'\n", 2, "policy", "each is not one of auto, budget"},
      BadFile{"[encoder]\nbatch = 4\nbatches = 4\n", 3, "batches", "unknown key in [encoder]"},
      BadFile{"[sampling]\nmax_frames_per_clip = 4\n", 2, "max_frames_per_clip", "unknown key in [sampling]"},
      BadFile{"[cv_analysis]\n[cv_analyses]\n", 2, "cv_analyses", "unknown section"},
      BadFile{"\nthreads = 4\n", 2, "threads", "unknown section"},
      BadFile{"\nencoder = 4\n", 2, "encoder", "is not a section"},
      BadFile{"[[encoder]]\nthreads = 4\n", 1, "encoder", "is not a section"},
      BadFile{"[encoder]\n\nthreads == 4\n", 3, "configuration", ""},
      BadFile{"[encoder]\nthreads = 4\nthreads = 5\n", 3, "configuration", ""},
      BadFile{"[encoder]\nmodel = 'caf\xE9'\n", 2, "configuration", ""});
  CAPTURE(bad.text);
  const TempFolder folder;
  write_text(folder / "c.toml", bad.text);
  Config config;
  const auto error = thrown_by<UsageError>([&] { config.merge_file(folder / "c.toml", true); });
  CHECK(error.thing() == (folder / "c.toml").native() + ":" + std::to_string(bad.line));
  CHECK(error.action() == bad.key);
  CHECK_FALSE(error.cause().empty());
  CHECK_THAT(error.cause(), Catch::StartsWith(bad.cause));
}

TEST_CASE("a key of more parts than any setting has is refused", "[core][config]")
{
  std::string parts;
  for (int i = 0; i < 400'000; ++i) { parts += "a."; }
  for (const std::string& text : {"[database]\n" + parts + "a = 1\n", "[" + parts + "a]\n"}) {
    const auto error = thrown_by<UsageError>([&] { config_of(text); });
    CHECK(error.action() == "configuration");
    CHECK(error.cause() == "it has more than 10000 dots");
  }
}

TEST_CASE("the ends of a range belong to it", "[core][config]")
{
  CHECK(config_of("[cv_analysis]\nmax_frames_per_clip = 64\n").integer(Key::max_frames_per_clip) == 64);
  CHECK(config_of("[cv_analysis]\nmax_frames_per_clip = 1\n").integer(Key::max_frames_per_clip) == 1);
  CHECK(config_of("[cv_analysis]\nclip_similarity_threshold = -1.0\n").number(Key::clip_similarity_threshold) == -1);
}

TEST_CASE("a whole number serves where a fraction is allowed", "[core][config]")
{
  const Config config = config_of("[database]\nbusy_timeout = 5\n");
  CHECK(config.number(Key::busy_timeout) == 5.0);
  CHECK(config.literal(Key::busy_timeout) == "5.0");
}

TEST_CASE("what a variable or option says is checked as a file is, and the error names its origin", "[core][config]")
{
  Config config;
  config.set(Key::busy_timeout, "5", "--busy-timeout");
  CHECK(config.number(Key::busy_timeout) == 5.0);
  for (const char* text : {"0", "65", "8.5", "eight", "", "99999999999999999999"}) {
    CAPTURE(text);
    const auto error =
        thrown_by<UsageError>([&] { config.set(Key::max_frames_per_clip, text, "VIDCV_MAX_FRAMES_PER_CLIP"); });
    CHECK(error.thing() == "VIDCV_MAX_FRAMES_PER_CLIP");
    CHECK(error.action() == "max_frames_per_clip");
  }
  CHECK_THROWS_AS(config.set(Key::clip_similarity_threshold, "nan", "--threshold"), UsageError);
  CHECK_THROWS_AS(config.set(Key::policy, "Budget", "--policy"), UsageError);
  CHECK(config.integer(Key::max_frames_per_clip) == 8);
  CHECK(config.origin(Key::max_frames_per_clip) == "default");
}

TEST_CASE("literals read back as the values they show", "[core][config]")
{
  Config config;
  config.set(Key::motion_delta_threshold, "1e-05", "--motion-threshold");
  config.set(Key::model, "/models\\caf\xC3\xA9\t\".pt", "--model");
  std::string text;
  for (const Setting& which : settings()) {
    text += std::string(which.section) + "." + std::string(which.name) + " = " + config.literal(which.key) + "\n";
  }
  const Config again = config_of(text);
  for (const Setting& which : settings()) { CHECK(again.value(which.key) == config.value(which.key)); }
}

TEST_CASE("a configuration that is no regular file, or huge, is an error and no hang", "[core][config]")
{
  const TempFolder folder;
  Config config;
  CHECK(thrown_by<UsageError>([&] { config.merge_file(folder.path(), true); }).cause() == "not a regular file");
  write_text(folder / "huge.toml", std::string((1 << 20) + 1, '\n'));
  CHECK(thrown_by<UsageError>([&] { config.merge_file(folder / "huge.toml", true); }).cause() == "too large");
}

}  // namespace
}  // namespace vidcv
