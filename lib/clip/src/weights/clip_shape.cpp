#include "weights/clip_shape.hpp"

#include "formats/json_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace vidcv {
namespace {

using nlohmann::json;

constexpr int k_most = 1 << 20;  // of anything counted here
constexpr int k_most_layers = 1000;
constexpr double k_layer_norm_eps = 1e-5;

int integer(const json& object, const char* key, int fallback)
{
  const auto found = object.find(key);
  if (found == object.end()) { return fallback; }
  const bool whole = found->is_number_unsigned() && *found >= 1 && *found <= k_most;
  if (!whole) { throw FormatError(fmt::format("config.json: {}: whole number of 1 to {} expected", key, k_most)); }
  return found->get<int>();
}

std::string activation_of(const json& object)
{
  const auto found = object.find("hidden_act");
  if (found == object.end()) { return "quick_gelu"; }
  if (*found == "quick_gelu" || *found == "gelu") { return found->get<std::string>(); }
  throw FormatError("config.json: hidden_act: quick_gelu or gelu expected");
}

void require_sound(const TowerShape& tower, const char* which)
{
  const auto refuse = [&](const char* what) { throw FormatError(fmt::format("config.json: {}: {}", which, what)); };
  if (tower.layers > k_most_layers) { refuse("num_hidden_layers is over 1000"); }
  if (tower.width % tower.heads != 0) { refuse("hidden_size is not a multiple of num_attention_heads"); }
  if (tower.patch_size > 0 && tower.image_size % tower.patch_size != 0) {
    refuse("image_size is not a multiple of patch_size");
  }
}

TowerShape tower_of(const json& object, int width, int heads)
{
  TowerShape tower;
  tower.width = integer(object, "hidden_size", width);
  tower.layers = integer(object, "num_hidden_layers", 12);
  tower.heads = integer(object, "num_attention_heads", heads);
  tower.inner_width = integer(object, "intermediate_size", 4 * width);
  tower.activation = activation_of(object);
  const auto eps = object.find("layer_norm_eps");
  if (eps != object.end() && *eps != k_layer_norm_eps) {
    throw FormatError("config.json: layer_norm_eps: 1e-05 expected");
  }
  return tower;
}

TowerShape vision_of(const json& object)
{
  TowerShape tower = tower_of(object, 768, 12);
  tower.image_size = integer(object, "image_size", 224);
  tower.patch_size = integer(object, "patch_size", 32);
  if (integer(object, "num_channels", 3) != 3) { throw FormatError("config.json: num_channels: 3 expected"); }
  require_sound(tower, "vision_config");
  return tower;
}

TowerShape text_of(const json& object)
{
  TowerShape tower = tower_of(object, 512, 8);
  tower.context = integer(object, "max_position_embeddings", 77);
  tower.vocabulary = integer(object, "vocab_size", 49408);
  require_sound(tower, "text_config");
  return tower;
}

/// A part of the configuration; older versions of transformers wrote it under another name as well.
json part(const json& config, const std::string& name)
{
  for (const std::string& key : {name, name + "_dict"}) {
    const auto found = config.find(key);
    if (found != config.end() && found->is_object()) { return *found; }
  }
  return json::object();
}

}  // namespace

ClipShape shape_from_config(const std::string& config_text)
{
  const json config = bounded_json(config_text);
  if (!config.is_object()) { throw FormatError("config.json: no JSON object"); }
  const json type = config.value("model_type", json("clip"));
  ClipShape shape;
  if (type == "clip_vision_model") {
    shape.vision = vision_of(config);
    shape.dim = integer(config, "projection_dim", 512);
    shape.no_texts = "there is no text tower among its weights";
  } else if (type == "clip") {
    shape.vision = vision_of(part(config, "vision_config"));
    shape.text = text_of(part(config, "text_config"));
    shape.dim = integer(config, "projection_dim", 512);
  } else {
    throw FormatError(fmt::format("config.json: model_type: clip expected, it is {}", type.dump().substr(0, 100)));
  }
  return shape;
}

std::string architecture_of(const TowerShape& tower)
{
  const std::string body = fmt::format("{}x{}h{}", tower.width, tower.layers, tower.heads);
  return tower.patch_size > 0 ? fmt::format("clip-vit-{}p{}", body, tower.patch_size) : "clip-text-" + body;
}

}  // namespace vidcv
