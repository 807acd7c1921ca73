#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Weights of CLIP networks that are as small as may be, as safetensors.
namespace vidcv::fuzz {

class Safetensors {
 public:
  void add(const std::string& name, const std::vector<int>& shape)
  {
    std::size_t bytes = 2;
    std::string sides;
    for (const int side : shape) {
      bytes *= static_cast<std::size_t>(side);
      sides += (sides.empty() ? "" : ",") + std::to_string(side);
    }
    m_header += (m_header.empty() ? "{\"" : ",\"") + name + R"(":{"dtype":"F16","shape":[)" + sides +
                "],\"data_offsets\":[" + std::to_string(m_bytes) + "," + std::to_string(m_bytes + bytes) + "]}";
    m_bytes += bytes;
  }

  void add_pair(const std::string& name, const std::vector<int>& shape)
  {
    add(name + "weight", shape);
    add(name + "bias", {shape[0]});
  }

  std::string file() const
  {
    const std::string header = m_header + "}";
    std::string length;
    for (int i = 0; i < 8; ++i) { length += static_cast<char>(header.size() >> (8 * i) & 0xFFU); }
    return length + header + std::string(m_bytes, '\0');
  }

 private:
  std::string m_header;
  std::size_t m_bytes = 0;
};

inline constexpr int k_width = 64;
inline constexpr int k_inner = 8;
inline constexpr int k_dim = 2;
inline constexpr int k_tokens = 4;

inline void add_open_clip_tower(Safetensors& weights, const std::string& prefix, const std::string& last_norm)
{
  const std::string block = prefix + "transformer.resblocks.0.";
  weights.add(block + "attn.in_proj_weight", {3 * k_width, k_width});
  weights.add(block + "attn.in_proj_bias", {3 * k_width});
  weights.add_pair(block + "attn.out_proj.", {k_width, k_width});
  for (const char* norm : {"ln_1.", "ln_2."}) { weights.add_pair(block + norm, {k_width}); }
  weights.add_pair(block + "mlp.c_fc.", {k_inner, k_width});
  weights.add_pair(block + "mlp.c_proj.", {k_width, k_inner});
  weights.add_pair(last_norm, {k_width});
}

/// Two by two patches of two pixels, and a text tower, in open_clip's names. Two heads.
inline std::string open_clip_weights()
{
  Safetensors weights;
  weights.add("visual.class_embedding", {k_width});
  weights.add("visual.conv1.weight", {k_width, 3, 2, 2});
  weights.add("visual.positional_embedding", {5, k_width});
  weights.add("visual.proj", {k_width, k_dim});
  weights.add_pair("visual.ln_pre.", {k_width});
  add_open_clip_tower(weights, "visual.", "visual.ln_post.");
  weights.add("token_embedding.weight", {k_tokens, k_width});
  weights.add("positional_embedding", {3, k_width});
  weights.add("text_projection", {k_width, k_dim});
  add_open_clip_tower(weights, "", "ln_final.");
  return weights.file();
}

inline void add_transformers_tower(Safetensors& weights, const std::string& prefix)
{
  const std::string layer = prefix + "encoder.layers.0.";
  for (const char* part : {"q_proj.", "k_proj.", "v_proj.", "out_proj."}) {
    weights.add_pair(layer + "self_attn." + part, {k_width, k_width});
  }
  for (const char* norm : {"layer_norm1.", "layer_norm2."}) { weights.add_pair(layer + norm, {k_width}); }
  weights.add_pair(layer + "mlp.fc1.", {k_inner, k_width});
  weights.add_pair(layer + "mlp.fc2.", {k_width, k_inner});
}

/// The same network in transformers' names.
inline std::string transformers_weights()
{
  Safetensors weights;
  weights.add("vision_model.embeddings.class_embedding", {k_width});
  weights.add("vision_model.embeddings.patch_embedding.weight", {k_width, 3, 2, 2});
  weights.add("vision_model.embeddings.position_embedding.weight", {5, k_width});
  weights.add("visual_projection.weight", {k_dim, k_width});
  weights.add_pair("vision_model.pre_layrnorm.", {k_width});
  weights.add_pair("vision_model.post_layernorm.", {k_width});
  add_transformers_tower(weights, "vision_model.");
  weights.add("text_model.embeddings.token_embedding.weight", {k_tokens, k_width});
  weights.add("text_model.embeddings.position_embedding.weight", {3, k_width});
  weights.add("text_projection.weight", {k_dim, k_width});
  weights.add_pair("text_model.final_layer_norm.", {k_width});
  add_transformers_tower(weights, "text_model.");
  return weights.file();
}

/// The configuration of transformers that fits.
inline constexpr const char* k_config = R"({"model_type": "clip", "projection_dim": 2,
 "vision_config": {"hidden_size": 64, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
  "image_size": 4, "patch_size": 2},
 "text_config": {"hidden_size": 64, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
  "max_position_embeddings": 3, "vocab_size": 4}})";

}  // namespace vidcv::fuzz
