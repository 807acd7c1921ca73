#include "packed_graph.hpp"
#include "clip_graph.hpp"

#include <algorithm>
#undef CHECK  // LibTorch's, which writes to a log
#undef CHECK_NOTHROW
#include <catch2/catch.hpp>

// What the rewriting must find, or every run is slower and no number differs; graph_test.py looks at the numbers.

namespace vidcv {
namespace {

constexpr int k_width = 32;
constexpr int k_layers = 3;

class Weights {
 public:
  void add(const std::string& name, std::vector<std::int64_t> shape)
  {
    const auto size = static_cast<std::size_t>(c10::multiply_integers(shape));
    auto numbers = std::make_shared<const std::vector<float>>(size, 0.1F);
    m_all.push_back({name, std::move(shape), *numbers, numbers});
  }

  void add_pair(const std::string& name, std::vector<std::int64_t> shape)
  {
    add(name + ".bias", {shape.front()});
    add(name + ".weight", std::move(shape));
  }

  void add_layers(const std::string& prefix)
  {
    for (int i = 0; i < k_layers; ++i) {
      const std::string layer = prefix + std::to_string(i);
      for (const char* norm : {".layer_norm1", ".layer_norm2"}) { add_pair(layer + norm, {k_width}); }
      for (const char* part : {"q", "k", "v", "out"}) {
        add_pair(layer + ".self_attn." + part + "_proj", {k_width, k_width});
      }
      add_pair(layer + ".mlp.fc1", {4 * k_width, k_width});
      add_pair(layer + ".mlp.fc2", {k_width, 4 * k_width});
    }
  }

  const std::vector<Weight>& all() const noexcept { return m_all; }

