#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace vidcv {

/// What every error about a model file ends with: how to get a good one.
inline constexpr std::string_view k_make_model = "make one with scripts/export_model.py";

/// The text of `vidcv.json` in the TorchScript archive `file`.
/// @throws ModelError if the file is missing, no archive, truncated or has no such text
std::string read_description_text(const std::filesystem::path& file);

}  // namespace vidcv
