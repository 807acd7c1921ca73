#include "clip_graph.hpp"

#include <string>

// Source of the network: Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
// (2021), and the CLIPModel of transformers, with whose vectors test/parity compares.

namespace vidcv {
namespace {

/// A weight in the source: names have dots and numbers, which no attribute in Python has.
std::string self(const std::string& name)
{
  return "getattr(self, \"" + name + "\")";
}

std::string pair(const std::string& name)
{
  return self(name + ".weight") + ", " + self(name + ".bias");
}

std::string layer_norm(const std::string& x, const std::string& name, int width)
{
  return "torch.layer_norm(" + x + ", [" + std::to_string(width) + "], " + pair(name) + ", 1e-05)";
}

std::string linear(const std::string& x, const std::string& name)
{
  return "torch.linear(" + x + ", " + pair(name) + ")";
}

std::string activated(const std::string& x, const std::string& activation)
{
  return activation == "gelu" ? "torch.gelu(" + x + ")" : x + " * torch.sigmoid(1.702 * " + x + ")";
}

/// One part of a layer's attention as [n, heads, tokens, width of a head].
std::string heads(const std::string& part, const std::string& layer, const TowerShape& tower)
{
  return linear("y", layer + ".self_attn." + part + "_proj") + ".view(n, -1, " + std::to_string(tower.heads) + ", " +
         std::to_string(tower.width / tower.heads) + ").transpose(1, 2)";
}

/// x to x, [n, tokens, width].
std::string layer_source(const std::string& layer, const TowerShape& tower, bool causal)
{
  const std::string attention =
      std::string("torch.scaled_dot_product_attention(q, k, v, None, 0.0, ") + (causal ? "True" : "False") + ")";
  std::string source;
  const auto add = [&](const std::string& line) { source += "    " + line + "\n"; };
  add("y = " + layer_norm("x", layer + ".layer_norm1", tower.width));
  for (const char* part : {"q", "k", "v"}) { add(part + (" = " + heads(part, layer, tower))); }
  add("y = " + attention + ".transpose(1, 2).flatten(2)");
  add("x = x + " + linear("y", layer + ".self_attn.out_proj"));
  add("y = " + layer_norm("x", layer + ".layer_norm2", tower.width));
  add("y = " + linear("y", layer + ".mlp.fc1"));
  add("y = " + activated("y", tower.activation));
  add("x = x + " + linear("y", layer + ".mlp.fc2"));
  return source;
}

std::string layers_source(const std::string& prefix, const TowerShape& tower, bool causal)
{
  std::string source;
  for (int i = 0; i < tower.layers; ++i) { source += layer_source(prefix + std::to_string(i), tower, causal); }
  return source;
}

/// The patches side by side are one matrix: the convolution, whose stride is its size, is a linear layer over them.
std::string vision_source(const ClipShape& shape)
{
  const TowerShape& tower = shape.vision;
  const std::string grid = std::to_string(tower.grid());
  const std::string patch = std::to_string(tower.patch_size);
  const std::string width = std::to_string(tower.width);
  return "def forward(self, pictures: Tensor) -> Tensor:\n"
         "    n = pictures.size(0)\n"
         "    x = pictures.reshape(n, 3, " +
         grid + ", " + patch + ", " + grid + ", " + patch +
         ")\n"
         "    x = x.permute(0, 2, 4, 1, 3, 5).reshape(n, " +
         grid + " * " + grid + ", 3 * " + patch + " * " + patch +
         ")\n"
         "    x = torch.linear(x, " +
         self("vision_model.embeddings.patch_embedding.weight") +
         ".flatten(1))\n"
         "    c = " +
         self("vision_model.embeddings.class_embedding") + ".expand(n, 1, " + width +
         ")\n"
         "    x = torch.cat([c, x], 1) + " +
         self("vision_model.embeddings.position_embedding.weight") +
         "\n"
         "    x = " +
         layer_norm("x", "vision_model.pre_layrnorm", tower.width) + "\n" +
         layers_source("vision_model.encoder.layers.", tower, false) +
         "    x = " + layer_norm("x[:, 0]", "vision_model.post_layernorm", tower.width) +
         "\n"
         "    return torch.linear(x, " +
         self("visual_projection.weight") + ")\n";
}

std::string text_source(const ClipShape& shape)
{
  const TowerShape& tower = shape.text.value();
  return "def forward(self, ids: Tensor) -> Tensor:\n"
         "    n = ids.size(0)\n"
         "    x = torch.embedding(" +
         self("text_model.embeddings.token_embedding.weight") +
         ", ids)\n"
         "    x = x + " +
         self("text_model.embeddings.position_embedding.weight") + "[0:ids.size(1)]\n" +
         layers_source("text_model.encoder.layers.", tower, true) +
         "    x = " + layer_norm("x[:, -1]", "text_model.final_layer_norm", tower.width) +
         "\n"
         "    return torch.linear(x, " +
         self("text_projection.weight") + ")\n";
}

torch::jit::Module graph_of(const char* name, const std::vector<Weight>& weights, const std::string& source)
{
  torch::jit::Module module(name);
  for (const Weight& weight : weights) {
    auto* numbers = const_cast<float*>(weight.numbers.data());  // only read, and copied as the file is written
    module.register_parameter(weight.name, torch::from_blob(numbers, weight.shape, torch::kFloat), false);
  }
  module.define(source);
  module.eval();
  return module;
}

}  // namespace

torch::jit::Module vision_graph(const ClipShape& shape, const std::vector<Weight>& weights)
{
  return graph_of("ClipVision", weights, vision_source(shape));
}

torch::jit::Module text_graph(const ClipShape& shape, const std::vector<Weight>& weights)
{
  return graph_of("ClipText", weights, text_source(shape));
}

}  // namespace vidcv
