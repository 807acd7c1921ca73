#pragma once

#include <vidcv/clip/model.hpp>

#include <filesystem>
#include <string>
#include <utility>

namespace vidcv {

struct ImportOptions {
  std::filesystem::path source = {};  ///< a folder of transformers or open_clip, or one safetensors file
  std::string name = {};              ///< of the model; empty: that of the source
  std::string origin = {};            ///< what the description calls the source; empty: its absolute path
  std::string activation = {};        ///< `quick_gelu` or `gelu`, for a checkpoint beside which nothing says it
  int head_width = 0;              ///< of the vision tower, for a checkpoint of open_clip beside which nothing says it
  std::string preprocessing = {};  ///< `openai`, `imagenet` or `inception`: mean and deviation, where nothing says it
  std::filesystem::path output = {};  ///< the model file; empty: that of its name among the imported ones
  bool force = false;                 ///< also where there is one already
};

/// Makes a model file of a CLIP checkpoint: reads its configuration, checks each tensor's name, type and shape, builds
/// both towers' graphs and writes them with their description.
/// @returns the file, which is replaced as one act, and the description in it
/// @throws ModelError naming file, tensor and what was expected; StoreError if the file cannot be written
std::pair<std::filesystem::path, ModelDescription> import_clip(const ImportOptions& options);

}  // namespace vidcv
