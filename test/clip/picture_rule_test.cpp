#include "weights/picture_rule.hpp"

#include "../core/core_fixture.hpp"

#include <vidcv/core/error.hpp>

#include <nlohmann/json.hpp>

#include <string>

namespace {

using nlohmann::json;
using vidcv::ModelError;
using vidcv::PictureRule;
using vidcv::testing::TempFolder;
using vidcv::testing::thrown_by;
using vidcv::testing::write_text;

const std::array k_half = {0.5, 0.5, 0.5};
const std::string k_mean_of_half = R"("image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5])";

PictureRule rule(const TempFolder& folder, const std::string& asked = "", const json& open_clip = nullptr)
{
  return vidcv::picture_rule(folder.path(), open_clip, 224, asked);
}

std::string refusal(const TempFolder& folder, const std::string& asked = "", const json& open_clip = nullptr)
{
  return thrown_by<ModelError>([&] { rule(folder, asked, open_clip); }).cause();
}

}  // namespace

TEST_CASE("how pictures are prepared is read from processor_config.json, as transformers 5 saves it")
{
  const TempFolder folder;
  write_text(folder / "processor_config.json", R"({"processor_class": "CLIPProcessor", "image_processor": {)"
                                               R"("image_processor_type": "CLIPImageProcessor", )" +
                                                   k_mean_of_half + "}}");
  CHECK(rule(folder).mean == k_half);
  CHECK(rule(folder).deviation == k_half);
  write_text(folder / "preprocessor_config.json", R"({"image_mean": [0, 0, 0]})");  // transformers passes over it
  CHECK(rule(folder).mean == k_half);
  write_text(folder / "processor_config.json", R"({"processor_class": "CLIPProcessor"})");  // as older ones wrote it
  CHECK(rule(folder).mean == std::array{0.0, 0.0, 0.0});
}

TEST_CASE("how pictures are prepared is never guessed: nothing said is refused with the way out")
{
  const TempFolder folder;
  const std::string cause =
      "nothing beside the weights says how pictures are prepared for them: put preprocessor_config.json beside the "
      "weights, or name the colours they were trained with: --preprocessing openai, imagenet or inception";
  CHECK(refusal(folder) == cause);
  CHECK(refusal(folder, "", {{"model_cfg", json::object()}}) == cause);
  CHECK(rule(folder, "inception").mean == k_half);
  CHECK(rule(folder, "openai").mean[0] == 0.48145466);
  CHECK(rule(folder, "imagenet").deviation[2] == 0.225);
}

TEST_CASE("preprocess_cfg of open_clip counts, with open_clip's defaults for what it leaves out")
{
  const TempFolder folder;
  const json half = {{"preprocess_cfg", {{"mean", k_half}, {"std", nullptr}, {"size", 64}}}};
  CHECK(rule(folder, "", half).mean == k_half);
  CHECK(rule(folder, "", half).deviation[0] == 0.26862954);
  CHECK(rule(folder, "", half).input_size == 224);
  CHECK(refusal(folder, "", {{"preprocess_cfg", {{"interpolation", "bilinear"}}}}) ==
        "preprocess_cfg: only bicubic to the shortest side is known");
  CHECK(refusal(folder, "", {{"preprocess_cfg", {{"resize_mode", "squash"}}}}) ==
        "preprocess_cfg: only bicubic to the shortest side is known");
}

TEST_CASE("a file that is nested beyond any use is refused")
{
  const TempFolder folder;
  constexpr std::size_t k_levels = 400'000;
  const std::string deep = std::string(k_levels, '[') + std::string(k_levels, ']');
  write_text(folder / "preprocessor_config.json", R"({"image_mean": )" + deep + "}");
  CHECK(refusal(folder) == "no JSON object");
}

TEST_CASE("a rule on the command line may not differ from that of a file")
{
  const TempFolder folder;
  write_text(folder / "preprocessor_config.json", "{" + k_mean_of_half + "}");
  CHECK(rule(folder, "inception").mean == k_half);
  CHECK(refusal(folder, "openai") ==
        "a file beside the weights says how pictures are prepared, and --preprocessing openai is something else: leave "
        "the option out");
}

TEST_CASE("a processor with another rule than CLIP's is refused by the name of the field")
{
  const auto [text, says] = GENERATE(table<std::string, std::string>({
      {R"({"resample": 2})", "resample: 3 (bicubic) expected"},
      {R"({"do_center_crop": false})", "do_center_crop: true expected"},
      {R"({"do_pad": true})", "do_pad: false expected"},
      {R"({"image_processor_type": "ViTImageProcessor"})",
       "image_processor_type: CLIPImageProcessor expected, it is \"ViTImageProcessor\""},
      {R"({"size": {"height": 224, "width": 224}})", "size: not CLIP's rule (bicubic to the short side, centre crop)"},
      {R"({"size": {"shortest_edge": 224, "longest_edge": 300}})",
       "size: not CLIP's rule (bicubic to the short side, centre crop)"},
      {R"({"crop_size": {"height": 224, "width": 200}})", "crop_size: no square"},
      {R"({"crop_size": 64})", "crop_size 64, size 224: the network sees 224 pixels"},
      {R"({"image_std": [1, 0, 1]})", "image_std: 0 is not from 1e-06 to 1000000"},
      {R"({"image_mean": [0, 0, 1e300]})", "image_mean: 1e+300 is not from -1000000 to 1000000"},
      {R"({"rescale_factor": -1})", "rescale_factor: -1 is not from 1e-06 to 1000000"},
      {R"([])", "no JSON object"},
  }));
  const TempFolder folder;
  write_text(folder / "preprocessor_config.json", text);
  CHECK(refusal(folder) == says);
}
