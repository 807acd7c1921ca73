#include "weights/checkpoint.hpp"

#include "formats/json_file.hpp"
#include "formats/model_archive.hpp"
#include "formats/weights_file.hpp"

#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t k_most_description = 1U << 20U;  // bytes

/// What is wrong with a file that is not safetensors.
std::string fault_of(const fs::path& file, const MappedFile& mapped, const char* format_fault)
{
  std::string kind = foreign_kind(mapped.bytes(), file);
  if (kind.empty()) { return format_fault; }
  try {
    const bool is_ours = read_archived(file, "vidcv.json", k_most_description).has_value();
    return is_ours ? "is a model file of vidcv already: --model takes it as it is" : std::move(kind);
  } catch (const ModelError&) {  // another kind of file, or a damaged one
    return kind;
  }
}

void add_tensors(const fs::path& file, Checkpoint& checkpoint)
{
  checkpoint.files.emplace_back(file);
  try {
    for (auto& [name, tensor] : read_safetensors(checkpoint.files.back().bytes())) {
      if (!checkpoint.tensors.emplace(name, tensor).second) {
        refuse_import(file, fmt::format("tensor {}: in another file too", name));
      }
    }
  } catch (const FormatError& error) {
    refuse_import(file, fault_of(file, checkpoint.files.back(), error.what()));
  }
}

/// The files that an index names, each once; names with folders in them are not followed.
std::set<std::string> shards_of(const fs::path& index)
{
  const json object = object_beside(index);
  const json map = object.value("weight_map", json::object());
  std::set<std::string> shards;
  for (const json& shard : map.is_object() ? map : json::object()) {
    if (!shard.is_string()) { refuse_import(index, "weight_map: names of files expected"); }
    const auto name = shard.get<std::string>();
    if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..") {
      refuse_import(index, fmt::format("weight_map: {}: a file beside it expected", name));
    }
    shards.insert(name);
  }
  if (shards.empty()) { refuse_import(index, "weight_map: missing or empty"); }
  return shards;
}

/// The files of a folder that may be weights under another name, or in another format, in alphabetical order.
std::vector<std::string> files_like(const fs::path& folder, const std::set<std::string>& extensions)
{
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (extensions.contains(entry.path().extension())) { names.push_back(entry.path().filename()); }
  }
  std::ranges::sort(names);
  return names;
}

std::string why_no_weights(const fs::path& folder)
{
  std::string cause =
      "neither model.safetensors, model.safetensors.index.json nor open_clip_model.safetensors is there";
  if (const auto others = files_like(folder, {".safetensors"}); !others.empty()) {
    return fmt::format("{}: name the file that is meant: {}", cause, (folder / others.front()).native());
  }
  const auto pickles = files_like(folder, {".bin", ".pt", ".pth", ".ckpt"});
  if (pickles.empty()) { return cause; }
  return fmt::format("only {} is there, a pickle, which is a program: convert it: {}", pickles.front(),
                     conversion_of(folder / pickles.front()));
}

void add_folder(const fs::path& folder, Checkpoint& checkpoint)
{
  std::error_code error;
  for (const char* name : {"model.safetensors", "open_clip_model.safetensors"}) {
    if (fs::exists(folder / name, error)) { return add_tensors(folder / name, checkpoint); }
  }
  const fs::path index = folder / "model.safetensors.index.json";
  if (fs::exists(index, error)) {
    for (const std::string& shard : shards_of(index)) { add_tensors(folder / shard, checkpoint); }
    return;
  }
  refuse_import(folder, why_no_weights(folder));
}

std::optional<TokenizerFiles> tokenizer_of(const fs::path& folder)
{
  if (auto vocabulary = text_beside(folder / "vocab.json")) {
    auto merges = text_beside(folder / "merges.txt");
    if (!merges) { refuse_import(folder / "merges.txt", "missing, and vocab.json is there"); }
    return TokenizerFiles{std::move(*vocabulary), std::move(*merges)};
  }
  const auto whole = text_beside(folder / "tokenizer.json");
  if (!whole) { return std::nullopt; }
  try {
    auto [vocabulary, merges] = split_tokenizer_json(*whole);
    return TokenizerFiles{std::move(vocabulary), std::move(merges)};
  } catch (const FormatError& error) {
    refuse_import(folder / "tokenizer.json", error.what());
  }
}

void require_tokenizer_fits(const fs::path& folder, const Checkpoint& checkpoint)
{
  if (!checkpoint.tokenizer || !checkpoint.shape.text) { return; }
  try {
    const Tokenizer tokenizer(checkpoint.tokenizer->vocabulary, checkpoint.tokenizer->merges);
    if (tokenizer.largest_id() < checkpoint.shape.text->vocabulary) { return; }
  } catch (const FormatError& error) {
    refuse_import(folder, error.what());
  }
  refuse_import(folder, fmt::format("the tokenizer has more tokens than the network, which has {}",
                                    checkpoint.shape.text->vocabulary));
}

void describe_open_clip(const fs::path& folder, const StatedFacts& stated, Checkpoint& checkpoint)
{
  const json config = object_beside(folder / "open_clip_config.json");
  const json model = config.is_object() ? config.value("model_cfg", json()) : json();
  checkpoint.shape = shape_from_open_clip(checkpoint.tensors, model.is_null() ? "" : model.dump(), stated.network);
  checkpoint.pictures = picture_rule(folder, config, checkpoint.shape.vision.image_size, stated.preprocessing);
}

void describe_transformers(const fs::path& folder, const StatedFacts& stated, Checkpoint& checkpoint)
{
  const auto config = text_beside(folder / "config.json");
  if (!config) { refuse_import(folder / "config.json", "missing: weights in transformers' names need it"); }
  checkpoint.shape = shape_from_config(*config);
  checkpoint.pictures = picture_rule(folder, nullptr, checkpoint.shape.vision.image_size, stated.preprocessing);
}

}  // namespace

Checkpoint read_checkpoint(const fs::path& source, const StatedFacts& stated)
{
  std::error_code error;
  const bool is_folder = fs::is_directory(source, error);
  const fs::path folder = is_folder ? source : source.parent_path();
  Checkpoint checkpoint;
  is_folder ? add_folder(source, checkpoint) : add_tensors(source, checkpoint);
  try {
    require_known_names(checkpoint.tensors);
    if (is_open_clip(checkpoint.tensors)) {
      describe_open_clip(folder, stated, checkpoint);
    } else {
      describe_transformers(folder, stated, checkpoint);
    }
  } catch (const FormatError& failure) {
    refuse_import(source, failure.what());
  }
  checkpoint.tokenizer = tokenizer_of(folder);
  require_tokenizer_fits(folder, checkpoint);
  return checkpoint;
}

}  // namespace vidcv
