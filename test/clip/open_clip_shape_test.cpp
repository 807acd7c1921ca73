#include "weights/open_clip_shape.hpp"
#include "open_clip_tensors.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>

namespace {

using vidcv::ClipShape;
using vidcv::testing::open_clip_vision;
using vidcv::testing::Tensors;

/// A model_cfg that fits the tensors, with more fields in its vision_cfg, and its text_cfg.
std::string model_cfg(int width, const std::string& vision = "", const std::string& text = "{}")
{
  return fmt::format(R"({{"embed_dim": 2, "vision_cfg": {{"width": {}, "layers": 1, "mlp_ratio": 4, "image_size": 4,)"
                     R"( "patch_size": 2{}}}, "text_cfg": {}}})",
                     width, vision.empty() ? "" : ", " + vision, text);
}

ClipShape shape_by(const Tensors& tensors, const std::string& config)
{
  return vidcv::shape_from_open_clip(tensors.by_name, config, {});
}

/// The text tower of open_clip as far as its shape needs it.
void add_text(Tensors& tensors, int width)
{
  tensors.add("token_embedding.weight", {10, width});
  tensors.add("positional_embedding", {7, width});
  tensors.add("transformer.resblocks.0.ln_1.weight", {width});
  tensors.add("transformer.resblocks.0.mlp.c_fc.weight", {4 * width, width});
}

}  // namespace

TEST_CASE("the heads of an open_clip tower are as wide as its configuration says, 64 if it says nothing")
{
  const auto [width, more, heads] = GENERATE(table<int, std::string, int>({
      {320, R"("head_width": 80)", 4},
      {352, R"("head_width": 88)", 4},
      {416, R"("head_width": 104)", 4},
      {320, "", 5},
      {320, R"("head_width": null)", 5},
      {128, R"("head_width": 60)", 2},  // open_clip divides and drops the rest
  }));
  CHECK(shape_by(open_clip_vision(width, 4 * width), model_cfg(width, more)).vision.heads == heads);
}

TEST_CASE("a field of open_clip that makes another network is refused by its name")
{
  const auto [more, says] = GENERATE(table<std::string, std::string>({
      {R"("pool_type": "avg")", R"(pool_type: "avg": vidcv knows networks with "tok" only)"},
      {R"("ls_init_value": 0.1)", "ls_init_value: 0.1: vidcv knows networks without it only"},
      {R"("act_kwargs": {"approximate": "tanh"})",
       R"(act_kwargs: {"approximate":"tanh"}: vidcv knows networks without it only)"},
      {R"("norm_kwargs": {"eps": 1e-6})", R"(norm_kwargs: {"eps":1e-06}: vidcv knows networks without it only)"},
      {R"("no_ln_pre": true)", "no_ln_pre: true: vidcv knows networks with false only"},
      {R"("attentional_pool": true)", "attentional_pool: true: vidcv knows networks with false only"},
      {R"("attentional_pool": "parallel")", R"(attentional_pool: "parallel": vidcv knows networks with false only)"},
      {R"("qk_norm": true)", "qk_norm: true: vidcv knows networks with false only"},
      {R"("block_type": "custom")", R"(block_type: "custom": vidcv knows networks without it only)"},
      {R"("timm_model_name": "vit")", R"(timm_model_name: "vit": vidcv knows networks without it only)"},
      {R"("layers": [3, 4, 6, 3])", "layers: [3,4,6,3]: a whole number from 1 to 1048576 expected"},
      {R"("rope": 2)", "rope: 2: vidcv does not know this field"},
      {R"("layers": 2)", "layers: 2, the weights have 1"},
      {R"("mlp_ratio": 3)", "mlp_ratio: 3, the weights have 256 for a width of 64"},
      {R"("patch_size": 4)", "patch_size: 4, the weights have 2"},
      {R"("image_size": [4, 8])", "image_size: [4,8], the weights are for a square of 4"},
      {R"("head_width": 65)", "head_width: 65: a width of 64 has no heads of it"},
      {R"("head_width": 0)", "head_width: 0: a whole number from 1 to 1048576 expected"},
  }));
  CHECK_THROWS_WITH(shape_by(open_clip_vision(64, 256), model_cfg(64, more)),
                    "open_clip_config.json: model_cfg.vision_cfg." + says);
}

