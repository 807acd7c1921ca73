#include "checkpoint.hpp"

#include "clip_weights.hpp"

#include <vidcv/clip/tokenizer.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr std::size_t k_most_text = 64U << 20U;  // bytes of a configuration or a vocabulary
constexpr int k_bicubic = 3;                     // Pillow's number for it

[[noreturn]] void refuse(const fs::path& file, std::string_view cause)
{
  throw ModelError(file.native(), "import", one_line(cause));
}

/// A text beside the weights; nothing where there is none.
std::optional<std::string> text_file(const fs::path& file)
{
  std::error_code error;
  if (!fs::exists(file, error)) { return std::nullopt; }
  try {
    return read_file(file, k_most_text);
  } catch (const InputError& failure) {
    refuse(file, failure.cause());
  }
}

json object_file(const fs::path& file)
{
  const auto text = text_file(file);
  if (!text) { return json::object(); }
  json object = json::parse(*text, nullptr, false);
  if (!object.is_object()) { refuse(file, "no JSON object"); }
  return object;
}

void add_tensors(const fs::path& file, Checkpoint& checkpoint)
{
  checkpoint.files.emplace_back(file);
  try {
    for (auto& [name, tensor] : read_safetensors(checkpoint.files.back().bytes())) {
      if (!checkpoint.tensors.emplace(name, tensor).second) {
        refuse(file, fmt::format("tensor {}: in another file too", name));
      }
    }
  } catch (const FormatError& error) {
    refuse(file, error.what());
  }
}

/// The files that an index names, each once; names with folders in them are not followed.
std::set<std::string> shards_of(const fs::path& index)
{
  const json object = object_file(index);
  const json map = object.value("weight_map", json::object());
  std::set<std::string> shards;
  for (const json& shard : map.is_object() ? map : json::object()) {
    if (!shard.is_string()) { refuse(index, "weight_map: names of files expected"); }
    const auto name = shard.get<std::string>();
    if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..") {
      refuse(index, fmt::format("weight_map: {}: a file beside it expected", name));
    }
    shards.insert(name);
  }
  if (shards.empty()) { refuse(index, "weight_map: missing or empty"); }
  return shards;
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
  if (fs::exists(folder / "pytorch_model.bin", error)) {
    refuse(folder, "only pytorch_model.bin is there, a pickle, which is a program: convert it to model.safetensors");
  }
  refuse(folder, "neither model.safetensors, model.safetensors.index.json nor open_clip_model.safetensors is there");
}

double number(const fs::path& file, const json& object, const char* key, double fallback)
{
  const json value = object.value(key, json(fallback));
  if (!value.is_number()) { refuse(file, fmt::format("{}: a number expected", key)); }
  return value.get<double>();
}

std::array<double, 3> colour(const fs::path& file, const json& object, const char* key,
                             const std::array<double, 3>& fallback)
{
  const json value = object.value(key, json(fallback));
  const bool numbers =
      value.is_array() && value.size() == 3 && value[0].is_number() && value[1].is_number() && value[2].is_number();
  if (!numbers) { refuse(file, fmt::format("{}: three numbers expected", key)); }
  return value.get<std::array<double, 3>>();
}

/// A size that is written as a number, or as an object with one of these fields, of equal value.
int side(const fs::path& file, const json& object, const char* key, const std::vector<const char*>& fields,
         int fallback)
{
  json value = object.value(key, json(fallback));
  if (value.is_object() && value.contains(fields.front())) {
    for (const char* field : fields) {
      if (value.value(field, json()) != value[fields.front()]) { refuse(file, fmt::format("{}: no square", key)); }
    }
    value = value[fields.front()];
  }
  if (!value.is_number_integer() || value < 1 || value > 4096) {
    refuse(file, fmt::format("{}: not CLIP's rule (bicubic to the short side, centre crop)", key));
  }
  return value.get<int>();
}

/// preprocessor_config.json of transformers; CLIP's own rule where there is none.
PictureRule rule_of_transformers(const fs::path& file, int image_size)
{
  const json object = object_file(file);
  const PictureRule clip{
      image_size, image_size, 1.0 / 255, {0.48145466, 0.4578275, 0.40821073}, {0.26862954, 0.26130258, 0.27577711}};
  for (const char* step : {"do_resize", "do_center_crop", "do_rescale", "do_normalize"}) {
    if (object.value(step, json(true)) != true) { refuse(file, fmt::format("{}: true expected", step)); }
  }
  if (object.value("resample", json(k_bicubic)) != k_bicubic) { refuse(file, "resample: 3 (bicubic) expected"); }
  PictureRule rule{side(file, object, "crop_size", {"height", "width"}, image_size),
                   side(file, object, "size", {"shortest_edge"}, image_size),
                   number(file, object, "rescale_factor", clip.scale), colour(file, object, "image_mean", clip.mean),
                   colour(file, object, "image_std", clip.deviation)};
  if (rule.input_size != image_size || rule.resize_short < rule.input_size) {
    refuse(file, fmt::format("crop_size {}, size {}: the network sees {} pixels", rule.input_size, rule.resize_short,
                             image_size));
  }
  return rule;
}

