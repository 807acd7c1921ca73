#include "weights/clip_weights.hpp"
#include "open_clip_tensors.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

using vidcv::ClipShape;
using vidcv::Tower;
using vidcv::testing::open_clip_vision;
using vidcv::testing::Tensors;

constexpr const char* k_config = R"({"model_type":"clip","projection_dim":2,
  "vision_config":{"hidden_size":64,"intermediate_size":8,"num_hidden_layers":1,"num_attention_heads":1,"image_size":4,"patch_size":2}})";

ClipShape shape_of(const Tensors& tensors)
{
  return vidcv::shape_from_open_clip(tensors.by_name, "", {"gelu", 64});
}

const vidcv::Weight& weight(const std::vector<vidcv::Weight>& weights, const std::string& name)
{
  return *std::ranges::find(weights, name, &vidcv::Weight::name);
}

}  // namespace

TEST_CASE("a checkpoint of open_clip gets its shape from its tensors")
{
  const ClipShape shape = shape_of(open_clip_vision());
  CHECK(vidcv::architecture_of(shape.vision) == "clip-vit-64x1h1p2");
  CHECK(shape.vision.image_size == 4);
  CHECK(shape.vision.activation == "gelu");
  CHECK(shape.dim == 2);
  CHECK_FALSE(shape.text);
  CHECK(shape.no_texts == "there is no text tower among its weights");
}

TEST_CASE("weights of open_clip are split and turned into transformers'")
{
  const Tensors tensors = open_clip_vision();
  const ClipShape shape = shape_of(tensors);
  const auto weights = vidcv::weights_of(shape, Tower::vision, tensors.by_name);
  CHECK(std::ranges::is_sorted(weights, {}, &vidcv::Weight::name));
  const std::string attention = "vision_model.encoder.layers.0.self_attn.";
  CHECK(weight(weights, attention + "q_proj.weight").numbers[0] == 0);
  CHECK(weight(weights, attention + "k_proj.weight").numbers[0] == 64 * 64);
  CHECK(weight(weights, attention + "v_proj.bias").numbers[0] == 128);
  const auto& projection = weight(weights, "visual_projection.weight");
  CHECK(projection.shape == std::vector<std::int64_t>{2, 64});
  CHECK(projection.numbers[1] == 2);   // [0][1] was [1][0]
  CHECK(projection.numbers[64] == 1);  // [1][0] was [0][1]
}

TEST_CASE("a tensor that is missing, or of another shape or type, is named with what was expected")
{
  Tensors tensors = open_clip_vision();
  const ClipShape shape = shape_of(tensors);
  SECTION("missing")
  {
    tensors.by_name.erase("visual.ln_post.bias");
    CHECK_THROWS_WITH(vidcv::weights_of(shape, Tower::vision, tensors.by_name),
                      "tensor visual.ln_post.bias: missing, [64] expected");
  }
  SECTION("shape")
  {
    tensors.by_name["visual.proj"].shape = {2, 64};
    CHECK_THROWS_WITH(vidcv::weights_of(shape, Tower::vision, tensors.by_name),
                      "tensor visual.proj: shape [2, 64], [64, 2] expected");
  }
  SECTION("type")
  {
    tensors.by_name["visual.proj"].type = "I32";
    CHECK_THROWS_WITH(vidcv::weights_of(shape, Tower::vision, tensors.by_name),
                      "tensor visual.proj: type I32, F32, F16 or BF16 expected");
  }
}

TEST_CASE("a tensor of the vision tower that CLIP's network has no place for is refused by its name")
{
  Tensors tensors = open_clip_vision();
  const ClipShape shape = shape_of(tensors);
  tensors.add("logit_scale", {1});  // of neither tower
  CHECK_NOTHROW(vidcv::weights_of(shape, Tower::vision, tensors.by_name));
  tensors.add("visual.transformer.resblocks.0.ls_1.gamma", {64});
  CHECK_THROWS_WITH(vidcv::weights_of(shape, Tower::vision, tensors.by_name),
                    "tensor visual.transformer.resblocks.0.ls_1.gamma: has no place in CLIP's network: this is a "
                    "network of another kind");
}

TEST_CASE("a configuration gives transformers' defaults where it says nothing")
{
  const ClipShape shape = vidcv::shape_from_config(R"({"model_type": "clip"})");
  CHECK(vidcv::architecture_of(shape.vision) == "clip-vit-768x12h12p32");
  CHECK(vidcv::architecture_of(shape.text.value()) == "clip-text-512x12h8");
  CHECK(shape.vision.activation == "quick_gelu");
  CHECK(shape.text->context == 77);
  CHECK(shape.dim == 512);
  CHECK(vidcv::shape_from_config(k_config).vision.inner_width == 8);
}

TEST_CASE("a configuration of something else is refused by its field")
{
  const auto [config, says] = GENERATE(table<std::string, std::string>({
      {"7", "config.json: no JSON object"},
      {R"({"model_type":"siglip"})", "config.json: model_type: clip expected, it is \"siglip\""},
      {R"({"vision_config":{"hidden_size":0}})", "config.json: hidden_size: whole number of 1 to 1048576 expected"},
      {R"({"vision_config":{"hidden_size":"x"}})", "config.json: hidden_size: whole number of 1 to 1048576 expected"},
      {R"({"vision_config":{"hidden_act":"relu"}})", "config.json: hidden_act: quick_gelu or gelu expected"},
      {R"({"vision_config":{"num_attention_heads":7}})",
       "config.json: vision_config: hidden_size is not a multiple of num_attention_heads"},
      {R"({"vision_config":{"patch_size":31}})",
       "config.json: vision_config: image_size is not a multiple of patch_size"},
      {R"({"text_config":{"num_hidden_layers":1001}})", "config.json: text_config: num_hidden_layers is over 1000"},
      {R"({"vision_config":{"layer_norm_eps":1e-6}})", "config.json: layer_norm_eps: 1e-05 expected"},
  }));
  CHECK_THROWS_WITH(vidcv::shape_from_config(config), says);
}
