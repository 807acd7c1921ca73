#pragma once

#include "weights/clip_shape.hpp"

#include <memory>

namespace vidcv {

/// A float32 weight of a tower under transformers' name for it, row-major.
struct Weight {
  std::string name = {};
  std::vector<std::int64_t> shape = {};
  std::span<const float> numbers = {};
  std::shared_ptr<const std::vector<float>> owned = nullptr;  ///< where `numbers` are not those of the file itself
};

enum class Tower { vision, text };

/// The weights of a tower in ascending order of their names, from tensors in transformers' or open_clip's names.
/// @throws FormatError naming the tensor and what was expected: missing, of another shape or type; also a tensor of
///         this tower that has no place in CLIP's network
std::vector<Weight> weights_of(const ClipShape& shape, Tower tower, const std::map<std::string, StoredTensor>& tensors);

}  // namespace vidcv
