#include <vidcv/clip/model_places.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/places.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <vector>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

/// Where Hugging Face's tools keep what they downloaded, by the variables that they go by.
std::optional<fs::path> hub_folder()
{
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (auto folder = folder_of_variable(name)) { return folder; }
  }
  if (const auto home = folder_of_variable("HF_HOME")) { return *home / "hub"; }
  const auto cache = base_folder("XDG_CACHE_HOME", ".cache");
  return cache ? std::optional<fs::path>(*cache / "huggingface" / "hub") : std::nullopt;
}

bool has_weights(const fs::path& snapshot)
{
  std::error_code error;
  return fs::exists(snapshot / "model.safetensors", error) ||
         fs::exists(snapshot / "model.safetensors.index.json", error) ||
         fs::exists(snapshot / "open_clip_model.safetensors", error);
}

/// The snapshot that the branch main stands at; empty where that is not known.
fs::path main_snapshot(const fs::path& repository)
{
  std::ifstream in(repository / "refs" / "main");
  std::string commit;
  const bool sound =
      static_cast<bool>(in >> commit) && commit.find_first_not_of("0123456789abcdef") == std::string::npos;
  return sound ? repository / "snapshots" / commit : fs::path();
}

std::vector<fs::path> whole_snapshots(const fs::path& repository)
{
  std::vector<fs::path> snapshots;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(repository / "snapshots", error)) {
    if (has_weights(entry.path())) { snapshots.push_back(entry.path()); }
  }
  std::ranges::sort(snapshots);
  return snapshots;
}

}  // namespace

std::optional<fs::path> models_folder()
{
  const auto data = base_folder("XDG_DATA_HOME", fs::path(".local") / "share");
  return data ? std::optional<fs::path>(*data / "vidcv" / "models") : std::nullopt;
}

fs::path imported_model(const std::string& name)
{
  const auto folder = models_folder();
  if (folder) { return *folder / (name + ".pt"); }
  throw ModelError(name, "model",
                   "imported models have no folder: HOME and XDG_DATA_HOME name none, and the password file neither: "
                   "name a model file by its path");
}

fs::path find_model(const std::string& name, NamedBy who)
{
  if (name.find('/') != std::string::npos) { return name; }
  const auto folder = models_folder();
  std::error_code error;
  const bool is_imported = folder && fs::exists(*folder / (name + ".pt"), error);
  if (!is_imported && who == NamedBy::command && fs::path(name).has_extension()) { return name; }
  return imported_model(name);
}

fs::path model_file(const Config& config)
{
  const Setting& which = setting(Key::model);
  const std::string& name = config.text(which.key);
  if (name.empty()) {
    throw UsageError(which.option, "",
                     "no model is named: use --model, VIDCV_MODEL or [encoder] model in your configuration; "
                     "vidcv model import makes one");
  }
  const std::string& origin = config.origin(which.key);
  const bool is_said = origin == which.option || origin == which.variable();
  return find_model(name, is_said ? NamedBy::command : NamedBy::configuration);
}

fs::path cached_folder(const std::string& name)
{
  const auto hub = hub_folder();
  if (!hub) {
    throw ModelError(
        name, "import",
        "no cache of Hugging Face is known, as neither HF_HOME nor HOME is set: name the folder of the weights");
  }
  std::string folder = "models--" + name;
  folder.replace(folder.find('/'), 1, "--");
  const fs::path repository = *hub / folder;
  fs::path main = main_snapshot(repository);
  if (!main.empty() && has_weights(main)) { return main; }
  const std::vector<fs::path> others = whole_snapshots(repository);
  if (!main.empty() && !others.empty()) {
    throw ModelError(repository.native(), "import",
                     fmt::format("the branch main stands at snapshot {}, which has no weights: download it, or name "
                                 "the folder of another snapshot, such as {}",
                                 main.filename().native(), one_line(others.front().native())));
  }
  if (others.size() == 1) { return others.front(); }
  if (others.size() > 1) {
    throw ModelError(
        repository.native(), "import",
        fmt::format("{} snapshots with weights and none of them is main's: name the folder of one", others.size()));
  }
  throw ModelError(
      name, "import",
      fmt::format("no weights in {}: download model.safetensors, config.json, preprocessor_config.json, vocab.json and "
                  "merges.txt of {} (hf download {}) or name a folder that has them",
                  one_line(repository.native()), name, name));
}

}  // namespace vidcv
