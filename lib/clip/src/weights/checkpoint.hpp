#pragma once

#include "formats/mapped_file.hpp"
#include "weights/clip_shape.hpp"
#include "weights/open_clip_shape.hpp"
#include "weights/picture_rule.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vidcv {

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

/// The settings of weights that have no description beside them.
struct StatedFacts {
  OpenClipHints network = {};
  std::string preprocessing = {};  ///< see picture_rule()
};

/// @throws ModelError naming the file and what is wrong
Checkpoint read_checkpoint(const std::filesystem::path& source, const StatedFacts& stated);

}  // namespace vidcv
