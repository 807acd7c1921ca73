#include <vidcv/clip/model_places.hpp>

#include "../core/core_fixture.hpp"

#include <vidcv/clip/threshold.hpp>
#include <vidcv/core/error.hpp>

#include <optional>
#include <string>

namespace {

namespace fs = std::filesystem;
using namespace vidcv;
using testing::ScopedVariable;
using testing::ScopedWorkingFolder;
using testing::TempFolder;
using testing::thrown_by;
using testing::write_text;

}  // namespace

TEST_CASE("imported models live in absolute places alone: a relative folder of a variable is ignored", "[clip]")
{
  const ScopedVariable home("HOME", "/home/me");
  const auto ignored = GENERATE(as<std::optional<std::string>>{}, std::nullopt, "", ".local", "./share");
  const ScopedVariable data("XDG_DATA_HOME", ignored);
  CHECK(models_folder() == fs::path("/home/me/.local/share/vidcv/models"));
  const ScopedVariable named("XDG_DATA_HOME", "/data");
  CHECK(models_folder() == fs::path("/data/vidcv/models"));
}

TEST_CASE("a plain name is an imported model, and never a file of the working folder", "[clip]")
{
  const TempFolder folder;
  const ScopedWorkingFolder working(folder.path());
  const ScopedVariable data("XDG_DATA_HOME", (folder / "data").native());
  fs::create_directories(folder / "data/vidcv/models");
  write_text("clip", "a program");
  write_text("clip.pt", "a program");
  const fs::path imported = folder / "data/vidcv/models/clip.pt";
  CHECK(find_model("clip") == imported);
  CHECK(find_model("clip.pt") == "clip.pt");  // a command may name a file where it stands
  CHECK(find_model("./clip") == "./clip");
  CHECK(find_model("clip.pt", NamedBy::configuration) == folder / "data/vidcv/models/clip.pt.pt");
}

TEST_CASE("a configuration's model with a path lies beside the configuration, wherever the program runs", "[clip]")
{
  const TempFolder folder;
  const ScopedVariable data("XDG_DATA_HOME", (folder / "data").native());
  write_text(folder / "film.toml", "[encoder]\nmodel = 'clip.pt'\n");
  Config config;
  config.merge_file(folder / "film.toml", true);
  CHECK(model_file(config) == folder / "clip.pt");
  write_text(folder / "film.toml", "[encoder]\nmodel = 'clip'\n");
  config.merge_file(folder / "film.toml", true);
  CHECK(model_file(config) == folder / "data/vidcv/models/clip.pt");
}

TEST_CASE("a snapshot that the branch main stands at and that has no weights is not replaced by another", "[clip]")
{
  const TempFolder folder;
  const ScopedVariable hub("HF_HUB_CACHE", folder.path().native());
  const fs::path repository = folder / "models--a--b";
  for (const char* place : {"refs", "snapshots/abc", "snapshots/def"}) { fs::create_directories(repository / place); }
  write_text(repository / "snapshots/def/model.safetensors", "");
  CHECK(cached_folder("a/b") == repository / "snapshots/def");
  write_text(repository / "refs/main", "abc\n");
  CHECK(thrown_by<ModelError>([] { cached_folder("a/b"); })
            .cause()
            .starts_with("the branch main stands at snapshot abc, which has no weights: download it, or name"));
  write_text(repository / "snapshots/abc/model.safetensors", "");
  CHECK(cached_folder("a/b") == repository / "snapshots/abc");
}

TEST_CASE("the threshold in force is the model's own unless something is set, and says where it comes from", "[clip]")
{
  ModelDescription model;
  model.name = "clip";
  model.match_threshold = 0.9;
  Config config;
  const auto in_force = [&] { return threshold_in_force(config, model); };
  CHECK(in_force().value == 0.9);
  CHECK(in_force().origin == "model");
  config.merge_file(fs::path(VIDCV_SOURCE_DIR) / "config/vidcv.toml", false);  // as it is shipped
  CHECK(in_force().value == 0.9);
  const TempFolder folder;
  write_text(folder / "a.toml", "[cv_analysis]\nclip_similarity_threshold = 0.7\n");
  config.merge_file(folder / "a.toml", false);
  CHECK(in_force().value == 0.7);
  write_text(folder / "b.toml", "[thresholds.models]\nclip = 0.8\n");
  config.merge_file(folder / "b.toml", false);
  CHECK(in_force().value == 0.8);
  CHECK(in_force().origin == (folder / "b.toml:2").native());
  config.set(Key::clip_similarity_threshold, "0.6", "--threshold");
  CHECK(in_force().value == 0.6);
  CHECK(in_force().origin == "--threshold");
}
