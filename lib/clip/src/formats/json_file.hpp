#pragma once

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace vidcv {

/// The value of a JSON text. A discarded one where it is not JSON, or is nested deeper than any configuration: copies
/// and texts of a value call themselves for each of its levels.
nlohmann::json bounded_json(std::string_view text);

/// @throws ModelError: `file` cannot be imported, and why
[[noreturn]] void refuse_import(const std::filesystem::path& file, std::string_view cause);

/// A text beside the weights; nothing where there is none.
/// @throws ModelError if it cannot be read
std::optional<std::string> text_beside(const std::filesystem::path& file);

/// The JSON object in a file beside the weights; null where there is none.
/// @throws ModelError if it cannot be read, or is something else
nlohmann::json object_beside(const std::filesystem::path& file);

}  // namespace vidcv
