#include "weights/clip_weights.hpp"

#include "weights/open_clip_shape.hpp"

#include <vidcv/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace vidcv {
namespace {

using Shape = std::vector<std::int64_t>;
using Tensors = std::map<std::string, StoredTensor>;

constexpr std::size_t k_shown = 100;  // bytes of a name in a message

/// Where a weight comes from in an open_clip checkpoint.
struct Origin {
  std::string name;
  int part = -1;            ///< of three that are concatenated: queries, keys, values
  bool transposed = false;  ///< the checkpoint has [in, out]
};

/// A weight that a tower has: its name in transformers, its shape, and its origin in open_clip.
struct WantedWeight {
  std::string name;
  Shape shape;
  Origin origin;
};

class Wanted {
 public:
  void add(std::string name, Shape shape, Origin origin)
  {
    m_weights.push_back({std::move(name), std::move(shape), std::move(origin)});
  }

  /// Weight and bias.
  void add_pair(const std::string& name, const Shape& shape, const std::string& origin)
  {
    add(name + ".weight", shape, {origin + ".weight"});
    add(name + ".bias", {shape[0]}, {origin + ".bias"});
  }

  void add_layer(const std::string& ours, const std::string& theirs, const TowerShape& tower)
  {
    const std::int64_t width = tower.width;
    constexpr std::array<const char*, 3> k_parts = {"q_proj", "k_proj", "v_proj"};
    for (int part = 0; part < 3; ++part) {
      const std::string name = fmt::format("{}.self_attn.{}", ours, k_parts[static_cast<std::size_t>(part)]);
      add(name + ".weight", {width, width}, {theirs + ".attn.in_proj_weight", part});
      add(name + ".bias", {width}, {theirs + ".attn.in_proj_bias", part});
    }
    add_pair(ours + ".self_attn.out_proj", {width, width}, theirs + ".attn.out_proj");
    add_pair(ours + ".layer_norm1", {width}, theirs + ".ln_1");
    add_pair(ours + ".layer_norm2", {width}, theirs + ".ln_2");
    add_pair(ours + ".mlp.fc1", {tower.inner_width, width}, theirs + ".mlp.c_fc");
    add_pair(ours + ".mlp.fc2", {width, tower.inner_width}, theirs + ".mlp.c_proj");
  }

  std::vector<WantedWeight> sorted() &&
  {
    std::ranges::sort(m_weights, {}, &WantedWeight::name);
    return std::move(m_weights);
  }

 private:
  std::vector<WantedWeight> m_weights;
};

std::vector<WantedWeight> wanted_vision(const TowerShape& tower, std::int64_t dim)
{
  const std::int64_t width = tower.width;
  const std::int64_t positions = std::int64_t{tower.grid()} * tower.grid() + 1;
  Wanted wanted;
  wanted.add("vision_model.embeddings.class_embedding", {width}, {"visual.class_embedding"});
  wanted.add("vision_model.embeddings.patch_embedding.weight", {width, 3, tower.patch_size, tower.patch_size},
             {"visual.conv1.weight"});
  wanted.add("vision_model.embeddings.position_embedding.weight", {positions, width}, {"visual.positional_embedding"});
  wanted.add_pair("vision_model.pre_layrnorm", {width}, "visual.ln_pre");  // so spelled in every checkpoint
  wanted.add_pair("vision_model.post_layernorm", {width}, "visual.ln_post");
  wanted.add("visual_projection.weight", {dim, width}, {"visual.proj", -1, true});
  for (int i = 0; i < tower.layers; ++i) {
    wanted.add_layer(fmt::format("vision_model.encoder.layers.{}", i),
                     fmt::format("visual.transformer.resblocks.{}", i), tower);
  }
  return std::move(wanted).sorted();
}

std::vector<WantedWeight> wanted_text(const TowerShape& tower, std::int64_t dim)
{
  const std::int64_t width = tower.width;
  Wanted wanted;
  wanted.add("text_model.embeddings.token_embedding.weight", {tower.vocabulary, width}, {"token_embedding.weight"});
  wanted.add("text_model.embeddings.position_embedding.weight", {tower.context, width}, {"positional_embedding"});
  wanted.add_pair("text_model.final_layer_norm", {width}, "ln_final");
  wanted.add("text_projection.weight", {dim, width}, {"text_projection", -1, true});
  for (int i = 0; i < tower.layers; ++i) {
    wanted.add_layer(fmt::format("text_model.encoder.layers.{}", i), fmt::format("transformer.resblocks.{}", i), tower);
  }
  return std::move(wanted).sorted();
}

const StoredTensor& require_tensor(const Tensors& tensors, const std::string& name, const Shape& shape)
{
  const auto found = tensors.find(name);
  if (found == tensors.end()) {
    throw FormatError(fmt::format("tensor {}: missing, {} expected", name, shape_text(shape)));
  }
  const StoredTensor& tensor = found->second;
  if (tensor.shape != shape) {
    throw FormatError(
        fmt::format("tensor {}: shape {}, {} expected", name, shape_text(tensor.shape), shape_text(shape)));
  }
  if (tensor.type != "F32" && tensor.type != "F16" && tensor.type != "BF16") {
    throw FormatError(fmt::format("tensor {}: type {}, F32, F16 or BF16 expected", name, tensor.type));
  }
  return tensor;
}

/// The numbers as float32: those of the file where they are that and aligned, else a copy.
Weight weight_of(const StoredTensor& tensor, const WantedWeight& wanted)
{
  Weight weight{wanted.name, wanted.shape};
  const bool aligned = reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % alignof(float) == 0;
  if (tensor.type == "F32" && aligned) {
    weight.numbers = {reinterpret_cast<const float*>(tensor.bytes.data()), tensor.bytes.size() / sizeof(float)};
    return weight;
  }
  weight.owned = std::make_shared<const std::vector<float>>(to_floats(tensor));
  weight.numbers = *weight.owned;
  return weight;
}

/// From [in, out] to [out, in].
void transpose(Weight& weight)
{
  const auto rows = static_cast<std::size_t>(weight.shape[0]);
  const auto columns = static_cast<std::size_t>(weight.shape[1]);
  std::vector<float> turned(weight.numbers.size());
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x) { turned[y * columns + x] = weight.numbers[x * rows + y]; }
  }
  weight.owned = std::make_shared<const std::vector<float>>(std::move(turned));
  weight.numbers = *weight.owned;
}

