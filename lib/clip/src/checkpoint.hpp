#pragma once

#include "clip_shape.hpp"
#include "mapped_file.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

/// How pictures are prepared for a model.
struct PictureRule {
  int input_size = 0;
  int resize_short = 0;
  double scale = 0;
  std::array<double, 3> mean = {};
  std::array<double, 3> deviation = {};
};

/// vocab.json and merges.txt.
struct TokenizerFiles {
  std::string vocabulary;
  std::string merges;
};

/// What a folder or a file of weights holds. Its tensors are views of the files, which stay mapped.
struct Checkpoint {
  std::map<std::string, StoredTensor> tensors = {};
  ClipShape shape = {};
  PictureRule pictures = {};
  std::optional<TokenizerFiles> tokenizer = {};
  std::vector<MappedFile> files = {};
};

/// @param activation  for a checkpoint of open_clip beside which nothing says it
/// @throws ModelError naming the file and what is wrong
Checkpoint read_checkpoint(const std::filesystem::path& source, const std::string& activation);

}  // namespace vidcv