TEST_CASE("fields of open_clip that change no vector are passed over")
{
  const std::string more = GENERATE(R"("patch_dropout": 0.5, "output_tokens": true, "pool_type": "tok")",
                                    R"("ls_init_value": null, "norm_kwargs": {"eps": 1e-5}, "act_kwargs": {})",
                                    R"("image_size": [4, 4], "final_ln_after_pool": true, "timm_pool": "avg")",
                                    R"("pos_embed_type": "sin_cos_2d", "block_type": "default", "new": null)");
  CHECK_NOTHROW(shape_by(open_clip_vision(64, 256), model_cfg(64, more)));
}

TEST_CASE("without a configuration heads are known for open_clip's own widths only, or by --head-width")
{
  const auto heads = [](int width, int head_width) {
    return vidcv::shape_from_open_clip(open_clip_vision(width).by_name, "", {"gelu", head_width}).vision.heads;
  };
  CHECK(heads(768, 0) == 12);
  CHECK(heads(1024, 0) == 16);
  CHECK(heads(320, 80) == 4);
  CHECK_THROWS_WITH(
      heads(1280, 0),
      "nothing beside the weights says how wide the heads of a width of 1280 are: put "
      "open_clip_config.json beside them, or --head-width (64; of ViT-H 80, of ViT-g 88, of ViT-bigG 104)");
  CHECK_THROWS_WITH(heads(768, 100), "a width of 768 has no heads of 100");
}

TEST_CASE("the network named on the command line must match its configuration")
{
  const Tensors tensors = open_clip_vision(320, 1280);
  const std::string config = model_cfg(320, R"("head_width": 80)");
  CHECK_NOTHROW(vidcv::shape_from_open_clip(tensors.by_name, config, {"gelu", 80}));
  CHECK_THROWS_WITH(vidcv::shape_from_open_clip(tensors.by_name, config, {"", 64}),
                    "open_clip_config.json: model_cfg.vision_cfg.head_width: 80, --head-width says 64");
  CHECK_THROWS_WITH(vidcv::shape_from_open_clip(tensors.by_name, config, {"quick_gelu", 0}),
                    "open_clip_config.json: model_cfg says gelu, --activation quick_gelu");
}

TEST_CASE("a text tower that cannot be followed is left out, and the field says why")
{
  Tensors tensors = open_clip_vision(64, 256);
  add_text(tensors, 96);
  const std::string sizes = R"("width": 96, "layers": 1, "context_length": 7, "vocab_size": 10)";
  const ClipShape plain = shape_by(tensors, model_cfg(64, "", "{" + sizes + R"(, "heads": 3})"));
  REQUIRE(plain.text);
  CHECK(plain.text->heads == 3);
  CHECK(plain.no_texts.empty());
  const auto [more, says] = GENERATE(table<std::string, std::string>({
      {R"("pool_type": "last")", R"(pool_type: "last": vidcv knows networks with "argmax" only)"},
      {R"("no_causal_mask": true)", "no_causal_mask: true: vidcv knows networks with false only"},
      {R"("heads": 0)", "heads: 0: a whole number from 1 to 1048576 expected"},
      {R"("vocab_size": 11)", "vocab_size: 11, the weights have 10"},
  }));
  const ClipShape shape = shape_by(tensors, model_cfg(64, "", "{" + sizes + ", " + more + "}"));
  CHECK_FALSE(shape.text);
  CHECK(shape.no_texts == "open_clip_config.json: model_cfg.text_cfg." + says);
}

TEST_CASE("a network that is not a plain vision transformer is named as such")
{
  Tensors tensors;
  tensors.add("visual.trunk.blocks.0.norm1.weight", {64});
  REQUIRE(vidcv::is_open_clip(tensors.by_name));
  CHECK_THROWS_WITH(vidcv::shape_from_open_clip(tensors.by_name, "", {"gelu", 64}),
                    "tensors below visual.trunk.: not a plain vision transformer: scripts/export_model.py traced takes "
                    "other networks");
}

TEST_CASE("a vision tower without a place for a patch is refused")
{
  Tensors tensors = open_clip_vision();
  tensors.add("visual.positional_embedding", {1, 64});
  CHECK_THROWS_WITH(vidcv::shape_from_open_clip(tensors.by_name, "", {"gelu", 64}),
                    "tensor visual.positional_embedding: no place for a patch");
}
