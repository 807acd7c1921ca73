#pragma once

#include "formats/safetensors.hpp"

#include <map>
#include <optional>
#include <string>

namespace vidcv {

/// One transformer of CLIP: the vision or the text tower.
struct TowerShape {
  int width = 0;
  int layers = 0;
  int heads = 0;
  int inner_width = 0;          ///< between the two linear layers behind each attention
  int image_size = 0;           ///< vision: pixels of a side
  int patch_size = 0;           ///< vision: pixels of a side
  int context = 0;              ///< text: tokens at most
  int vocabulary = 0;           ///< text: tokens that there are
  std::string activation = {};  ///< `quick_gelu` or `gelu`

  int grid() const noexcept { return image_size / patch_size; }
};

/// A CLIP model: both towers end in vectors of `dim` numbers.
struct ClipShape {
  TowerShape vision = {};
  std::optional<TowerShape> text = {};
  int dim = 0;
  std::string no_texts = {};  ///< why there is no text tower, or why this one cannot be used
};

/// By the config.json of transformers, of a whole CLIP model or of a vision tower with its projection. Fields that are
/// left out have transformers' defaults.
/// @throws FormatError naming the field
ClipShape shape_from_config(const std::string& config);

/// The words for it in vidcv.json, which both ways of making a model file share: `clip-vit-768x12h12p32`,
/// `clip-text-512x12h8`.
std::string architecture_of(const TowerShape& tower);

}  // namespace vidcv
