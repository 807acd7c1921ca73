#include <vidcv/clip/model_places.hpp>

#include <vidcv/core/error.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

fs::path variable(const char* name)
{
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where Hugging Face's tools keep what they downloaded, by the variables that they go by.
fs::path hub_folder()
{
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (const fs::path folder = variable(name); !folder.empty()) { return folder; }
  }
  if (const fs::path home = variable("HF_HOME"); !home.empty()) { return home / "hub"; }
  if (const fs::path cache = variable("XDG_CACHE_HOME"); !cache.empty()) { return cache / "huggingface" / "hub"; }
  return variable("HOME") / ".cache" / "huggingface" / "hub";
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

fs::path models_folder()
{
  const fs::path data = variable("XDG_DATA_HOME");
  return (data.empty() ? variable("HOME") / ".local" / "share" : data) / "vidcv" / "models";
}

fs::path find_model(const std::string& name)
{
  std::error_code error;
  if (name.find('/') != std::string::npos) { return name; }
  const fs::path imported = models_folder() / (name + ".pt");
  return fs::exists(imported, error) ? imported : fs::path(name);
}

fs::path cached_folder(const std::string& name)
{
  std::string folder = "models--" + name;
  folder.replace(folder.find('/'), 1, "--");
  const fs::path repository = hub_folder() / folder;
  fs::path main = main_snapshot(repository);
  if (!main.empty() && has_weights(main)) { return main; }
  const std::vector<fs::path> others = whole_snapshots(repository);
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
