#pragma once

#include "formats/safetensors.hpp"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

namespace vidcv {

/// What `bytes`, which are not safetensors, are by the first of them, and the way to weights that vidcv reads. Empty
/// where that is not known.
/// @param file  whose bytes they are, for the command that converts it
std::string foreign_kind(std::span<const std::byte> bytes, const std::filesystem::path& file);

/// The command that makes safetensors of a PyTorch file.
std::string conversion_of(const std::filesystem::path& file);

/// @throws FormatError where the names are CLIP's except for something in front, such as `module.`, or except for the
///         projection
void require_known_names(const std::map<std::string, StoredTensor>& tensors);

}  // namespace vidcv