/// open_clip_config.json: what differs from CLIP's rule.
PictureRule rule_of_open_clip(const fs::path& file, const json& config, int image_size)
{
  const json given = config.value("preprocess_cfg", json::object());
  if (!given.is_object()) { refuse(file, "preprocess_cfg: an object expected"); }
  PictureRule rule = rule_of_transformers({}, image_size);
  rule.mean = colour(file, given, "mean", rule.mean);
  rule.deviation = colour(file, given, "std", rule.deviation);
  const json how = given.value("interpolation", json("bicubic"));
  const json mode = given.value("resize_mode", json("shortest"));
  if (how != "bicubic" || mode != "shortest") {
    refuse(file, "preprocess_cfg: only bicubic to the shortest side is known");
  }
  return rule;
}

std::string activation_of(const fs::path& file, const json& config, const std::string& asked)
{
  const json model = config.value("model_cfg", json(nullptr));
  if (model.is_object()) {
    const bool quick = model.value("quick_gelu", json(false)) == true;
    const std::string stated = quick ? "quick_gelu" : "gelu";
    if (!asked.empty() && asked != stated) {
      refuse(file, fmt::format("model_cfg says {}, --activation {}", stated, asked));
    }
    return stated;
  }
  if (!asked.empty()) { return asked; }
  refuse(
      file,
      "nothing beside the weights says which activation they were trained with: --activation quick_gelu for OpenAI's "
      "weights and open_clip's models named so, else gelu");
}

std::optional<TokenizerFiles> tokenizer_of(const fs::path& folder)
{
  if (auto vocabulary = text_file(folder / "vocab.json")) {
    auto merges = text_file(folder / "merges.txt");
    if (!merges) { refuse(folder / "merges.txt", "missing, and vocab.json is there"); }
    return TokenizerFiles{std::move(*vocabulary), std::move(*merges)};
  }
  const auto whole = text_file(folder / "tokenizer.json");
  if (!whole) { return std::nullopt; }
  try {
    auto [vocabulary, merges] = split_tokenizer_json(*whole);
    return TokenizerFiles{std::move(vocabulary), std::move(merges)};
  } catch (const FormatError& error) {
    refuse(folder / "tokenizer.json", error.what());
  }
}

void require_tokenizer_fits(const fs::path& folder, const Checkpoint& checkpoint)
{
  if (!checkpoint.tokenizer || !checkpoint.shape.text) { return; }
  try {
    const Tokenizer tokenizer(checkpoint.tokenizer->vocabulary, checkpoint.tokenizer->merges);
    if (tokenizer.largest_id() < checkpoint.shape.text->vocabulary) { return; }
  } catch (const FormatError& error) {
    refuse(folder, error.what());
  }
  refuse(folder, fmt::format("the tokenizer has more tokens than the network, which has {}",
                             checkpoint.shape.text->vocabulary));
}

void describe_open_clip(const fs::path& folder, const std::string& activation, Checkpoint& checkpoint)
{
  const fs::path file = folder / "open_clip_config.json";
  const json config = object_file(file);
  checkpoint.shape = shape_from_open_clip(checkpoint.tensors, activation_of(file, config, activation));
  checkpoint.pictures = rule_of_open_clip(file, config, checkpoint.shape.vision.image_size);
}

void describe_transformers(const fs::path& folder, Checkpoint& checkpoint)
{
  const auto config = text_file(folder / "config.json");
  if (!config) { refuse(folder / "config.json", "missing: weights in transformers' names need it"); }
  checkpoint.shape = shape_from_config(*config);
  checkpoint.pictures = rule_of_transformers(folder / "preprocessor_config.json", checkpoint.shape.vision.image_size);
}

}  // namespace

Checkpoint read_checkpoint(const fs::path& source, const std::string& activation)
{
  std::error_code error;
  const bool is_folder = fs::is_directory(source, error);
  const fs::path folder = is_folder ? source : source.parent_path();
  Checkpoint checkpoint;
  is_folder ? add_folder(source, checkpoint) : add_tensors(source, checkpoint);
  try {
    if (is_open_clip(checkpoint.tensors)) {
      describe_open_clip(folder, activation, checkpoint);
    } else {
      describe_transformers(folder, checkpoint);
    }
  } catch (const FormatError& failure) {
    refuse(source, failure.what());
  }
  checkpoint.tokenizer = tokenizer_of(folder);
  require_tokenizer_fits(folder, checkpoint);
  return checkpoint;
}

}  // namespace vidcv
