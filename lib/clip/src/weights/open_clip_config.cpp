#include "weights/open_clip_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <string_view>
#include <vector>

namespace vidcv {
namespace {

using nlohmann::json;

constexpr int k_most = 1 << 20;  // of anything counted here
constexpr int k_head_width = 64;
constexpr double k_mlp_ratio = 4;
constexpr std::size_t k_shown = 100;  // bytes of a value in a message

/// The values of a field under which the network is CLIP's. The first is open_clip's default, `null` means that too.
using PlainValues = std::map<std::string, std::vector<json>, std::less<>>;

const PlainValues& plain_blocks()
{
  static const PlainValues values = {{"ls_init_value", {nullptr}},
                                     {"act_kwargs", {nullptr, json::object()}},
                                     {"norm_kwargs", {nullptr, json::object(), json::object({{"eps", 1e-5}})}},
                                     {"block_type", {nullptr, "default"}},
                                     {"qk_norm", {false}},
                                     {"scaled_cosine_attn", {false}},
                                     {"scale_heads", {false}},
                                     {"scale_attn_inner", {false}},
                                     {"scale_attn", {false}},
                                     {"scale_fc", {false}}};
  return values;
}

/// Fixed position numbers are in the checkpoint as learned ones are.
const PlainValues& plain_vision()
{
  static const PlainValues values = {{"attentional_pool", {false}},
                                     {"no_ln_pre", {false}},
                                     {"pos_embed_type", {"learnable", "sin_cos_2d"}},
                                     {"pool_type", {"tok"}},
                                     {"timm_model_name", {nullptr, ""}}};
  return values;
}

const PlainValues& plain_text()
{
  static const PlainValues values = {{"hf_model_name", {nullptr, ""}}, {"pool_type", {"argmax"}},
                                     {"embed_cls", {false}},           {"no_causal_mask", {false}},
                                     {"proj_bias", {false}},           {"proj_type", {"linear"}}};
  return values;
}

/// Sizes, which require_agreement() compares, and fields that change no vector: they serve training, the tokenizer,
/// other outputs, or a part that is refused already. The norm behind the pooling is the same as before it where one
/// token is taken.
constexpr auto k_vision_fields = std::to_array<std::string_view>(
    {"layers", "width", "head_width", "mlp_ratio", "patch_size", "image_size", "patch_dropout", "attn_pooler_queries",
     "attn_pooler_heads", "output_tokens", "final_ln_after_pool", "timm_model_pretrained", "timm_pool", "timm_proj",
     "timm_proj_bias", "timm_drop", "timm_drop_path"});
constexpr auto k_text_fields = std::to_array<std::string_view>(
    {"context_length", "vocab_size", "width", "heads", "layers", "mlp_ratio", "pad_id", "eos_id", "hf_tokenizer_name",
     "tokenizer_mode", "tokenizer_kwargs", "final_ln_after_pool", "output_tokens", "hf_model_pretrained",
     "hf_proj_type", "hf_pooler_type"});

std::string shown(const json& value)
{
  return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, k_shown);
}

/// What is wrong with a field; empty where nothing is.
std::string fault_of(const std::string& field, const json& value, const PlainValues& own,
                     std::span<const std::string_view> others)
{
  if (value.is_null() || std::ranges::find(others, field) != others.end()) { return {}; }
  for (const PlainValues* values : {&own, &plain_blocks()}) {
    const auto plain = values->find(field);
    if (plain == values->end()) { continue; }
    const bool is_plain = std::ranges::find(plain->second, value) != plain->second.end();
    if (is_plain) { return {}; }
    const json& usual = plain->second.front();
    return usual.is_null() ? fmt::format("{}: vidcv knows networks without it only", shown(value))
                           : fmt::format("{}: vidcv knows networks with {} only", shown(value), shown(usual));
  }
  return fmt::format("{}: vidcv does not know this field", shown(value));
}

}  // namespace

OpenClipTower::OpenClipTower(const json& model_cfg, const char* name) : m_name(name)
{
  m_fields = model_cfg.value(name, json());
  if (!m_fields.is_object()) {
    throw FormatError(fmt::format("open_clip_config.json: model_cfg.{}: an object expected", name));
  }
}

void OpenClipTower::refuse(const std::string& field, const std::string& cause) const
{
  throw FormatError(fmt::format("open_clip_config.json: model_cfg.{}.{}: {}", m_name, field, cause));
}

void OpenClipTower::require_plain_vision() const
{
  integer("layers", 12);  // a ResNet has a list of them
  for (const auto& [field, value] : m_fields.items()) {
    const std::string fault = fault_of(field, value, plain_vision(), k_vision_fields);
    if (!fault.empty()) { refuse(field, fault); }
  }
}

void OpenClipTower::require_plain_text() const
{
  for (const auto& [field, value] : m_fields.items()) {
    const std::string fault = fault_of(field, value, plain_text(), k_text_fields);
    if (!fault.empty()) { refuse(field, fault); }
  }
}

int OpenClipTower::integer(const char* field, int fallback) const
{
  const json value = m_fields.value(field, json());
  if (value.is_null()) { return fallback; }
  const bool whole = value.is_number_integer() && value >= 1 && value <= k_most;
  if (!whole) { refuse(field, fmt::format("{}: a whole number from 1 to {} expected", shown(value), k_most)); }
  return value.get<int>();
}

void OpenClipTower::require_same(const char* field, int stated, int found) const
{
  if (stated != found) { refuse(field, fmt::format("{}, the weights have {}", stated, found)); }
}

/// A side of a square, which may be written as a list of two.
void OpenClipTower::require_side(const char* field, int fallback, int found) const
{
  const json value = m_fields.value(field, json());
  if (!value.is_array()) { return require_same(field, integer(field, fallback), found); }
  if (value != json{found, found}) {
    refuse(field, fmt::format("{}, the weights are for a square of {}", shown(value), found));
  }
}

void OpenClipTower::require_agreement(const TowerShape& tower) const
{
  const bool is_vision = tower.patch_size > 0;
  require_same("width", integer("width", is_vision ? 768 : 512), tower.width);
  require_same("layers", integer("layers", 12), tower.layers);
  const json ratio = m_fields.value("mlp_ratio", json());
  if (!ratio.is_null() && !ratio.is_number()) { refuse("mlp_ratio", "a number expected"); }
  const double inner = tower.width * (ratio.is_null() ? k_mlp_ratio : ratio.get<double>());
  if (!(inner >= tower.inner_width && inner < tower.inner_width + 1.0)) {
    refuse("mlp_ratio",
           fmt::format("{}, the weights have {} for a width of {}", shown(ratio), tower.inner_width, tower.width));
  }
  if (is_vision) {
    require_side("patch_size", 16, tower.patch_size);
    require_side("image_size", 224, tower.image_size);
  } else {
    require_same("context_length", integer("context_length", 77), tower.context);
    require_same("vocab_size", integer("vocab_size", 49408), tower.vocabulary);
  }
}

int OpenClipTower::head_width() const
{
  return integer("head_width", k_head_width);
}

int OpenClipTower::heads_by_width(int width) const
{
  const int heads = width / head_width();
  if (heads < 1 || width % heads != 0) {
    refuse("head_width", fmt::format("{}: a width of {} has no heads of it", head_width(), width));
  }
  return heads;
}

int OpenClipTower::heads() const
{
  return integer("heads", 8);
}

}  // namespace vidcv
