#pragma once

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>

namespace vidcv {

/// How pictures are prepared for a model: bicubic to the short side, the centre crop, then the colours.
struct PictureRule {
  int input_size = 0;
  int resize_short = 0;
  double scale = 0;
  std::array<double, 3> mean = {};
  std::array<double, 3> deviation = {};

  bool operator==(const PictureRule&) const = default;
};

/// The rule of a folder of weights: `preprocess_cfg` of open_clip, else `image_processor` in the processor_config.json
/// of transformers, else preprocessor_config.json, in the order in which these libraries look. Nothing is guessed.
/// @param open_clip   the object of open_clip_config.json; null where there is none
/// @param image_size  pixels of a side that the network sees
/// @param asked       `openai`, `imagenet` or `inception`, for weights beside which nothing says it; or empty
/// @throws ModelError naming the file, the field and what was expected, or that nothing says it and the way out
PictureRule picture_rule(const std::filesystem::path& folder, const nlohmann::json& open_clip, int image_size,
                         const std::string& asked);

}  // namespace vidcv
