#include "weights/open_clip_shape.hpp"

#include "formats/json_file.hpp"
#include "weights/open_clip_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vidcv {
namespace {

using nlohmann::json;
using Tensors = std::map<std::string, StoredTensor>;

constexpr int k_most = 1 << 20;  // of anything counted here
constexpr int k_usual_head = 64;

/// Widths of which every network of open_clip has heads of 64. Source: the configurations that open_clip 3.3 comes
/// with. (Vision towers of 1280, 1408, 1664 and 1792 have heads of 80 to 112.)
constexpr std::array k_vision_widths = {384, 512, 768, 896, 1024};
constexpr std::array k_text_widths = {256, 384, 512, 640, 768, 1024, 1280};

/// The shape of a tensor of so many dimensions.
std::vector<std::int64_t> shape_of(const Tensors& tensors, const std::string& name, std::size_t dimensions)
{
  const auto found = tensors.find(name);
  if (found == tensors.end()) { throw FormatError(fmt::format("tensor {}: missing", name)); }
  const std::vector<std::int64_t>& shape = found->second.shape;
  const bool sound =
      shape.size() == dimensions && std::ranges::all_of(shape, [](std::int64_t n) { return n >= 1 && n <= k_most; });
  if (!sound) {
    throw FormatError(fmt::format("tensor {}: shape {}, {} dimensions expected", name, shape_text(shape), dimensions));
  }
  return shape;
}

/// All but the heads and the activation.
TowerShape tower_of(const Tensors& tensors, const std::string& prefix)
{
  TowerShape tower;
  const auto inner = shape_of(tensors, prefix + "transformer.resblocks.0.mlp.c_fc.weight", 2);
  tower.inner_width = static_cast<int>(inner[0]);
  tower.width = static_cast<int>(inner[1]);
  while (tensors.contains(fmt::format("{}transformer.resblocks.{}.ln_1.weight", prefix, tower.layers))) {
    ++tower.layers;
  }
  return tower;
}

TowerShape vision_of(const Tensors& tensors)
{
  TowerShape tower = tower_of(tensors, "visual.");
  tower.patch_size = static_cast<int>(shape_of(tensors, "visual.conv1.weight", 4)[3]);
  const auto positions = shape_of(tensors, "visual.positional_embedding", 2)[0] - 1;
  if (positions < 1) { throw FormatError("tensor visual.positional_embedding: no place for a patch"); }
  int grid = 0;
  while (std::int64_t{grid} * grid < positions) { ++grid; }
  tower.image_size = grid * tower.patch_size;
  return tower;
}

TowerShape text_of(const Tensors& tensors)
{
  TowerShape tower = tower_of(tensors, "");
  tower.vocabulary = static_cast<int>(shape_of(tensors, "token_embedding.weight", 2)[0]);
  tower.context = static_cast<int>(shape_of(tensors, "positional_embedding", 2)[0]);
  return tower;
}

bool has_below(const Tensors& tensors, const std::string& prefix)
{
  const auto found = tensors.lower_bound(prefix);
  return found != tensors.end() && found->first.starts_with(prefix);
}

/// A network of another kind is refused as such, before its missing tensors are.
void require_transformer(const Tensors& tensors)
{
  for (const char* other : {"visual.trunk.", "visual.layer1.", "visual.attnpool.", "visual.attn_pool."}) {
    if (has_below(tensors, other)) {
      throw FormatError(fmt::format(
          "tensors below {}: not a plain vision transformer: scripts/export_model.py traced takes other networks",
          other));
    }
  }
}

std::string activation_of(const json& model_cfg, const std::string& hint)
{
  if (model_cfg.is_null()) {
    if (!hint.empty()) { return hint; }
    throw FormatError(
        "nothing beside the weights says which activation they were trained with: --activation quick_gelu for "
        "OpenAI's weights and open_clip's models named so, else gelu");
  }
  const std::string stated = model_cfg.value("quick_gelu", json(false)) == true ? "quick_gelu" : "gelu";
  if (hint.empty() || hint == stated) { return stated; }
  throw FormatError(fmt::format("open_clip_config.json: model_cfg says {}, --activation {}", stated, hint));
}

/// How many heads a tower has beside which no configuration is.
int unstated_heads(int width, int head_width)
{
  if (head_width == 0 && std::ranges::find(k_vision_widths, width) == k_vision_widths.end()) {
    throw FormatError(fmt::format(
        "nothing beside the weights says how wide the heads of a width of {} are: put "
        "open_clip_config.json beside them, or --head-width (64; of ViT-H 80, of ViT-g 88, of ViT-bigG 104)",
        width));
  }
  const int each = head_width > 0 ? head_width : k_usual_head;
  if (width % each != 0) { throw FormatError(fmt::format("a width of {} has no heads of {}", width, each)); }
  return width / each;
}

void add_text(const Tensors& tensors, const json& model_cfg, ClipShape& shape)
{
  if (!tensors.contains("token_embedding.weight")) {
    shape.no_texts = has_below(tensors, "text.") ? "its text tower, in tensors below text., is of a kind that vidcv "
                                                   "does not know"
                                                 : "there is no text tower among its weights";
    return;
  }
  TowerShape text = text_of(tensors);
  text.activation = shape.vision.activation;
  text.heads = text.width / k_usual_head;
  if (!model_cfg.is_null()) {
    try {
      const OpenClipTower config(model_cfg, "text_cfg");
      config.require_plain_text();
      config.require_agreement(text);
      text.heads = config.heads();
    } catch (const FormatError& error) {
      shape.no_texts = error.what();
      return;
    }
  } else if (std::ranges::find(k_text_widths, text.width) == k_text_widths.end()) {
    shape.no_texts =
        fmt::format("nothing beside the weights says how many heads its text tower of width {} has", text.width);
    return;
  }
  if (text.width % text.heads != 0) {
    throw FormatError(fmt::format("a text tower of width {} has no {} heads", text.width, text.heads));
  }
  shape.text = std::move(text);
}

}  // namespace

bool is_open_clip(const Tensors& tensors)
{
  return has_below(tensors, "visual.");
}

ClipShape shape_from_open_clip(const Tensors& tensors, const std::string& model_cfg, const OpenClipHints& hints)
{
  const json config = model_cfg.empty() ? json() : bounded_json(model_cfg);
  if (!model_cfg.empty() && !config.is_object()) {
    throw FormatError("open_clip_config.json: model_cfg: an object expected");
  }
  ClipShape shape;
  std::optional<OpenClipTower> stated;
  if (!config.is_null()) { stated.emplace(config, "vision_cfg").require_plain_vision(); }
  require_transformer(tensors);
  shape.vision = vision_of(tensors);
  shape.vision.activation = activation_of(config, hints.activation);
  shape.dim = static_cast<int>(shape_of(tensors, "visual.proj", 2)[1]);
  if (stated) {
    stated->require_agreement(shape.vision);
    shape.vision.heads = stated->heads_by_width(shape.vision.width);
    if (hints.head_width > 0 && hints.head_width != stated->head_width()) {
      throw FormatError(fmt::format("open_clip_config.json: model_cfg.vision_cfg.head_width: {}, --head-width says {}",
                                    stated->head_width(), hints.head_width));
    }
  } else {
    shape.vision.heads = unstated_heads(shape.vision.width, hints.head_width);
  }
  add_text(tensors, config, shape);
  return shape;
}

}  // namespace vidcv