 private:
  std::vector<Weight> m_all;
};

TowerShape make_tower(const std::string& activation)
{
  TowerShape tower{.width = k_width, .layers = k_layers, .heads = 2, .inner_width = 4 * k_width};
  tower.activation = activation;
  tower.image_size = 16;
  tower.patch_size = 8;
  return tower;
}

PackedNetwork packed_vision(const std::string& activation, c10::ScalarType type, bool on_cpu)
{
  Weights weights;
  weights.add("vision_model.embeddings.patch_embedding.weight", {k_width, 3, 8, 8});
  weights.add("vision_model.embeddings.class_embedding", {k_width});
  weights.add("vision_model.embeddings.position_embedding.weight", {5, k_width});
  weights.add_pair("vision_model.pre_layrnorm", {k_width});
  weights.add_layers("vision_model.encoder.layers.");
  weights.add_pair("vision_model.post_layernorm", {k_width});
  weights.add("visual_projection.weight", {16, k_width});
  return packed(vision_graph({.vision = make_tower(activation), .dim = 16}, weights.all()), type, on_cpu);
}

PackedNetwork packed_text()
{
  Weights weights;
  weights.add("text_model.embeddings.token_embedding.weight", {10, k_width});
  weights.add("text_model.embeddings.position_embedding.weight", {7, k_width});
  weights.add_layers("text_model.encoder.layers.");
  weights.add_pair("text_model.final_layer_norm", {k_width});
  weights.add("text_projection.weight", {16, k_width});
  return packed(text_graph({.text = make_tower("quick_gelu"), .dim = 16}, weights.all()), c10::kFloat, true);
}

PackedNetwork packed_source(const std::string& source)
{
  torch::jit::Module module("Source");
  const auto weight = torch::full({k_width, k_width}, 0.1F);
  for (const char* name : {"q", "k", "v"}) { module.register_parameter(name, weight.clone(), false); }
  module.define(source);
  module.eval();
  return packed(std::move(module), c10::kFloat, true);
}

/// Attention over two heads of [n, tokens, 32], with `options` behind its three tensors.
PackedNetwork packed_attention(const std::string& options, const std::string& end = "transpose(1, 2).flatten(2)")
{
  std::string source = "def forward(self, x: Tensor) -> Tensor:\n    n = x.size(0)\n";
  for (const std::string part : {"q", "k", "v"}) {
    source += "    " + part + " = torch.linear(x, self." + part + ").view(n, -1, 2, 16).transpose(1, 2)\n";
  }
  return packed_source(source + "    y = torch.scaled_dot_product_attention(q, k, v" + options + ")\n    return y." +
                       end + "\n");
}

long count(const PackedNetwork& network, const char* kind)
{
  const auto graph = network.module.get_method("forward").graph();
  const auto symbol = c10::Symbol::fromQualString(kind);
  return std::ranges::count_if(graph->nodes(), [&](const auto* node) { return node->kind() == symbol; });
}

}  // namespace

TEST_CASE("everything of a CLIP tower that can be computed faster is recognised")
{
  const auto network = GENERATE(as<std::string>{}, "quick_gelu", "gelu", "text");
  CAPTURE(network);
  const auto tower = network == "text" ? packed_text() : packed_vision(network, c10::kFloat, true);
  CHECK(count(tower, "vidcv::attention") == k_layers);
  CHECK(count(tower, "aten::scaled_dot_product_attention") == 0);
  // q, k and v of the last layer are not one: it has a query for the needed token alone.
  CHECK(count(tower, "vidcv::linear") == 4 * k_layers + 1 + 1 + (network == "text" ? -1 : 0));
  CHECK(count(tower, "aten::linear") == 0);
  CHECK(count(tower, "vidcv::end_rows") >= 1);
  for (const char* activation : {"aten::silu", "aten::sigmoid", "aten::mul", "aten::gelu"}) {
    CHECK(count(tower, activation) == 0);
  }
  CHECK(tower.same_in_any_batch);
  CHECK_FALSE(tower.channels_last);
}

TEST_CASE("elsewhere than on the CPU the operators that CUDA knows stay")
{
  const auto tower = packed_vision("quick_gelu", c10::kHalf, false);
  CHECK(count(tower, "vidcv::linear") == 0);
  CHECK(count(tower, "aten::silu") == k_layers);
}

TEST_CASE("only attention that is what the operator computes is taken for it")
{
  CHECK(count(packed_attention(""), "vidcv::attention") == 1);
  CHECK(count(packed_attention(", None, 0.0, True"), "vidcv::attention") == 1);
  CHECK(count(packed_attention(", torch.ones(1, 1, x.size(1), x.size(1))"), "vidcv::attention") == 0);
  CHECK(count(packed_attention(", None, 0.5"), "vidcv::attention") == 0);
  CHECK(count(packed_attention(", None, 0.0, False, scale=0.25"), "vidcv::attention") == 1);  // 16 to the power of -0.5
  CHECK(count(packed_attention(", None, 0.0, False, scale=0.5"), "vidcv::attention") == 0);
  CHECK(count(packed_attention("", "flatten(2)"), "vidcv::attention") == 0);
}

TEST_CASE("a convolution of patches side by side is a linear layer, another one is not")
{
  const auto patches = [](const std::string& options, const std::string& end = ".flatten(2).transpose(1, 2)") {
    torch::jit::Module module("Source");
    module.register_parameter("w", torch::full({k_width, 3, 8, 8}, 0.1F), false);
    module.define("def forward(self, x: Tensor) -> Tensor:\n    return torch.conv2d(x, self.w, None, " + options + ")" +
                  end + "\n");
    module.eval();
    return packed(std::move(module), c10::kFloat, true);
  };
  CHECK(count(patches("[8, 8]"), "vidcv::linear") == 1);
  CHECK(patches("[8, 8]").same_in_any_batch);
  for (const char* other : {"[4, 4]", "[8, 8], [1, 1]", "[8, 8], [0, 0], [2, 2]"}) {
    CHECK(count(patches(other), "vidcv::linear") == 0);
    CHECK(patches(other).channels_last);
    CHECK_FALSE(patches(other).same_in_any_batch);
  }
  CHECK(count(patches("[8, 8]", ".flatten(2)"), "vidcv::linear") == 0);
}

TEST_CASE("a network whose operators are not all known is not promised to have the same bits in any batch")
{
  const std::string head = "def forward(self, x: Tensor) -> Tensor:\n    y = torch.linear(x, self.q)\n    return ";
  CHECK(packed_source(head + "y + x\n").same_in_any_batch);
  CHECK_FALSE(packed_source(head + "torch.matmul(y, x)\n").same_in_any_batch);
}

}  // namespace vidcv