Weight take_from_open_clip(const WantedWeight& wanted, const Tensors& tensors)
{
  Shape stored = wanted.shape;
  if (wanted.origin.part >= 0) { stored[0] *= 3; }
  if (wanted.origin.transposed) { std::ranges::reverse(stored); }
  StoredTensor tensor = require_tensor(tensors, wanted.origin.name, stored);
  if (wanted.origin.part >= 0) {
    const std::size_t size = tensor.bytes.size() / 3;
    tensor.bytes = tensor.bytes.subspan(size * static_cast<std::size_t>(wanted.origin.part), size);
  }
  Weight weight = weight_of(tensor, wanted);
  if (wanted.origin.transposed) { transpose(weight); }
  return weight;
}

/// Where the tensors of a tower are.
std::vector<std::string_view> places_of(Tower tower, bool foreign)
{
  if (tower == Tower::vision) {
    return foreign ? std::vector<std::string_view>{"visual."}
                   : std::vector<std::string_view>{"vision_model.", "visual_projection."};
  }
  return foreign ? std::vector<std::string_view>{"token_embedding.", "positional_embedding", "transformer.",
                                                 "ln_final.", "text_projection"}
                 : std::vector<std::string_view>{"text_model.", "text_projection."};
}

/// What is left over in a tower would change its vectors, or it is another network than it is taken for.
void require_all_used(const Tensors& tensors, const std::vector<std::string_view>& places,
                      const std::set<std::string>& used)
{
  for (const std::string_view place : places) {
    for (auto it = tensors.lower_bound(std::string(place)); it != tensors.end() && it->first.starts_with(place); ++it) {
      const bool is_counter = it->first.ends_with(".position_ids");  // 0, 1, 2 and so on
      if (is_counter || used.contains(it->first)) { continue; }
      throw FormatError(fmt::format("tensor {}: has no place in CLIP's network: this is a network of another kind",
                                    one_line(it->first.substr(0, k_shown))));
    }
  }
}

}  // namespace

std::vector<Weight> weights_of(const ClipShape& shape, Tower tower, const Tensors& tensors)
{
  const bool foreign = is_open_clip(tensors);
  std::vector<Weight> weights;
  std::set<std::string> used;
  for (const WantedWeight& wanted :
       tower == Tower::vision ? wanted_vision(shape.vision, shape.dim) : wanted_text(shape.text.value(), shape.dim)) {
    weights.push_back(foreign ? take_from_open_clip(wanted, tensors)
                              : weight_of(require_tensor(tensors, wanted.name, wanted.shape), wanted));
    used.insert(foreign ? wanted.origin.name : wanted.name);
  }
  require_all_used(tensors, places_of(tower, foreign), used);
  return weights;
}

}  // namespace vidcv
